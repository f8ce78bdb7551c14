import json
import time
from pathlib import Path

import pytest
from bom_rows import bom, component, edge, rich_scan, scan
from hypothesis import given, settings
from hypothesis import strategies as st

from sbom.bom import build_bom
from sbom.errors import LimitReached, ScanError
from sbom.imports import IMPORTER_FINGERPRINT, read_bom, scan_bom
from sbom.limits import Limits
from sbom.lockfiles.reading import Malformed
from sbom.model import Scope, UnknownKind

BOMS = Path(__file__).parents[1] / "fixtures" / "boms"
NPM_LS = {
    None: {"chalk@4.1.2", "isarray@1.0.0"},
    "chalk@4.1.2": {"ansi-styles@4.3.0", "supports-color@7.2.0"},
    "ansi-styles@4.3.0": {"color-convert@2.0.1"},
    "color-convert@2.0.1": {"color-name@1.1.4"},
    "supports-color@7.2.0": {"has-flag@4.0.0"},
}
"""What `npm ls --all` said of the project whose BOMs `npm sbom` wrote."""


def graph(result):
    found = {}
    for row in result.dependencies:
        source = row.from_purl and row.from_purl.removeprefix("pkg:npm/")
        found.setdefault(source, set()).add(row.to_purl.removeprefix("pkg:npm/"))
    return found


def read(document, limits=None):
    return read_bom(json.dumps(document).encode(), "their.json", limits or Limits())


def cyclonedx(*components, **parts):
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": list(components), **parts}


@pytest.mark.parametrize("name", ["npm_shop.cdx.json", "npm_shop.spdx.json"])
def test_bom_of_npm_when_read_then_packages_and_edges_are_those_of_npm_ls(name):
    result = scan_bom(BOMS / name)
    assert graph(result) == NPM_LS
    assert {row.purl.removeprefix("pkg:npm/") for row in result.components} == set().union(*NPM_LS.values())
    assert [row.purl for row in result.declared] == ["pkg:npm/shop@2.0.0"]
    chalk = next(row for row in result.components if row.name == "chalk")
    assert (chalk.licence, chalk.direct, chalk.path) == ("MIT", True, name)
    assert chalk.hashes[0].startswith("SHA-512:")
    assert result.unknowns == ()


def test_bom_when_it_gives_addresses_with_passwords_then_no_row_shows_them():
    url = "https://user:hunter2@host.example/a.tgz"
    purl = "pkg:generic/a@1?download_url=https://user:hunter2%40host.example/a.tgz"
    references = [{"type": "distribution", "url": url}]
    ours = cyclonedx({"name": "a", "purl": purl, "externalReferences": references})
    theirs = {"name": "a", "SPDXID": "SPDXRef-a", "versionInfo": "1", "downloadLocation": url}
    for result in (read(ours), read({"spdxVersion": "SPDX-2.3", "packages": [theirs]})):
        assert [row.source_url for row in result.components] == ["https://host.example/a.tgz"]
        assert "hunter2" not in repr(result)


@pytest.mark.parametrize("encoding", ["json", "xml"])
def test_bom_of_ours_when_read_then_the_scan_comes_back(encoding):
    ours = rich_scan()
    result = read_bom(build_bom(ours, "1", encoding=encoding), "shop.cdx")
    assert {row.purl for row in result.components} == {row.purl for row in ours.components}
    edges = {(row.from_purl, row.to_purl) for row in ours.dependencies}
    direct = {(None, row.purl) for row in ours.components if row.direct}
    assert {(row.from_purl, row.to_purl) for row in result.dependencies} == edges | direct
    assert result.committed_at == ours.committed_at
    told = {row.reason for row in result.unknowns}
    assert "old/package-lock.json: not JSON (line 3)" in told
    assert UnknownKind.UNREADABLE in {row.kind for row in result.unknowns}


def test_bom_when_read_and_written_again_then_a_legal_one():
    again = read_bom(build_bom(rich_scan(), "1"), "shop.cdx.json")
    assert len(bom(again)["components"]) == 5


def test_component_when_it_has_no_purl_then_generic_and_unresolved():
    result = read(cyclonedx({"type": "library", "group": "acme", "name": "core", "version": "1"}))
    assert [row.purl for row in result.components] == ["pkg:generic/acme/core@1"]
    assert [row.reason for row in result.unknowns] == ["core: no purl, taken as pkg:generic"]


def test_components_when_nested_then_all_are_read_apart_from_files_and_cryptography():
    inner = {"type": "library", "name": "b", "purl": "pkg:npm/b@1"}
    outer = {"type": "framework", "name": "a", "purl": "pkg:npm/a@1", "components": [inner]}
    others = [{"type": "file", "name": "x"}, {"type": "cryptographic-asset", "name": "AES"}]
    assert {row.name for row in read(cyclonedx(outer, *others)).components} == {"a", "b"}


def test_spdx_when_relationships_point_backwards_then_edges_and_scopes_are_right():
    packages = [
        {
            "SPDXID": f"SPDXRef-{name}",
            "name": name,
            "externalRefs": [{"referenceType": "purl", "referenceLocator": f"pkg:npm/{name}@1"}],
        }
        for name in ("app", "lib", "dev")
    ]
    relationships = [
        {
            "spdxElementId": f"SPDXRef-{one}",
            "relationshipType": kind,
            "relatedSpdxElement": f"SPDXRef-{other}",
        }
        for one, kind, other in (
            ("DOCUMENT", "DESCRIBES", "app"),
            ("lib", "DEPENDENCY_OF", "app"),
            ("dev", "DEV_DEPENDENCY_OF", "lib"),
        )
    ]
    result = read({"spdxVersion": "SPDX-2.2", "packages": packages, "relationships": relationships})
    assert {(row.from_purl, row.to_purl, row.scope) for row in result.dependencies} == {
        (None, "pkg:npm/lib@1", None),
        ("pkg:npm/lib@1", "pkg:npm/dev@1", Scope.EXCLUDED),
    }


def test_gaps_when_the_document_tells_them_then_they_are_unknowns():
    package = {"type": "library", "name": "a", "purl": "pkg:npm/a@1", "bom-ref": "a"}
    result = read(
        cyclonedx(
            package,
            compositions=[{"aggregate": "incomplete", "dependencies": ["a"]}, {"aggregate": "complete"}],
            dependencies=[{"ref": "a", "dependsOn": ["ghost"]}],
        )
    )
    assert sorted(row.reason for row in result.unknowns) == [
        "an edge to 'ghost', which the document does not describe as a package",
        "compositions: incomplete for 1 subjects",
    ]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", Malformed),
        (b"[1]", Malformed),
        (b"{}", Malformed),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><bom>&a;</bom>", LimitReached),
        (b"<project/>", Malformed),
        (b'{"spdxVersion": "SPDX-3.0"}', ScanError),
        (b"[" * 2000, ScanError),
    ],
)
def test_document_when_it_is_no_bom_or_hostile_then_refused(content, error):
    with pytest.raises(error):
        read_bom(content, "x")


def test_file_when_broken_then_the_error_names_path_and_line(tmp_path):
    broken = tmp_path / "broken.cdx.json"
    broken.write_text('{"bomFormat": "CycloneDX",\n "specVersion" 7}')
    with pytest.raises(Malformed, match=r"broken\.cdx\.json:2: not JSON"):
        scan_bom(broken)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("2024-01-01T00:00:00", 1704067200), ("2024-01-01T08:00:00+08:00", 1704067200), ("soon", None)],
)
def test_time_when_it_names_no_zone_then_it_is_utc_wherever_the_machine_stands(written, seconds, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        assert read(cyclonedx(metadata={"timestamp": written})).committed_at == seconds
    finally:
        monkeypatch.undo()
        time.tzset()


def test_fingerprint_when_asked_then_it_is_the_reader_that_every_row_names():
    (row,) = read(cyclonedx({"type": "library", "name": "a", "purl": "pkg:npm/a@1"})).components
    assert f"{row.parser}/{row.parser_version}" == IMPORTER_FINGERPRINT


def test_document_when_over_the_limits_then_told(tmp_path):
    many = [{"type": "library", "name": f"p{n}", "purl": f"pkg:npm/p{n}@1"} for n in range(9)]
    result = read(cyclonedx(*many), Limits(packages=5))
    assert len(result.components) == 5
    assert [row.kind for row in result.unknowns] == [UnknownKind.LIMIT]
    large = tmp_path / "large.cdx.json"
    large.write_bytes(b" " * 2000)
    with pytest.raises(LimitReached, match="over the limit of 1000 bytes"):
        scan_bom(large, Limits(file_bytes=1000))
    with pytest.raises(ScanError, match="cannot be read"):
        scan_bom(tmp_path / "absent.cdx.json")


PARTS = [
    *("aggregate", "alg", "checksums", "component", "components", "compositions", "creationInfo"),
    *("dependencies", "dependsOn", "documentDescribes", "externalRefs", "hashes", "license", "licenses"),
    *("metadata", "name", "packages", "properties", "purl", "ref", "referenceType", "relationships"),
    *("relationshipType", "scope", "SPDXID", "type"),
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PARTS), inner, max_size=4),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(PARTS), ANYTHING, max_size=6))
def test_document_when_its_parts_are_anything_then_rows_or_nothing(parts):
    for head in ({"bomFormat": "CycloneDX"}, {"spdxVersion": "SPDX-2.3"}):
        assert read(head | parts).files_read == 1


def test_subject_when_imported_then_has_no_commit():
    result = read_bom(build_bom(scan(component("a"), edges=[edge(None, component("a").purl)]), "1"), "x")
    assert (result.name, result.commit) == ("shop", None)


@pytest.mark.parametrize("encoding", ["json", "xml", "spdx"])
def test_makers_when_written_and_read_again_then_the_same_as_far_as_the_standard_has_room(encoding):
    made = component("a", supplier="City Soft", authors=("Li <li@city.example>", "team@city.example", "王五"))
    (row,) = read_bom(build_bom(scan(made), "1", encoding=encoding), "x").components
    assert row.supplier == "City Soft"
    assert row.authors == (made.authors[:1] if encoding == "spdx" else made.authors)


@pytest.mark.parametrize(
    ("entry", "supplier", "authors"),
    [
        ({"publisher": "Apache Software Foundation"}, "Apache Software Foundation", ()),
        ({"publisher": "Li <li@city.example>"}, None, ("Li <li@city.example>",)),
        (
            {"manufacturer": {"name": "Maker"}, "author": "Li", "authors": [{"name": "王五"}, 3]},
            "Maker",
            ("王五", "Li"),
        ),
        ({"supplier": {"name": "li@city.example"}, "publisher": 3, "author": {}}, None, ()),
    ],
)
def test_makers_when_another_tool_names_them_then_organisations_supply_and_the_others_are_authors(
    entry, supplier, authors
):
    (row,) = read(cyclonedx({"type": "library", "name": "a", "purl": "pkg:npm/a@1", **entry})).components
    assert (row.supplier, row.authors) == (supplier, authors)


def test_makers_when_spdx_names_actors_then_organisations_supply_and_persons_are_authors():
    package = {"SPDXID": "SPDXRef-a", "name": "a", "originator": "Organization: City Soft (hi@city.example)"}
    for supplier, authors in (
        ("Person: Li Si (li@city.example)", ("Li Si <li@city.example>",)),
        ("Person: Li Si ()", ("Li Si",)),
        ("NOASSERTION", ()),
        ("Tool: x", ()),
    ):
        document = {"spdxVersion": "SPDX-2.3", "packages": [{**package, "supplier": supplier}]}
        (row,) = read(document).components
        assert (row.supplier, row.authors) == ("City Soft", authors)
