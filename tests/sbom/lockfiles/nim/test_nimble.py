""".nimble files and nimble.lock; `nimble dump` is the oracle."""

import json

from ecosystem_fixtures import Scan, assert_lines_name_the_packages
from parsing import parse_content

from sbom.model import Scope, UnknownKind


def scan(case):
    return Scan("nimble", "nimble", case)


def test_manifest_when_read_then_nimble_dumps_the_same_requirements():
    found = scan("dumped")
    expected = json.loads((found.folder / "expected.json").read_text())
    assert {row.name for row in found.rows} == set(expected["required_names"])


def test_manifest_when_it_tells_no_version_then_it_declares_nothing_and_is_read():
    (sheet,) = parse_content("a.nimble", b'author = "A"\n# requires "c"\nrequires "b == 1"\n')
    assert [(row.purl, row.line) for row in sheet.components] == [("pkg:nim/b@1", 3)]
    assert not sheet.declared
    assert not sheet.unknowns


def test_manifest_when_a_requirement_names_no_package_then_it_is_said():
    (sheet,) = parse_content("a.nimble", b'requires "== 1"\nrequires "https://", "b == 1"\n')
    assert [row.purl for row in sheet.components] == ["pkg:nim/b@1"]
    assert [(row.kind, row.line) for row in sheet.unknowns] == [
        (UnknownKind.BROKEN, 1),
        (UnknownKind.UNRESOLVED, 2),
    ]


def test_manifest_when_it_has_tasks_then_what_they_need_is_excluded():
    found = scan("manifest")
    assert found.asked == {
        "chronos": (">= 3.0.0 & < 4.0.0", Scope.REQUIRED),
        "stew@0.1.0": ("== 0.1.0", Scope.REQUIRED),
        "results": ("#head", Scope.REQUIRED),
        "nim-thing": ("#v1.0", Scope.REQUIRED),
        "unittest2": ("~= 0.1", Scope.EXCLUDED),
    }
    assert_lines_name_the_packages(found)
    assert found.components["nim-thing"].source_url == "git+https://github.com/someone/nim-thing"
    assert [(row.purl, row.licence, row.description, row.authors, row.line) for row in found.declared] == [
        ("pkg:nim/sample@0.3.0", "MIT", "A sample", ("Someone",), 2)
    ]


def test_lock_when_beside_a_manifest_then_it_wins_with_edges_and_commits():
    found = scan("lock")
    assert {row.purl: row.scope for row in found.result.components} == {
        "pkg:nim/chronos@3.2.0": Scope.REQUIRED,
        "pkg:nim/stew@0.1.0": Scope.REQUIRED,
        "pkg:nim/unittest2@0.1.0": Scope.EXCLUDED,
    }
    assert found.edges == {("chronos@3.2.0", "stew@0.1.0")}
    assert found.components["stew@0.1.0"].source_url == (
        "git+https://github.com/status-im/nim-stew@0123456789abcdef0123456789abcdef01234567"
    )
    assert found.reasons == [
        (UnknownKind.UNRESOLVED, 19, "1 named dependencies are not locked in this file: gone")
    ]


def test_lock_when_a_repository_is_of_mercurial_then_its_address_says_so():
    package = {"url": "https://user:hunter2@hg.example/a", "vcsRevision": "9f", "downloadMethod": "hg"}
    packages = {"a": package, "nim": {"version": "2.0"}}
    (sheet,) = parse_content("nimble.lock", json.dumps({"packages": packages}).encode())
    assert [row.source_url for row in sheet.components] == ["hg+https://hg.example/a@9f"]


def test_lock_when_cut_off_then_what_stands_before_is_kept():
    found = scan("broken")
    assert set(found.components) == {"stew@0.1.0"}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.BROKEN, 16)]
