from dataclasses import replace

from bom_rows import ROOT, bom, component, composition_of, declared, edge, scan, unknown

from sbom.model import UnknownKind


def test_graph_when_the_project_asks_for_a_package_then_the_root_depends_on_it():
    by_edge, by_flag, orphan = component("a"), component("b", direct=True), component("c", direct=False)
    document = bom(scan(by_edge, by_flag, orphan, edges=[edge(None, by_edge.purl)]))
    assert document["metadata"]["component"]["bom-ref"] == ROOT
    assert document["dependencies"] == [{"ref": ROOT, "dependsOn": [by_edge.purl, by_flag.purl]}]


def test_graph_when_a_lock_file_records_edges_then_leaves_are_said_to_have_none():
    parent, child, leaf = component("a", direct=True), component("b", direct=False), component("c")
    edges = [edge(None, parent.purl), edge(parent.purl, child.purl), edge(child.purl, leaf.purl)]
    document = bom(scan(parent, child, replace(leaf, direct=False), edges=edges))
    assert document["dependencies"] == [
        {"ref": ROOT, "dependsOn": [parent.purl]},
        {"ref": parent.purl, "dependsOn": [child.purl]},
        {"ref": child.purl, "dependsOn": [leaf.purl]},
        {"ref": leaf.purl},
    ]
    assert composition_of(document, leaf.purl) == (
        "complete",
        "a file records the dependencies",
    )
    assert composition_of(document, ROOT)[0] == "complete"


def test_graph_when_a_file_tells_of_one_package_only_then_the_others_are_unknown():
    vendored, needed = component("lib", path="lib/pom.xml"), component("dep", path="lib/pom.xml")
    document = bom(scan(vendored, needed, edges=[edge(vendored.purl, needed.purl, "lib/pom.xml")]))
    assert document["dependencies"] == [{"ref": vendored.purl, "dependsOn": [needed.purl]}]
    assert composition_of(document, vendored.purl)[0] == "complete"
    assert composition_of(document, needed.purl)[0] == "unknown"


def test_graph_when_modules_of_the_repository_depend_then_the_root_does():
    modules = [declared("web", "1.0.0", path="web/pom.xml"), declared("core", "1.0.0", path="core/pom.xml")]
    needed = component("dep", path="web/pom.xml")
    edges = [
        edge(modules[0].purl, needed.purl, "web/pom.xml"),
        edge(modules[0].purl, modules[1].purl, "web/pom.xml"),
    ]
    document = bom(scan(replace(needed, direct=True), edges=edges, declared=modules))
    assert document["dependencies"] == [{"ref": ROOT, "dependsOn": [needed.purl]}]
    assert composition_of(document, ROOT)[0] == "complete"
    assert composition_of(document, needed.purl)[0] == "unknown"


def test_graph_when_a_manifest_records_no_edges_then_what_follows_is_unknown():
    asked = component("a", None, path="requirements.txt", parser="requirements", direct=True)
    document = bom(scan(asked))
    assert document["dependencies"] == [{"ref": ROOT, "dependsOn": [asked.purl]}]
    assert composition_of(document, asked.purl) == (
        "unknown",
        "requirements: no dependencies between packages are recorded",
    )


def test_graph_when_no_file_tells_what_is_direct_then_the_root_is_unknown():
    flat = component("a", path="go.sum", parser="go-sum")
    document = bom(scan(flat))
    assert document["dependencies"] == []
    assert composition_of(document, ROOT) == (
        "unknown",
        "go-sum: does not record which packages are direct",
    )


def test_graph_when_nothing_was_read_then_the_root_is_unknown():
    document = bom(scan(files_read=0))
    assert document["components"] == []
    assert composition_of(document, ROOT) == ("unknown", "no file that names dependencies was found")


def test_graph_when_a_file_is_broken_then_its_subjects_and_the_root_are_incomplete():
    first, second = component("a", direct=True), component("b", direct=True, path="b/package-lock.json")
    document = bom(
        scan(
            first,
            second,
            edges=[edge(first.purl, second.purl), edge(second.purl, first.purl, "b/package-lock.json")],
            unknowns=[unknown(UnknownKind.BROKEN, "not JSON", "package-lock.json")],
        )
    )
    assert composition_of(document, first.purl) == (
        "incomplete",
        "package-lock.json could not be read or resolved in full",
    )
    assert composition_of(document, second.purl)[0] == "complete"
    assert composition_of(document, ROOT)[0] == "incomplete"


def test_graph_when_an_edge_leads_to_no_component_then_it_is_left_out_and_said():
    parent = component("a", direct=True)
    document = bom(
        scan(parent, edges=[edge(parent.purl, "pkg:npm/ghost@1"), edge("pkg:npm/x@1", parent.purl)])
    )
    assert document["dependencies"] == [{"ref": ROOT, "dependsOn": [parent.purl]}]
    assert composition_of(document, parent.purl) == ("incomplete", "depends on packages that no file lists")
