"""Line numbers in TOML, and what is kept of a broken file."""

import json

import tomli
from hypothesis import given
from hypothesis import strategies as st

from sbom.limits import DEFAULT_LIMITS
from sbom.lockfiles.findings import Findings
from sbom.lockfiles.folder import SourceFile, Tree
from sbom.lockfiles.toml_file import read_toml
from sbom.lockfiles.toml_lines import TomlLines


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


KEYS = st.text("abcxyz-_", min_size=1, max_size=6)
VALUES = st.one_of(
    st.integers(-(2**63), 2**63 - 1).map(str),
    st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=12).map(quoted),
    st.lists(st.integers(0, 9)).map(str),
    st.just('"""\n[package]\nname = "not a table"\n"""'),
    st.just("'''\n[[package]]\n'''"),
    st.just('[\n  "[x]", # ]\n  { a = "}" },\n]'),
)


def parse(text):
    findings = Findings("some.lock", "test", "1", DEFAULT_LIMITS)
    tree = Tree(lambda _: None, frozenset(), DEFAULT_LIMITS)
    return read_toml(SourceFile("some.lock", text.encode(), tree), findings), findings.unknowns


@given(st.lists(st.tuples(KEYS, st.booleans(), st.dictionaries(KEYS, VALUES, max_size=4)), max_size=6))
def test_lines_when_tables_hold_anything_then_each_key_is_found_where_it_was_written(tables):
    lines, expected, counts, seen = [], {}, {}, set()
    for name, is_array, values in tables:
        if name in seen and (not is_array or name not in counts):
            continue
        if is_array and name not in seen:
            counts[name] = -1
        if is_array:
            counts[name] += 1
        seen.add(name)
        path = (name, counts[name]) if name in counts else (name,)
        lines.append(f"[[{name}]]" if name in counts else f"[{name}] # [comment]")
        expected[path] = len(lines)
        for key, value in values.items():
            lines.append(f"  {key} = {value}")
            expected[(*path, key)] = len(lines)
            lines.extend([""] * value.count("\n"))
            lines[-1 - value.count("\n") :] = f"  {key} = {value}".split("\n")
    text = "\n".join(lines)
    tomli.loads(text)
    found = TomlLines(text)
    assert {path: found.line(*path) for path in expected} == expected


def test_item_when_an_array_has_one_item_a_line_then_its_line_is_known_else_that_of_the_array():
    text = 'one = [\n  "a",\n\n  # comment\n  "b",\n]\nflat = ["a", "b"]\npaired = [\n  "a", "b",\n]\n'
    lines = TomlLines(text)
    assert [lines.item(("one",), index, 2) for index in (0, 1)] == [2, 5]
    assert [lines.item(("flat",), index, 2) for index in (0, 1)] == [7, 7]
    assert [lines.item(("paired",), index, 2) for index in (0, 1)] == [8, 8]
    assert lines.item(("absent",), 0, 1) is None


def test_line_when_keys_are_dotted_or_quoted_then_every_part_is_found():
    lines = TomlLines('[a."b.c"]\nd.e = 1\n[[f]]\n[f.g]\nh = 2\n')
    assert lines.line("a", "b.c", "d") == lines.line("a", "b.c", "d", "e") == 2
    assert lines.line("f", 0, "g", "h") == 5


def test_file_when_tables_are_broken_then_the_others_and_their_indexes_are_kept():
    text = (
        'version = 1\n[[package]]\nname = "a"\n[[package]]\nname = "b"\nversion = = "1"\n'
        '[package.source]\ngit = "x"\n[[package]]\nname = "c"\nfiles = [\n  "1",\n'
    )
    toml, unknowns = parse(text)
    assert toml.data == {
        "version": 1,
        "package": [{"name": "a"}, {"name": "b", "source": {"git": "x"}}, {"name": "c"}],
    }
    assert not toml.is_whole
    assert [row.line for row in unknowns] == [6, 12]
    assert [toml.lines.line("package", index, "name") for index in range(3)] == [3, 5, 10]


def test_file_when_hundreds_of_tables_are_broken_then_the_first_are_named_and_the_rest_counted():
    _, unknowns = parse("[[package]]\nname = x\n" * 100)
    assert len(unknowns) == 21
    assert unknowns[-1].reason.startswith("80 more like: ")
