"""stack.yaml.lock, cabal.project.freeze and .cabal files; the Cabal library itself is the oracle."""

import json

from ecosystem_fixtures import Scan, assert_lines_name_the_packages

from sbom.lockfiles.haskell.cabal_package import split_identifier
from sbom.model import Scope, UnknownKind


def test_identifiers_when_cut_then_versions_are_told_from_names():
    assert split_identifier("acme-missiles-0.3") == ("acme-missiles", "0.3")
    assert split_identifier("base64-bytestring-1.2.1.0") == ("base64-bytestring", "1.2.1.0")
    assert split_identifier("aeson") == ("aeson", None)


def test_stack_lock_when_of_several_origins_then_each_is_named_and_the_snapshot_is_an_unknown():
    found = Scan("stack-lock", "stack_lock", "extra_deps")
    assert {row.purl: row.source_url for row in found.rows} == {
        "pkg:hackage/acme-missiles@0.3": None,
        "pkg:hackage/gitdep@0.1.0.0": (
            "git+https://git.example/team/gitdep.git@0123456789abcdef0123456789abcdef01234567"
        ),
        "pkg:hackage/archive-dep@1.2": "https://files.example/archive-dep-1.2.tar.gz",
    }
    assert [len(row.hashes) for row in found.rows] == [0, 1, 0]
    assert_lines_name_the_packages(found)
    assert [(kind, line) for kind, line, _ in found.reasons] == [
        (UnknownKind.BROKEN, 25),
        (UnknownKind.UNRESOLVED, 28),
    ]


def test_stack_lock_when_broken_then_what_stands_before_is_kept():
    found = Scan("stack-lock", "stack_lock", "broken")
    assert set(found.components) == {"aeson@2.1.0.0"}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.BROKEN, 5)]


def test_freeze_when_it_pins_and_chooses_flags_then_only_pins_are_components():
    found = Scan("cabal-freeze", "cabal_freeze", "plan")
    assert set(found.components) == {"aeson@2.1.0.0", "base@4.17.0.0", "base-compat-batteries@0.12.2"}
    assert_lines_name_the_packages(found)
    assert not found.reasons
    broken = Scan("cabal-freeze", "cabal_freeze", "broken")
    assert set(broken.components) == {"aeson@2.1.0.0", "base@4.17.0.0"}
    assert [(kind, line) for kind, line, _ in broken.reasons] == [(UnknownKind.BROKEN, 2)]


def test_cabal_file_when_of_several_parts_then_the_cabal_library_finds_the_same_names():
    found = Scan("cabal-file", "cabal_file", "parts")
    expected = json.loads((found.folder / "expected.json").read_text())
    names = {(row.to_purl.partition("/")[2].partition("@")[0], row.scope) for row in found.dependencies}
    assert {name for name, scope in names if scope is Scope.REQUIRED} == set(expected["required_names"])
    tools = {"Cabal", "hspec-discover"}  # which it lists apart
    assert {name for name, scope in names if scope is Scope.EXCLUDED} - tools == set(expected["tested_names"])


def test_cabal_file_when_read_then_constraints_span_lines_and_own_libraries_are_left_out():
    found = Scan("cabal-file", "cabal_file", "parts")
    assert found.components["containers"].constraint == ">= 0.6 && < 0.8"
    assert found.components["attoparsec@0.14.4"].constraint == "==0.14.4"
    assert found.components["base"].line == 14
    assert {"parts", "internal"}.isdisjoint(found.components)
    (package,) = found.declared
    assert (package.purl, package.licence, package.keywords) == (
        "pkg:hackage/parts@0.1.0.0",
        "BSD-3-Clause",
        ("Data", "Text"),
    )
    broken = Scan("cabal-file", "cabal_file", "broken")
    assert (UnknownKind.BROKEN, 4, "no dependency: '!!'") in broken.reasons
