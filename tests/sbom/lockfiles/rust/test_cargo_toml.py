from pathlib import Path

from sbom.model import Scope, UnknownKind
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "cargo-toml"


def components(case):
    return {
        (row.name, row.version, row.constraint, row.scope) for row in scan_path(FIXTURES / case).components
    }


def test_crate_when_declared_then_metadata_and_privacy_are_read():
    (row,) = scan_path(FIXTURES / "package").declared
    assert (row.purl, row.licence, row.description, row.keywords, row.private, row.line) == (
        "pkg:cargo/sm-crypto@0.3.1",
        "MIT OR Apache-2.0",
        "国密 algorithms",
        ("sm2", "sm4"),
        True,
        2,
    )


def test_dependencies_when_no_lock_covers_them_then_scopes_follow_tables_and_default_features():
    assert components("package") == {
        ("num-bigint", None, "0.4", Scope.REQUIRED),
        ("hex", "0.4.3", "=0.4.3", Scope.REQUIRED),
        ("base64ct", None, "1", Scope.OPTIONAL),
        ("rand", None, "0.8", Scope.REQUIRED),
        ("weak", None, "1", Scope.OPTIONAL),
        ("real-name", None, ">=1, <3", Scope.REQUIRED),
        ("from-git", None, None, Scope.REQUIRED),
        ("windows-sys", None, "0.52", Scope.REQUIRED),
        ("proptest", None, "1", Scope.EXCLUDED),
        ("cc", None, "=1.0", Scope.EXCLUDED),
    }


def test_dependency_when_it_stands_in_two_tables_then_it_is_one_component_with_two_edges():
    edges = [
        (row.scope, row.line)
        for row in scan_path(FIXTURES / "package").dependencies
        if row.to_purl == "pkg:cargo/num-bigint"
    ]
    assert edges == [(Scope.REQUIRED, 15), (Scope.EXCLUDED, 29)]


def test_lines_when_a_dependency_is_renamed_or_inherited_then_they_are_those_of_its_key():
    found = {row.name: row.line for row in scan_path(FIXTURES / "package").components}
    assert (found["real-name"], found["cc"]) == (20, 32)
    found = {row.name: row.line for row in scan_path(FIXTURES / "workspace").components}
    assert (found["serde"], found["tokio"]) == (10, 11)


def test_git_dependency_when_its_url_holds_a_token_then_the_token_is_left_out():
    found = next(row for row in scan_path(FIXTURES / "package").components if row.name == "from-git")
    assert found.source_url == "git+https://git.example/team/from-git@abc123"


def test_member_when_it_inherits_from_its_workspace_then_the_workspace_gives_the_values():
    app = next(row for row in scan_path(FIXTURES / "workspace").declared if row.name == "app")
    assert (app.version, app.licence, app.description, app.keywords, app.private) == (
        "2.0.0",
        "Apache-2.0",
        "Shared description",
        ("shared",),
        False,
    )
    assert components("workspace") == {
        ("serde", None, "1.0", Scope.REQUIRED),
        ("tokio", "1.37.0", "=1.37.0", Scope.OPTIONAL),
        ("unknown-to-workspace", None, None, Scope.REQUIRED),
    }


def test_member_when_it_names_its_workspace_then_that_one_is_taken_if_it_is_in_the_repository():
    versions = {row.name: row.version for row in scan_path(FIXTURES / "named_workspace").declared}
    assert versions == {"nested": "3.3.3", "outlier": None}


def test_workspace_when_it_has_no_crate_of_its_own_then_it_gives_no_rows():
    result = scan_path(FIXTURES / "virtual")
    assert (result.components, result.declared, result.unknowns) == ((), (), ())


def test_crate_when_it_is_a_vendored_copy_then_it_is_not_the_repositorys_own():
    assert [row.name for row in scan_path(FIXTURES / "vendored").declared] == ["vendors"]


def test_file_when_cut_off_then_what_stands_before_is_kept_and_the_line_is_named():
    result = scan_path(FIXTURES / "truncated")
    assert [row.purl for row in result.declared] == ["pkg:cargo/cut-off@0.1.0"]
    assert [row.name for row in result.components] == ["serde"]
    assert [row.line for row in result.unknowns if row.kind is UnknownKind.BROKEN] == [7]


def test_values_when_they_have_other_types_then_they_count_as_absent():
    result = scan_path(FIXTURES / "strange_values")
    assert [(row.purl, row.licence, row.keywords) for row in result.declared] == [
        ("pkg:cargo/strange", None, ())
    ]
    assert components("strange_values") == {
        ("fine", None, "1", Scope.REQUIRED),
        ("table", None, None, Scope.REQUIRED),
    }
