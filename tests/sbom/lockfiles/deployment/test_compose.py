from pathlib import Path

from parsing import parse_content

from sbom.model import UnknownKind
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "compose"
DIGEST = "77726ef6b57ddf65bb551896826ec38bc3e53f75cdde31354fbffb4f25238ebd"


def lines(case):
    return {row.purl.removeprefix("pkg:docker/"): row.line for row in scan_path(FIXTURES / case).components}


def test_images_when_defaults_environment_and_merges_give_them_then_what_is_built_is_left_out():
    assert lines("product") == {
        "team/base@1.0?repository_url=registry.example": 4,
        "library/mysql@8.0": 10,
        "library/redis@7.2": 12,
        f"library/opensearch@sha256:{DIGEST}": 20,
    }


def test_image_when_a_variable_has_no_value_then_it_is_unresolved_at_its_line():
    (unknown,) = scan_path(FIXTURES / "product").unknowns
    assert (unknown.kind, unknown.line) == (UnknownKind.UNRESOLVED, 14)


def test_environment_when_it_holds_secrets_then_no_row_shows_them():
    assert "hunter2" not in repr(scan_path(FIXTURES / "product"))


def test_scope_when_compose_does_not_tell_then_it_is_null_and_the_project_asks():
    result = scan_path(FIXTURES / "plain")
    assert {(row.scope, row.direct) for row in result.components} == {(None, True)}
    assert lines("plain") == {"enmotech/opengauss@5.0.1": 3, "nacos/nacos-server": 4}
    assert [row.kind for row in result.unknowns] == [UnknownKind.NO_EXACT_VERSION]


def test_file_when_merges_form_a_cycle_or_values_are_odd_then_it_ends():
    assert lines("cycle") == {"library/nginx@1": 6}
    assert lines("odd_shapes") == {}


def test_images_when_two_services_share_one_and_another_names_none_then_there_is_one_row():
    content = b"services:\n  a:\n    image: nginx:1\n  b:\n    image: nginx:1\n  c:\n    image:\n"
    (sheet,) = parse_content("compose.yaml", content)
    assert [row.purl for row in sheet.components] == ["pkg:docker/library/nginx@1"]
    assert not sheet.unknowns


def test_file_when_cut_off_then_whole_services_are_kept():
    assert lines("truncated") == {"library/nginx@1": 3}
    (unknown,) = scan_path(FIXTURES / "truncated").unknowns
    assert unknown.kind is UnknownKind.BROKEN
