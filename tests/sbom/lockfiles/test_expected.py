"""Fixtures whose `expected.json` says what is in them.

`tool` names the tool and the command that listed the packages of a file that it wrote or read; `after`
names the specification by which somebody wrote file and packages. `format` is the format that is looked
at, `with` others that say a part of it. Packages are `name@version` as people write them, edges pairs of
those with null for the project. Edges, scopes, directness and lines are compared where they are given;
of a file written by hand the unknowns are compared too: kind and line.
"""

import json

import pytest
from ecosystem_fixtures import FIXTURES, Scan, assert_agrees_with_tool
from fixture_counts import LEAST, count, fixture_page, folders


def expectations():
    for path in sorted(FIXTURES.glob("*/*/expected.json")):
        expected = json.loads(path.read_text())
        if "format" in expected:
            yield pytest.param(path.parent, expected, id=f"{path.parent.parent.name}/{path.parent.name}")


@pytest.mark.parametrize(("folder", "expected"), [*expectations()])
def test_fixture_when_scanned_then_it_holds_what_is_expected(folder, expected):
    found = Scan(expected["format"], folder.parent.name, folder.name, expected.get("with", ()))
    assert ("tool" in expected) != ("after" in expected)
    assert_agrees_with_tool(found)
    if "after" in expected:
        assert [[row.kind.value, row.line] for row in found.unknowns if row.parser == expected["format"]] == (
            expected.get("unknowns", [])
        )
        for name, line in expected.get("lines", {}).items():
            assert found.components[name].line == line, name
    for row in (*found.rows, *found.dependencies):
        assert row.line is None or row.line <= (folder / row.path).read_bytes().count(b"\n") + 1


def test_formats_when_counted_then_each_has_its_fixtures_and_the_page_says_so():
    assert {name for name, folder in folders().items() if sum(count(folder).values()) < LEAST} == set()
    assert (FIXTURES.parents[2] / "docs" / "fixtures.md").read_text("utf-8") == fixture_page()
