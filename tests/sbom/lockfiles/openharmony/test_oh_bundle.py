from pathlib import Path

from sbom.model import UnknownKind
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "oh_bundle"


def test_component_when_declared_then_it_has_its_own_name_and_that_of_its_bundle():
    declared = scan_path(FIXTURES / "wifi").declared
    assert [(row.purl, row.line) for row in declared] == [
        ("pkg:generic/%40ohos/wifi@3.1.0", 2),
        ("pkg:generic/openharmony/wifi@3.1.0", 18),
    ]
    assert {(row.licence, row.private, row.keywords) for row in declared} == {
        ("Apache License 2.0", False, ("communication", "wifi"))
    }


def test_dependencies_when_in_both_lists_then_each_is_named_once_without_version_or_scope():
    result = scan_path(FIXTURES / "wifi")
    assert [(row.name, row.version, row.scope, row.direct, row.line) for row in result.components] == [
        ("cJSON", None, None, True, 24),
        ("googletest", None, None, True, 30),
        ("hilog", None, None, True, 24),
        ("openssl", None, None, True, 24),
        ("wpa_supplicant", None, None, True, 30),
    ]
    assert {row.from_purl for row in result.dependencies} == {None}
    assert [row.kind for row in result.unknowns] == [UnknownKind.NO_EXACT_VERSION]


def test_dependency_when_another_bundle_declares_it_then_both_have_one_package_name():
    used = {row.purl for row in scan_path(FIXTURES / "wifi").components}
    declared = {row.purl.partition("@")[0] for row in scan_path(FIXTURES / "third_party").declared}
    assert "pkg:generic/openharmony/cJSON" in used & declared


def test_component_when_it_lists_nothing_then_nothing_is_unknown():
    result = scan_path(FIXTURES / "third_party")
    assert (result.components, result.unknowns) == ((), ())


def test_bundle_when_its_name_has_no_scope_then_only_the_component_is_declared():
    result = scan_path(FIXTURES / "unscoped")
    assert [row.purl for row in result.declared] == ["pkg:generic/openharmony/dsoftbus@4.0"]
    assert [row.private for row in result.declared] == [None]
    assert [row.name for row in result.components] == ["safwk"]


def test_file_when_another_tool_uses_the_name_then_it_is_left_alone():
    for case in ("another_tools", "odd_shapes"):
        result = scan_path(FIXTURES / case)
        assert (result.declared, result.components, result.unknowns) == ((), (), ())


def test_file_when_cut_off_inside_the_component_then_one_unknown_says_where():
    (unknown,) = scan_path(FIXTURES / "truncated").unknowns
    assert (unknown.kind, unknown.line) == (UnknownKind.BROKEN, 28)
