"""go.work, vendor/modules.txt and go.sum; fixtures made by go itself name its version in expected.json."""

import json

import pytest
from ecosystem_fixtures import FIXTURES, Scan
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives

from sbom.model import UnknownKind

REAL = sorted(
    path
    for folder in ("go-work", "go-vendor", "go-sum")
    for path in (FIXTURES / folder).rglob("*")
    if path.name in ("go.work", "modules.txt", "go.sum")
)
PATHS = {"go.work": "go.work", "modules.txt": "vendor/modules.txt", "go.sum": "go.sum"}
WORDS = st.sampled_from(
    [
        *("go", "1.22", "use", "replace", "=>", "(", ")", "./a", "../b", "a.b/c", "v1.0.0", "v2", "//", "#"),
        *("##", "explicit", "\n", "h1:x", "/go.mod", '"', "`", "v1.0.0/go.mod", "require", "module"),
    ]
)


def expected(scan):
    return set(json.loads((scan.folder / "expected.json").read_text())["modules"])


@pytest.mark.parametrize("case", ["pruned", "go_1_16"])
def test_vendored_modules_when_go_lists_what_it_builds_then_both_name_the_same(case):
    scan = Scan("go-vendor", "go-vendor", case)
    assert {row.purl.removeprefix("pkg:golang/") for row in scan.rows} == expected(scan) - {"./local"}


def test_vendored_module_when_go_mod_asks_for_it_then_it_is_direct():
    scan = Scan("go-vendor", "go-vendor", "pruned")
    assert scan.direct == {
        "example.com/big/v2@v2.4.0": True,
        "example.com/fork@v1.2.1": False,
        "example.com/old@v1.1.0": True,
        "example.com/text@v0.3.1": False,
    }
    assert scan.asked == {
        "example.com/big/v2@v2.4.0": ("v2.4.0", None),
        "example.com/old@v1.1.0": ("v1.1.0", None),
    }
    for row in scan.rows:
        assert scan.text_at(row).startswith("# ")


def test_modules_when_go_is_older_than_1_17_and_they_are_vendored_then_the_list_is_exact():
    scan = Scan("go-mod", "go-vendor", "go_1_16")
    assert {row.purl.removeprefix("pkg:golang/") for row in scan.rows} == expected(scan) - {"./local"}
    assert not scan.unknowns


def test_vendored_module_when_no_go_mod_is_beside_then_direct_is_open():
    assert Scan("go-vendor", "go-vendor", "without_go_mod").direct == {"golang.org/x/sys@v0.1.0": None}


@pytest.mark.parametrize(("case", "line"), [("broken", 7), ("truncated", 4)])
def test_list_when_half_broken_then_the_other_modules_are_kept(case, line):
    scan = Scan("go-vendor", "go-vendor", case)
    assert "example.com/a@v1.0.0" in scan.components
    assert [(row.kind, row.line) for row in scan.unknowns] == [(UnknownKind.BROKEN, line)]


def test_workspace_when_go_lists_its_modules_then_the_members_name_the_same():
    scan = Scan("go-mod", "go-work", "members")
    own = {row.name for row in scan.declared}
    assert {row.purl.removeprefix("pkg:golang/") for row in scan.rows} == {
        name for name in expected(scan) if name != "./b"
    }
    assert own == {"a", "b"}


def test_workspace_when_it_replaces_a_module_then_the_other_is_a_component_of_it():
    scan = Scan("go-work", "go-work", "members")
    assert {name: row.line for name, row in scan.components.items()} == {"example.com/fork@v1.2.1": 9}


def test_workspace_when_half_broken_then_each_missing_folder_is_named():
    scan = Scan("go-work", "go-work", "broken")
    assert [(row.kind, row.line) for row in scan.unknowns] == [
        (UnknownKind.BROKEN, 5),
        (UnknownKind.UNRESOLVED, 6),
        (UnknownKind.UNRESOLVED, 7),
        (UnknownKind.UNRESOLVED, 8),
    ]


def test_workspace_when_nobody_asks_for_what_it_replaces_then_it_gives_no_component():
    scan = Scan("go-work", "go-work", "outside")
    assert not scan.result.components
    assert [(row.kind, row.line) for row in scan.unknowns] == [(UnknownKind.BROKEN, 3)]


def test_sums_when_no_go_mod_is_beside_then_the_highest_versions_are_taken_and_an_unknown_says_so():
    scan = Scan("go-sum", "go-sum", "alone")
    assert set(scan.components) == {
        "example.com/big/v2@v2.4.0",
        "example.com/fork@v1.2.1",
        "example.com/old@v1.1.0",
        "example.com/onlytest@v0.1.0",
        "example.com/text@v0.3.1",
        "example.com/tool@v0.5.0",
    }
    assert [row.kind for row in scan.unknowns] == [UnknownKind.UNRESOLVED]
    assert {row.hashes for row in scan.rows} == {()}


def test_sums_when_a_go_mod_is_beside_then_they_add_nothing():
    assert not Scan("go-sum", "go-sum", "beside").rows


def test_sums_when_cut_off_then_the_line_is_named():
    scan = Scan("go-sum", "go-sum", "broken")
    assert (UnknownKind.BROKEN, 4, "not a line of go.sum: module, version and hash") in scan.reasons


@pytest.mark.parametrize("path", PATHS.values())
@settings(deadline=None, max_examples=100)
@given(words=st.lists(WORDS, max_size=30), mod=st.lists(WORDS, max_size=12))
def test_any_words_when_parsed_then_nothing_escapes(path, words, mod):
    assert_survives(path, " ".join(words).encode(), {"go.mod": " ".join(mod).encode()})


@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_real_list_when_cut_or_overwritten_then_what_is_left_is_read(data):
    path = data.draw(st.sampled_from(REAL))
    content = path.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.sampled_from([0, 1, 2, 40, len(content)]))
    cut = content[:start] + data.draw(st.binary(max_size=4)) + content[start + length :]
    assert_survives(PATHS[path.name], cut)
