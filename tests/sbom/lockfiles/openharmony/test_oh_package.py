from pathlib import Path

import pytest

from sbom.model import Scope, UnknownKind
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "oh_package"


def rows(case):
    return {row.name: row for row in scan_path(FIXTURES / case).components}


def test_declared_package_when_scoped_then_the_purl_is_the_taxonomys():
    (declared,) = scan_path(FIXTURES / "library").declared
    assert declared.purl == "pkg:generic/%40pura/harmony-utils@1.2.0"
    assert (declared.licence, declared.keywords, declared.line) == ("Apache-2.0", ("utils", "鸿蒙"), 2)
    assert declared.description == "一款功能丰富且极易上手的HarmonyOS工具库"


def test_scope_when_three_sections_ask_then_only_development_is_excluded():
    assert {name: (row.scope, row.constraint) for name, row in rows("library").items()} == {
        "class-transformer": (Scope.REQUIRED, "^0.5.1"),
        "hypium": (Scope.EXCLUDED, "1.0.19"),
        "shared": (Scope.REQUIRED, "^1.0.0"),
    }
    assert {row.version for row in rows("library").values()} == {None}


@pytest.mark.parametrize("case", ["library", "json5_forms", "parameters"])
def test_lines_when_asked_for_then_the_name_stands_there(case):
    text = (FIXTURES / case / "oh-package.json5").read_text().split("\n")
    result = scan_path(FIXTURES / case)
    for row in (*result.components, *result.declared):
        assert row.name.partition("-")[0] in text[row.line - 1]


def test_json5_when_all_its_forms_are_used_then_values_are_those_of_the_decoder():
    result = scan_path(FIXTURES / "json5_forms")
    (declared,) = result.declared
    assert (declared.name, declared.description) == ("demo-app", "over two lines")
    assert set(rows("json5_forms")) == {"axios", "url"}
    assert rows("json5_forms")["url"].source_url == "https://registry.example/ohpm/url.har"
    assert all("pass" not in (row.constraint or "") for row in result.dependencies)


def test_constraint_when_a_parameter_file_holds_it_then_it_is_looked_up():
    found = rows("parameters")
    assert found["lottie"].constraint == "^2.0.10"
    assert found["unset"].constraint == "@param:dependencies.unset"


def test_dependencies_when_they_are_folders_then_only_the_archive_is_a_package():
    assert set(rows("module_of_folders")) == {"packed"}


def test_manifest_when_installed_in_oh_modules_then_it_is_somebody_elses():
    result = scan_path(FIXTURES / "installed")
    assert (result.declared, result.components) == ((), ())


def test_manifest_when_values_have_odd_shapes_then_names_are_kept():
    assert {name: row.constraint for name, row in rows("odd_shapes").items()} == {
        "number": None,
        "nothing": None,
        "ok": "1.0.0",
    }


def test_manifest_when_cut_off_then_whole_sections_are_kept():
    assert set(rows("truncated")) == {"whole"}
    kinds = {row.kind for row in scan_path(FIXTURES / "truncated").unknowns}
    assert kinds == {UnknownKind.BROKEN, UnknownKind.NO_EXACT_VERSION}
