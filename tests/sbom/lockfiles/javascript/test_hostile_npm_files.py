"""Any bytes, any shape: the JavaScript formats end with rows and unknowns, never with an exception."""

import json
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from npm_fixtures import FIXTURES, LOCK_NAMES
from parsing import assert_survives, parse_content

from sbom.model import UnknownKind

PATHS = ["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "package.json"]
KEYS = st.sampled_from(
    [
        "packages",
        "dependencies",
        "requires",
        "devDependencies",
        "optionalDependencies",
        "peerDependencies",
        "importers",
        "snapshots",
        "specifiers",
        "catalogs",
        "resolution",
        "resolutions",
        "integrity",
        "tarball",
        "directory",
        "version",
        "name",
        "link",
        "resolved",
        "workspaces",
        "lockfileVersion",
        "peerDependenciesMeta",
        "dependenciesMeta",
        "optional",
        "linkType",
        ".",
        "a",
        "@a/b",
        "node_modules/a",
        "node_modules/a/node_modules/b",
        "a@1.0.0",
        "/a/1.0.0_b@1",
        "a@npm:^1",
        "a@workspace:.",
        "__metadata",
        "catalog",
        "license",
        "keywords",
    ]
)
TEXTS = st.sampled_from(
    [
        "1.0.0",
        "^1.0.0",
        "npm:a@1.0.0",
        "npm:",
        "file:.",
        "file:../..",
        "link:.",
        "workspace:*",
        "workspace:.",
        "catalog:",
        "catalog:x",
        "patch:a@b#c",
        "patch:patch:",
        "git+ssh://a:b@c/d.git#e",
        "github:",
        "https://",
        "sha512-",
        "sha512-AAAA",
        "*",
        "@",
        "@a",
        "@a/",
        "a@",
        "a@b@c",
        "1",
        "0",
        "{a,b}",
        "**",
        "!a",
        "a@workspace:.",
        "a@npm:1.0.0",
        "a@patch:a@npm%3A1#x::y=z",
        "a@1.0.0(b@1.0.0)",
        "/a/1.0.0",
        "../../..",
    ]
) | st.text(max_size=8)
SHAPES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers(0, 9) | st.floats(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(KEYS | TEXTS, children, max_size=5),
    max_leaves=30,
)


@pytest.mark.parametrize("path", PATHS)
@settings(deadline=None)
@given(
    content=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
@example(content=b"__metadata:\n  version: 8\n\x80: [\n")
@example(content=b'"a@1":\n  version "\\u"\n')
@example(content=b'{"packages": {"node_modules/a": {"version": "1"}}, "lockfileVersion": 1e999}')
def test_any_bytes_when_parsed_then_nothing_escapes(path, content):
    assert_survives(path, content)


@pytest.mark.parametrize("path", PATHS)
@settings(deadline=None)
@given(value=st.dictionaries(KEYS | TEXTS, SHAPES, max_size=6), manifest=SHAPES)
def test_any_shape_when_parsed_then_nothing_escapes(path, value, manifest):
    prefix = b"__metadata: {version: 8}\n" if path == "yarn.lock" else b""
    if path == "yarn.lock":
        content = prefix + b"".join(
            f"{json.dumps(key)}: {json.dumps(entry)}\n".encode() for key, entry in value.items()
        )
    else:
        content = json.dumps(value).encode()
    others = {"package.json": json.dumps(manifest).encode(), ".yarnrc.yml": json.dumps(manifest).encode()}
    assert_survives(path, content, {k: v for k, v in others.items() if k != path})


YARN_LINES = st.lists(
    st.sampled_from(
        [
            "a@1:",
            '"@a/b@^1", a@2:',
            '  version "1.0.0"',
            '  resolved "https://a:b@c/d/-/d-1.tgz#e"',
            "  dependencies:",
            '    a "1"',
            '    "@a/b" ^1',
            "  optionalDependencies:",
            "# comment",
            "<<<<<<< HEAD",
            '"\\',
            "",
        ]
    )
    | st.text(max_size=20),
    max_size=30,
)


@settings(deadline=None)
@given(YARN_LINES)
def test_any_lines_when_parsed_as_yarn_1_then_nothing_escapes(lines):
    assert_survives("yarn.lock", "\n".join(lines).encode("utf-8", "replace"))


REAL = sorted(path for path in FIXTURES.glob("*/*/*") if path.name in LOCK_NAMES)


@settings(deadline=None)
@given(st.data())
def test_real_lock_when_cut_or_changed_anywhere_then_nothing_escapes(data):
    path = data.draw(st.sampled_from(REAL))
    content = path.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.sampled_from([0, 1, 2, 40, len(content)]))
    changed = content[:start] + data.draw(st.binary(max_size=4)) + content[start + length :]
    manifest = path.parent / "package.json"
    assert_survives(
        path.name, changed, {"package.json": manifest.read_bytes()} if manifest.exists() else None
    )


@pytest.mark.parametrize(
    "path",
    [path for path in REAL if path.parent.name != "aliases"],
    ids=lambda path: f"{path.parts[-3]}-{path.parts[-2]}",
)
def test_real_lock_when_cut_off_in_the_middle_then_its_rows_are_among_those_of_the_whole(path):
    content = path.read_bytes()
    whole = {row.purl for sheet in parse_content(path.name, content) for row in sheet.components}
    for tenth in range(1, 10):
        cut = content[: len(content) * tenth // 10]
        rows = {row.purl for sheet in parse_content(path.name, cut) for row in sheet.components}
        assert rows <= whole


MEGABYTE = 1_000_000
BOMBS = {
    "brackets": b"[" * MEGABYTE,
    "braces": b"{" * MEGABYTE,
    "nested objects": b'{"a":' * MEGABYTE,
    "quotes": b'"' * MEGABYTE,
    "backslashes": b'"' + b"\\" * MEGABYTE,
    "spaces": b"a" + b" " * MEGABYTE + b"b",
    "dashes": b"- " * MEGABYTE,
    "question marks": b"? " * MEGABYTE,
    "commas": b"a, " * MEGABYTE + b":\n",
    "nul": b"\0" * MEGABYTE,
    "aliases": b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n",
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("prefix", [b"", b"__metadata:\n  version: 8\n"])
def test_bomb_when_parsed_then_it_ends_soon_with_an_unknown(path, name, prefix):
    started = time.process_time()
    sheets = parse_content(path, prefix + BOMBS[name])
    assert time.process_time() - started < 5
    assert not any(sheet.components for sheet in sheets)
    unreadable = {UnknownKind.BROKEN, UnknownKind.LIMIT}
    assert any(row.kind in unreadable for sheet in sheets for row in sheet.unknowns)
