import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsing import assert_survives, changed, shapes

from sbom.model import Scope, UnknownKind
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "helm_chart"


def rows(case):
    return {row.name: row for row in scan_path(FIXTURES / case).components}


def test_charts_when_locked_then_versions_are_the_locks_and_folders_are_left_out():
    found = {
        name: (row.version, row.constraint, row.scope, row.direct, row.line, row.path)
        for name, row in rows("locked").items()
    }
    assert found == {
        "postgresql": ("15.5.38", "~15.5.0", Scope.OPTIONAL, True, 2, "Chart.lock"),
        "common": ("2.30.0", "2.x.x", Scope.REQUIRED, True, 5, "Chart.lock"),
    }
    assert scan_path(FIXTURES / "locked").unknowns == ()


def test_lock_when_it_names_no_chart_then_what_the_manifest_asks_for_has_no_line_of_the_lock():
    """Found by fuzzing: the lines of Chart.yaml were told of Chart.lock, behind its end."""
    manifest = (FIXTURES / "locked" / "Chart.yaml").read_bytes()
    assert_survives("Chart.lock", b"dependencies:\n- n: x\ndigest: sha256:77\n", {"Chart.yaml": manifest})


def test_repository_when_named_then_it_is_a_qualifier_without_credentials():
    row = rows("locked")["postgresql"]
    assert row.source_url == "https://charts.example/stable"
    assert row.purl == "pkg:helm/postgresql@15.5.38?repository_url=https:%2F%2Fcharts.example%2Fstable"


def test_declared_chart_when_named_then_version_and_keywords_are_told():
    (declared,) = scan_path(FIXTURES / "locked").declared
    assert (declared.purl, declared.keywords) == ("pkg:helm/shop@0.4.1", ("shop", "商城"))


def test_charts_when_no_lock_pins_them_then_only_an_exact_constraint_is_a_version():
    assert {name: (row.version, row.constraint) for name, row in rows("open").items()} == {
        "redis": (None, ">=18"),
        "nacos": ("2.1.4", "2.1.4"),
    }
    assert [row.kind for row in scan_path(FIXTURES / "open").unknowns] == [UnknownKind.NO_EXACT_VERSION]


def test_lock_when_of_the_old_form_then_it_is_read_and_its_scope_is_open():
    row = rows("old_form")["mysql"]
    assert (row.version, row.scope) == ("1.6.9", None)


def test_lock_when_it_is_another_tools_then_it_is_left_alone():
    result = scan_path(FIXTURES / "another_tools")
    assert (result.components, result.unknowns) == ((), ())


def test_chart_when_values_have_odd_shapes_then_names_are_kept():
    assert {name: row.version for name, row in rows("odd_shapes").items()} == {"a": None}


def test_lock_when_cut_off_then_whole_entries_are_kept():
    assert set(rows("truncated")) == {"mysql"}
    (unknown,) = scan_path(FIXTURES / "truncated").unknowns
    assert unknown.kind is UnknownKind.BROKEN


SHAPES = shapes(
    ["dependencies", "name", "version", "repository", "condition", "keywords", "digest"],
    ["a", "1.0.0", "^1", "https://a:b@c/d", "file://x", "@a", "oci://b"],
)


@pytest.mark.parametrize("path", ["Chart.yaml", "Chart.lock"])
@given(value=SHAPES)
def test_any_shape_when_parsed_then_nothing_escapes(path, value):
    content = f"name: x\ndigest: y\ndependencies: {json.dumps(value)}\n".encode()
    assert_survives(path, content, {"Chart.yaml": content} if path == "Chart.lock" else None)


@given(st.data())
def test_real_file_when_cut_or_changed_anywhere_then_nothing_escapes(data):
    path, content = changed(data, sorted(path for path in FIXTURES.glob("*/Chart.*")))
    assert_survives(path.name, content)
