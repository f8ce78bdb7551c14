"""Formats of this folder that read TOML, go.mod or requirements, on input of any shape."""

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from sbom.limits import DEFAULT_LIMITS
from sbom.lockfiles import formats
from sbom.lockfiles.findings import Findings
from sbom.lockfiles.folder import SourceFile, Tree
from sbom.scan import parse_file

FIXTURES = Path(__file__).parents[2] / "fixtures" / "lockfiles"
BROKEN = ("truncated", "merge_conflict")
FILES = {
    "cargo-lock": "Cargo.lock",
    "cargo-toml": "Cargo.toml",
    "go-mod": "go.mod",
    "poetry-lock": "poetry.lock",
    "pyproject": "pyproject.toml",
    "requirements": "requirements.txt",
    "uv-lock": "uv.lock",
}
NEIGHBOURS = ("Cargo.toml", "a/Cargo.toml", "go.sum", "pyproject.toml", "a.in", "c.txt")
TOML_FORMATS = ["cargo-lock", "cargo-toml", "poetry-lock", "pyproject", "uv-lock"]
# fmt: off
WORDS = [
    "package", "name", "version", "source", "dependencies", "optional-dependencies", "dev-dependencies",
    "optional", "extras", "files", "hash", "metadata", "requires-dist", "requires-dev", "specifier",
    "groups", "category", "markers", "project", "tool", "poetry", "group", "dev", "uv", "sources",
    "workspace", "members", "path", "git", "url", "rev", "virtual", "editable", "registry", "manifest",
    "requirements", "checksum", "replace", "build-system", "requires", "dependency-groups",
    "include-group", "features", "default", "target", "patch", "license", "keywords", "classifiers",
    "description", "publish", "root", "a", "b",
]
# fmt: on
VALUES = ["a 1.0", "a==1.0", "a[b]", ".", "../..", "", "*", "^1", 'extra == "b"', "sha256:00"]
TEXTS = st.one_of(
    st.sampled_from(
        [*WORDS, "a 1.0", "a==1.0", "a[b]", ".", "../..", "", "*", "^1", 'extra == "b"', "sha256:00"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=8),
)
TREES = st.recursive(
    st.one_of(TEXTS, st.integers(-5, 5), st.booleans(), st.floats(0, 1)),
    lambda children: st.one_of(
        st.lists(children, max_size=3), st.dictionaries(st.sampled_from(WORDS), children, max_size=5)
    ),
    max_leaves=24,
)
JUNK = st.one_of(TEXTS, st.sampled_from([0, True, 0.5, [], {}, [0], ["a"], [[]], {"a": 0}, [{"name": "a"}]]))
DOCUMENTS = st.dictionaries(st.sampled_from(WORDS), TREES, max_size=6)
PACKAGES = st.lists(st.dictionaries(st.sampled_from(WORDS), TREES, max_size=6), max_size=4)


def toml(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return str(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)


def document(table):
    return "".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in table.items()).encode()


def places(node):
    """Every (container, key) in a document."""
    for key in node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        yield node, key
        yield from places(node[key])


def parse(name, content, neighbours=b""):
    fmt = next(fmt for fmt in formats() if fmt.name == name)
    paths = frozenset({*NEIGHBOURS, FILES[name]})
    tree = Tree(lambda path: content if path == FILES[name] else neighbours, paths, DEFAULT_LIMITS)
    findings = Findings(FILES[name], fmt.name, fmt.version, DEFAULT_LIMITS)
    parse_file(fmt, SourceFile(FILES[name], content, tree), findings)
    return findings


@pytest.mark.parametrize("name", sorted(FILES))
@settings(max_examples=40, deadline=None)
@given(content=st.binary(max_size=300), neighbours=st.binary(max_size=60))
def test_file_when_it_is_any_bytes_then_nothing_escapes(name, content, neighbours):
    findings = parse(name, content, neighbours)
    assert not any("not what" in row.reason for row in findings.unknowns)


@pytest.mark.parametrize("name", TOML_FORMATS)
@settings(max_examples=50, deadline=None)
@given(table=DOCUMENTS, packages=PACKAGES, neighbour=DOCUMENTS)
def test_file_when_it_is_any_toml_then_the_parser_itself_copes(name, table, packages, neighbour):
    content = document({**table, "package": packages} if name.endswith("-lock") else table)
    findings = parse(name, content, document(neighbour))
    assert not any("not what" in row.reason for row in findings.unknowns)


@pytest.mark.parametrize("name", TOML_FORMATS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_file_when_values_of_a_real_one_are_replaced_then_the_parser_itself_copes(name, data):
    real = sorted(path for path in FIXTURES.rglob(FILES[name]) if path.parent.name not in BROKEN)
    table = tomli.loads(data.draw(st.sampled_from(real)).read_text())
    for _ in range(data.draw(st.integers(1, 4))):
        container, key = data.draw(st.sampled_from(list(places(table))))
        container[key] = deepcopy(data.draw(JUNK))
    findings = parse(name, document(table), document(table))
    assert not any("not what" in row.reason for row in findings.unknowns)


@pytest.mark.parametrize("name", sorted(FILES))
@settings(max_examples=40, deadline=None)
@given(
    lines=st.lists(
        st.one_of(
            st.sampled_from(
                [
                    "module a.b/c",
                    "require (",
                    ")",
                    "a.b/c v1.0.0 // indirect",
                    "replace a => b v1",
                    "go 1.12",
                    "-r a.in",
                    "-c c.txt",
                    "-e .",
                    "a==1.0",
                    "    # via -r a.in",
                    "[[package]]",
                    'name = "a"',
                    "[project]",
                    "dependencies = [",
                    '  "a",',
                    "]",
                    "<<<<<<< HEAD",
                ]
            ),
            st.text(max_size=10),
        ),
        max_size=12,
    )
)
def test_file_when_lines_of_the_formats_are_mixed_then_the_parser_itself_copes(name, lines):
    content = "\n".join(lines).encode()
    findings = parse(name, content, content)
    assert not any("not what" in row.reason for row in findings.unknowns)


@pytest.mark.parametrize("name", sorted(FILES))
def test_file_when_there_are_more_packages_than_the_limit_then_the_rest_is_said_to_be_unread(name):
    lock = b"".join(b'[[package]]\nname = "p%d"\nversion = "1"\nsource = "s"\n' % i for i in range(9))
    names = [f"p{i}" for i in range(9)]
    content = {
        "cargo-lock": lock,
        "uv-lock": lock,
        "poetry-lock": lock,
        "cargo-toml": document({"dependencies": dict.fromkeys(names, "1")}),
        "pyproject": document({"project": {"name": "x", "dependencies": names}}),
        "requirements": "\n".join(names).encode(),
        "go-mod": b"module x\n" + b"".join(b"require a/p%d v1.0.0\n" % i for i in range(9)),
    }[name]
    fmt = next(fmt for fmt in formats() if fmt.name == name)
    limits = replace(DEFAULT_LIMITS, packages=5)
    findings = Findings(FILES[name], fmt.name, fmt.version, limits)
    tree = Tree(lambda _: None, frozenset(), limits)
    parse_file(fmt, SourceFile(FILES[name], content, tree), findings)
    assert len(findings.components) == 5
    assert "more than 5 packages" in findings.unknowns[-1].reason
