"""package.json: the declared package, and its dependencies where no lock file covers it."""

from npm_fixtures import Scan
from parsing import parse_content

from sbom.model import Scope, UnknownKind

NAME = "package-json"


def scan(case):
    return Scan(NAME, case)


def test_declared_package_when_named_then_all_that_the_manifest_says_is_kept():
    (row,) = scan("library").declared
    assert (row.purl, row.version, row.licence, row.line) == (
        "pkg:npm/%40demo/library@1.2.3",
        "1.2.3",
        "Apache-2.0",
        2,
    )
    assert (row.description, row.keywords, row.private) == (
        "Shows what a manifest can say",
        ("sbom", "国密"),
        False,
    )


def test_dependencies_when_no_lock_covers_them_then_they_have_a_constraint_and_no_version():
    found = scan("library")
    assert {name: (row.version, row.constraint, row.scope) for name, row in found.components.items()} == {
        "fsevents": (None, "^2.3.0", Scope.OPTIONAL),
        "ms": (None, "^2.0.0", Scope.REQUIRED),
        "react": (None, "^18.2.0", Scope.EXCLUDED),
        "svelte": (None, "*", Scope.OPTIONAL),
        "typescript": (None, "~5.4.0", Scope.EXCLUDED),
        "vue": (None, "^3.0.0", Scope.REQUIRED),
    }
    assert {row.direct for row in found.components.values()} == {True}
    assert found.edges() == {(None, name) for name in found.components}


def test_lines_when_read_then_each_names_its_dependency():
    found = scan("library")
    for row in (*found.components.values(), *found.dependencies):
        name = getattr(row, "name", None) or row.to_purl.rpartition("/")[2]
        assert f'"{name}"' in found.text_at(row)


def test_manifest_when_no_lock_covers_it_then_one_unknown_says_how_many():
    (unknown,) = scan("library").unknowns
    assert (unknown.kind, unknown.line) == (UnknownKind.NO_EXACT_VERSION, 18)
    assert unknown.reason.startswith("6 dependencies ")


def test_folders_of_the_project_when_asked_for_then_they_are_no_components():
    assert not {"inner", "folder", "sibling"} & set(scan("library").components)


def test_address_when_asked_for_then_it_is_the_origin_without_credentials():
    found = scan("addresses")
    assert {name: row.source_url for name, row in found.components.items()} == {
        "@scope/original": None,
        "archive": "https://files.example/archive-1.0.0.tgz",
        "catalogued": None,
        "forge": "git+https://gitlab.com/team/forge.git@v1.0.0",
        "git": "git+https://git.example/team/git.git",
        "local-archive": "file:vendor/local-1.0.0.tar.gz",
        "original": None,
        "scp": "git+ssh://git@git.example/team/scp.git@main",
        "shorthand": "git+https://github.com/someone/shorthand.git@v2",
        "tagged": None,
        "yarn-range": None,
    }
    text = repr((found.components, found.dependencies))
    assert "secret" not in text
    assert "token" not in text


def test_alias_when_asked_for_then_the_component_is_the_real_package():
    assert scan("addresses").asked()["@scope/original"] == ("npm:@scope/original@^3.0.0", Scope.REQUIRED)


def test_same_package_when_asked_for_under_two_names_then_it_is_one_component_with_two_edges():
    found = scan("same-package-twice")
    assert list(found.components) == ["lodash"]
    assert [row.constraint for row in found.dependencies] == ["^4.17.0", "npm:lodash@^3.0.0"]


def test_private_root_when_unnamed_then_nothing_is_declared():
    found = scan("private-root")
    assert not found.declared
    assert set(found.components) == {"ms"}


def test_odd_shapes_when_read_then_what_makes_sense_is_kept():
    found = scan("odd-shapes")
    assert {name: row.constraint for name, row in found.components.items()} == {
        "list": None,
        "nothing": None,
        "number": None,
    }
    assert not found.declared


def test_broken_manifest_when_read_then_finished_sections_are_kept_and_an_unknown_names_the_line():
    found = scan("broken")
    assert set(found.components) == {"ms"}
    assert [(row.purl) for row in found.declared] == ["pkg:npm/broken"]
    assert [(row.kind, row.line) for row in found.unknowns] == [
        (UnknownKind.NO_EXACT_VERSION, 4),
        (UnknownKind.BROKEN, 7),
    ]


def test_manifest_when_no_object_then_it_is_broken():
    assert [(row.kind, row.line) for row in scan("not-an-object").unknowns] == [(UnknownKind.BROKEN, 1)]


def test_installed_packages_when_in_node_modules_then_nothing_of_them_is_read():
    found = scan("installed")
    assert [row.purl for row in found.declared] == ["pkg:npm/installed"]
    assert not found.result.components
    assert not found.unknowns


def test_text_when_not_utf_8_then_it_is_read_as_node_does():
    (findings,) = parse_content(
        "package.json", '{"name": "gbk", "description": "国密", "dependencies": {"ms": "2"}}'.encode("gbk")
    )
    assert [row.purl for row in findings.declared] == ["pkg:npm/gbk"]
    assert [row.purl for row in findings.components] == ["pkg:npm/ms"]


def test_private_when_set_then_it_is_said():
    (findings,) = parse_content("package.json", b'{"name": "a", "private": true, "license": {"type": "MIT"}}')
    assert [(row.private, row.licence) for row in findings.declared] == [(True, "MIT")]
