import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from cyclonedx.model import HashAlgorithm
from cyclonedx.model.bom import Bom
from cyclonedx.output.json import JsonV1Dot6
from hypothesis import given, settings
from hypothesis import strategies as st

from sbom.bom import build_bom
from sbom.bom_components import HASH_DIGITS, legal_url
from sbom.bom_validation import validate_bom
from sbom.model import Component, DeclaredPackage, Dependency, ScanResult, Scope, Unknown, UnknownKind
from sbom.purl import identify, with_version

COMMIT = "9b1c0e1a7d3f4c5b6a798877665544332211ffee"
ROOT = f"shop@{COMMIT}"


def component(name, version="1.0.0", *, type="npm", namespace=None, path="package-lock.json", **facts):
    identity = identify(type, namespace, name)
    row = Component(
        purl=with_version(identity, version),
        type=identity.type,
        namespace=identity.namespace,
        name=identity.name,
        version=version,
        constraint=None,
        scope=None,
        direct=None,
        licence=None,
        hashes=(),
        source_url=None,
        path=path,
        line=None,
        parser="lock",
        parser_version="1",
    )
    return replace(row, **facts)


def edge(source, target, path="package-lock.json"):
    return Dependency(source, target, None, None, path, None, "lock", "1")


def unknown(kind, reason, path, line=None):
    return Unknown(kind, reason, path, line, "lock", "1")


def scan(*components, edges=(), declared=(), unknowns=(), **facts):
    result = ScanResult(
        name="shop",
        commit=COMMIT,
        committed_at=1_700_000_000,
        components=components,
        dependencies=tuple(edges),
        declared=tuple(declared),
        unknowns=tuple(unknowns),
        files_read=1,
    )
    return replace(result, **facts)


def bom(result, **arguments):
    content = build_bom(result, "1.2.3", **arguments)
    assert validate_bom(content) == []
    return json.loads(content)


def the_component(*rows):
    (entry,) = bom(scan(*rows))["components"]
    return entry


def properties(entry, name):
    return [item["value"] for item in entry.get("properties", ()) if item["name"] == name]


def composition_of(document, ref):
    """Aggregate and reason for one subject."""
    (part,) = [part for part in document["compositions"] if ref in part["dependencies"]]
    reasons = dict(text.split(": ", 1) for text in properties(document["metadata"], "chainatlas:composition"))
    return part["aggregate"], reasons[part["bom-ref"]]


def rich_scan():
    """Every field that a BOM can carry, in several files."""
    left = component(
        "left-pad",
        "1.3.0",
        licence="WTFPL OR MIT",
        scope=Scope.REQUIRED,
        direct=True,
        constraint="^1.3",
        hashes=("SHA-512:" + "ab" * 64, "SHA-1:" + "cd" * 20),
        source_url="https://registry.example/left-pad/-/left-pad-1.3.0.tgz",
        line=12,
    )
    scoped = component("core", "7.0.0-rc.1+build", namespace="@babel", licence="MIT", direct=False, line=30)
    forked = component(
        "fork", "0.1", type="cargo", path="Cargo.lock", source_url="git+https://code.example/a/fork.git@abc"
    )
    loose = component("requests", None, type="pypi", path="pyproject.toml", constraint=">=2,<3", direct=True)
    odd = component("名 前", "1", type="pypi", licence="see <LICENSE>", path="目录/pylock.toml", line=1)
    return scan(
        left,
        scoped,
        replace(left, path="web/package-lock.json", line=4, scope=Scope.EXCLUDED),
        forked,
        loose,
        odd,
        edges=[edge(None, left.purl), edge(left.purl, scoped.purl), edge(scoped.purl, left.purl)],
        declared=[declared("shop", "2.0.0", licence="Apache-2.0", description="A shop")],
        unknowns=[
            unknown(UnknownKind.BROKEN, "not JSON", "old/package-lock.json", 3),
            unknown(UnknownKind.NO_EXACT_VERSION, "requests only has >=2,<3", "pyproject.toml"),
        ],
    )


def declared(name, version, *, path="package.json", private=None, licence=None, description=None):
    purl = with_version(identify("npm", None, name), version)
    return DeclaredPackage(
        purl, "npm", None, name, version, licence, description, (), private, path, 1, "lock", "1"
    )


def canonical(value):
    return json.dumps(value, sort_keys=True)


def in_any_order(value):
    """Arrays of the document are sets: the library sorts them by other keys."""
    if isinstance(value, dict):
        return {key: in_any_order(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((in_any_order(item) for item in value), key=canonical)
    return value


def test_document_when_read_and_written_by_the_library_then_equal():
    ours = bom(rich_scan(), repository_url="https://code.example/city/shop")
    theirs = json.loads(JsonV1Dot6(Bom.from_json(ours)).output_as_string())
    del ours["compositions"]  # the library does not know them
    told = {entry["ref"] for entry in ours["dependencies"]}
    untold = [entry for entry in theirs["dependencies"] if entry["ref"] not in told]
    assert all(set(entry) == {"ref"} for entry in untold)  # the library declares all others free of any
    ours["dependencies"] += untold
    assert in_any_order(ours) == in_any_order(theirs)


def test_component_when_two_files_name_it_then_stands_once_with_two_occurrences():
    row = component("left-pad", path="a/package-lock.json", line=7)
    entry = the_component(row, replace(row, path="b/package-lock.json", line=None), row)
    assert entry["bom-ref"] == entry["purl"] == "pkg:npm/left-pad@1.0.0"
    assert entry["evidence"]["occurrences"] == [
        {"location": "a/package-lock.json", "line": 7},
        {"location": "b/package-lock.json"},
    ]


def test_component_when_in_a_namespace_then_group_and_name():
    entry = the_component(component("core", namespace="@babel"))
    assert (entry["group"], entry["name"], entry["purl"]) == ("@babel", "core", "pkg:npm/%40babel/core@1.0.0")


def test_component_when_only_constrained_then_has_no_version():
    entry = the_component(component("requests", None, type="pypi", constraint=">=2"))
    assert "version" not in entry
    assert entry["purl"] == "pkg:pypi/requests"
    assert properties(entry, "chainatlas:constraint") == [">=2"]


@pytest.mark.parametrize(
    ("scopes", "merged"),
    [
        ([Scope.EXCLUDED, Scope.REQUIRED, Scope.OPTIONAL], "required"),
        ([Scope.EXCLUDED, Scope.OPTIONAL], "optional"),
        ([Scope.EXCLUDED, Scope.EXCLUDED], "excluded"),
        ([None, Scope.REQUIRED], "required"),
        ([None, Scope.EXCLUDED], None),
        ([None, Scope.OPTIONAL], None),
        ([None], None),
    ],
)
def test_scope_when_files_disagree_then_the_strongest_that_is_certain(scopes, merged):
    rows = [component("a", path=f"{number}.lock", scope=scope) for number, scope in enumerate(scopes)]
    assert the_component(*rows).get("scope") == merged


@pytest.mark.parametrize(
    ("claims", "merged"), [([True, False, None], ["true"]), ([False, False], ["false"]), ([False, None], [])]
)
def test_direct_when_files_disagree_then_transitive_only_if_all_say_so(claims, merged):
    rows = [component("a", path=f"{number}.lock", direct=claim) for number, claim in enumerate(claims)]
    assert properties(the_component(*rows), "chainatlas:direct") == merged


def test_hashes_when_files_name_several_then_merged_and_foreign_ones_kept_as_property():
    entry = the_component(
        component("a", path="1", hashes=("SHA-256:" + "AB" * 32, "h1:R4cHqaU6CqbJ9Yg=")),
        component("a", path="2", hashes=("SHA-256:" + "ab" * 32, "MD5:" + "0" * 32, "SHA-256:abcd")),
    )
    assert entry["hashes"] == [
        {"alg": "MD5", "content": "0" * 32},
        {"alg": "SHA-256", "content": "ab" * 32},
    ]
    assert properties(entry, "chainatlas:hash") == ["SHA-256:abcd", "h1:R4cHqaU6CqbJ9Yg="]


def test_hash_algorithms_are_those_of_the_library_for_this_version_of_cyclonedx():
    since_1_7 = {"Streebog-256", "Streebog-512"}
    assert set(HASH_DIGITS) == {algorithm.value for algorithm in HashAlgorithm} - since_1_7


@pytest.mark.parametrize(
    ("declared", "choice"),
    [
        ("MIT", {"license": {"id": "MIT"}}),
        (" mit ", {"license": {"id": "MIT"}}),
        ("GPL-2.0+", {"license": {"id": "GPL-2.0-or-later"}}),
        ("(MIT OR Apache-2.0)", {"expression": "MIT OR Apache-2.0"}),
        ("mit and (isc or bsd-2-clause)", {"expression": "MIT AND (ISC OR BSD-2-Clause)"}),
        (
            "GPL-2.0-only WITH Classpath-exception-2.0",
            {"expression": "GPL-2.0-only WITH Classpath-exception-2.0"},
        ),
        ("BSD", {"license": {"name": "BSD"}}),
        ("MIT AND", {"license": {"name": "MIT AND"}}),
        ("SEE LICENSE IN terms.txt", {"license": {"name": "SEE LICENSE IN terms.txt"}}),
        ("木兰宽松许可证", {"license": {"name": "木兰宽松许可证"}}),
    ],
)
def test_licence_when_declared_then_id_expression_or_name(declared, choice):
    (entry,) = the_component(component("a", licence=declared))["licenses"]
    (body,) = (entry.get("license", entry),)
    assert body.pop("acknowledgement") == "declared"
    assert entry == choice


@pytest.mark.parametrize("declared", [None, "", "NOASSERTION", "NONE"])
def test_licence_when_nothing_is_stated_then_absent(declared):
    assert "licenses" not in the_component(component("a", licence=declared))


def test_licence_when_files_disagree_about_an_expression_then_named_licences():
    entry = the_component(
        component("a", path="1", licence="MIT"), component("a", path="2", licence="ISC OR MIT")
    )
    assert [choice["license"] for choice in entry["licenses"]] == [
        {"acknowledgement": "declared", "name": "ISC OR MIT"},
        {"acknowledgement": "declared", "id": "MIT"},
    ]


@pytest.mark.parametrize(
    ("source", "reference"),
    [
        ("https://registry.example/a.tgz", ("distribution", "https://registry.example/a.tgz")),
        ("git+https://code.example/o/a@1a2b", ("vcs", "git+https://code.example/o/a@1a2b")),
        ("https://code.example/o/a.git#1a2b", ("vcs", "https://code.example/o/a.git#1a2b")),
        ("ssh://git@code.example/o/a", ("vcs", "ssh://git@code.example/o/a")),
        (
            "https://registry.example/a b%zz[1].tgz",
            ("distribution", "https://registry.example/a%20b%25zz%5B1%5D.tgz"),
        ),
    ],
)
def test_source_when_a_url_then_external_reference(source, reference):
    (entry,) = the_component(component("a", source_url=source))["externalReferences"]
    assert (entry["type"], entry["url"]) == reference


@pytest.mark.parametrize(
    "source", ["../packages/a", "git@code.example:o/a.git", "https://h:port/", "http://a#b#c", "\x00"]
)
def test_source_when_no_url_then_property(source):
    entry = the_component(component("a", source_url=source))
    assert "externalReferences" not in entry
    assert properties(entry, "chainatlas:source_url") == [source]


@given(st.text(max_size=60) | st.from_regex(r"https?://[^\n]{0,40}"))
def test_url_when_accepted_then_valid_in_the_schema(text):
    url = legal_url(text)
    if url is not None:
        document = {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "components": [
                {"type": "library", "name": "a", "externalReferences": [{"type": "vcs", "url": url}]}
            ],
        }
        assert validate_bom(json.dumps(document).encode()) == []


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


def test_metadata_when_a_commit_then_repository_version_and_time_of_the_commit():
    metadata = bom(scan(), repository_url="https://code.example/city/shop")["metadata"]
    assert metadata["timestamp"] == "2023-11-14T22:13:20+00:00"
    assert metadata["component"] == {
        "bom-ref": ROOT,
        "type": "application",
        "name": "shop",
        "version": COMMIT,
        "externalReferences": [{"type": "vcs", "url": "https://code.example/city/shop"}],
    }
    assert metadata["lifecycles"] == [{"phase": "pre-build"}]


def test_metadata_when_a_folder_then_no_version_and_no_time():
    metadata = bom(scan(commit=None, committed_at=None))["metadata"]
    assert "timestamp" not in metadata
    assert metadata["component"] == {"bom-ref": "shop", "type": "application", "name": "shop"}


@pytest.mark.parametrize("seconds", [10**18, -(10**18), 253_402_300_800])
def test_metadata_when_the_commit_time_is_absurd_then_no_time(seconds):
    assert "timestamp" not in bom(scan(committed_at=seconds))["metadata"]


def test_metadata_when_one_package_is_declared_at_the_root_then_its_purl_and_licence():
    packages = [
        declared("shop", "2.0.0", licence="Apache-2.0", description="A shop"),
        declared("tools", "1.0.0", private=True),
        declared("plugin", "1.0.0", path="plugins/package.json"),
    ]
    subject = bom(scan(declared=packages))["metadata"]["component"]
    assert subject["purl"] == "pkg:npm/shop@2.0.0"
    assert subject["description"] == "A shop"
    assert subject["licenses"] == [{"license": {"id": "Apache-2.0", "acknowledgement": "declared"}}]


def test_metadata_when_two_packages_are_declared_at_the_root_then_no_purl():
    packages = [declared("shop", "2.0.0"), declared("store", "2.0.0", path="pyproject.toml")]
    assert "purl" not in bom(scan(declared=packages))["metadata"]["component"]


def test_metadata_when_parsers_found_something_then_they_are_tools_with_versions():
    rows = [component("a", parser="npm-lock", parser_version="3"), component("b", parser="cargo-lock")]
    (tool,) = bom(scan(*rows))["metadata"]["tools"]["components"]
    assert (tool["name"], tool["version"]) == ("chainatlas", "1.2.3")
    assert [(part["name"], part["version"]) for part in tool["components"]] == [
        ("cargo-lock", "1"),
        ("npm-lock", "3"),
    ]


def test_metadata_when_something_is_unknown_then_unreadable_or_unresolved_with_path_and_reason():
    rows = [
        unknown(UnknownKind.BROKEN, "not JSON", "a/package-lock.json", 3),
        unknown(UnknownKind.LIMIT, "too large", "b.lock"),
        unknown(UnknownKind.UNREADABLE, "missing object", "c.lock"),
        unknown(UnknownKind.UNSUPPORTED, "version 9", "d.lock"),
        unknown(UnknownKind.UNRESOLVED, "parent pom is elsewhere", "pom.xml", 8),
        unknown(UnknownKind.NO_EXACT_VERSION, "requests has only >=2", "pyproject.toml"),
    ]
    metadata = bom(scan(unknowns=rows))["metadata"]
    assert properties(metadata, "chainatlas:unreadable") == [
        "a/package-lock.json: not JSON (line 3)",
        "b.lock: too large",
        "c.lock: missing object",
        "d.lock: version 9",
    ]
    assert properties(metadata, "chainatlas:unresolved") == [
        "pom.xml: parent pom is elsewhere (line 8)",
        "pyproject.toml: requests has only >=2",
    ]


def test_bytes_when_rows_come_in_another_order_then_equal():
    result = rich_scan()
    turned = replace(
        result,
        components=result.components[::-1],
        dependencies=result.dependencies[::-1],
        unknowns=result.unknowns[::-1],
    )
    assert build_bom(turned, "1") == build_bom(result, "1")


def test_bytes_when_made_in_processes_with_other_hash_seeds_then_equal():
    program = (
        "import sys; from test_bom import rich_scan; from sbom.bom import build_bom\n"
        "sys.stdout.buffer.write(build_bom(rich_scan(), '1'))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {build_bom(rich_scan(), "1")}


def test_serial_number_when_the_content_differs_then_differs():
    first, second = component("a"), component("b")
    assert bom(scan(first))["serialNumber"] == bom(scan(first))["serialNumber"]
    assert bom(scan(first))["serialNumber"] != bom(scan(second))["serialNumber"]


HOSTILE = [
    "a\x00\x1b[31mb",
    "x" * 10_000,
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
    "\u202egnp.exe",
    "\ud800",
    "\udcff",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_document_when_texts_are_hostile_then_legal(text):
    row = replace(
        component("safe"),
        name=text,
        namespace=text,
        version=text,
        constraint=text,
        licence=text,
        source_url=f"https://registry.example/{text}",
        hashes=(text, f"SHA-1:{text}"),
        path=text,
        line=1,
    )
    result = scan(
        row,
        edges=[edge(None, row.purl, text)],
        declared=[declared("safe", "1", description=text, licence=text)],
        unknowns=[unknown(UnknownKind.BROKEN, text, text)],
        name=text,
    )
    content = build_bom(result, "1", repository_url=text)
    assert validate_bom(content) == []
    (entry,) = json.loads(content)["components"]
    assert entry["name"] == text.encode("utf-8", "backslashreplace").decode()


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_document_when_texts_are_arbitrary_then_legal(name, licence, source):
    assert bom(scan(replace(component("safe"), name=name, version=name, licence=licence, source_url=source)))


def test_version_when_longer_than_the_schema_allows_then_a_property():
    entry = the_component(component("a", "1" * 1025))
    assert "version" not in entry
    assert properties(entry, "chainatlas:version") == ["1" * 1025]


def test_ten_thousand_components_when_built_and_validated_then_within_seconds():
    rows = [
        component(f"package-{number}", licence="MIT", hashes=(f"SHA-512:{number:0128x}",), line=number + 1)
        for number in range(10_000)
    ]
    edges = [edge(row.purl, rows[(7 * number + 1) % len(rows)].purl) for number, row in enumerate(rows)]
    started = time.perf_counter()
    content = build_bom(scan(*rows, edges=edges), "1")
    assert validate_bom(content) == []
    assert time.perf_counter() - started < 10  # the library alone takes over a minute


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"components": [{"type": "library"}]}, "/components/0"),
        ({"components": [{"type": "package", "name": "a"}]}, "/components/0/type"),
        (
            {"components": [{"type": "library", "name": "a", "licenses": [{"license": {"id": "MITT"}}]}]},
            "/components/0/licenses",
        ),
        (
            {"components": [{"type": "library", "name": "a", "hashes": [{"alg": "MD5", "content": "12"}]}]},
            "/components/0/hashes/0/content",
        ),
        ({"signature": {"value": 1}}, "/signature"),
        ({"compositions": [{"aggregate": "perhaps"}]}, "/compositions/0/aggregate"),
        ({"unheard": 1}, ""),
        (
            {
                "components": [
                    {"type": "library", "name": "a", "bom-ref": "x"},
                    {"type": "library", "name": "b", "bom-ref": "x"},
                ]
            },
            "/",
        ),
        ({"compositions": [{"aggregate": "complete", "dependencies": ["ghost"]}]}, "/compositions/0"),
        ({"dependencies": [{"ref": "ghost"}]}, "/dependencies/0"),
        ({"specVersion": "1.5"}, "/specVersion"),
    ],
)
def test_validation_when_a_rule_is_broken_then_names_the_place(change, place):
    valid = {"bomFormat": "CycloneDX", "specVersion": "1.6"}
    assert validate_bom(json.dumps(valid).encode()) == []
    errors = validate_bom(json.dumps(valid | change).encode())
    assert any(error.startswith(f"{place}: ") for error in errors), errors


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_validation_when_no_bom_at_all_then_says_so(content):
    assert len(validate_bom(content)) == 1
