"""Any bytes, any shape: Python's other formats end with rows and unknowns, never with an exception."""

import json

import pytest
from ecosystem_fixtures import FIXTURES
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives, changed, shapes

PATHS = ["Pipfile", "Pipfile.lock", "pdm.lock", "pylock.toml", "setup.cfg", "setup.py"]
REAL = sorted(
    path
    for folder in ("pipfile", "pipfile_lock", "pdm_lock", "pylock", "setup_cfg", "setup_py")
    for path in (FIXTURES / folder).glob("*/*")
    if path.name in PATHS
)
KEYS = ["default", "develop", "_meta", "pipfile-spec", "version", "hashes", "git", "ref", "path", "file", "a"]
TEXTS = ["==1.0", "*", "sha256:00", "https://u:p@h/x-1.0.tar.gz", "./x", "../..", "", "a", "/"]
LINES = [
    *("[packages]", "[[package]]", "[[packages]]", "[metadata.files]", "[options]", "[metadata]", "[x"),
    *('name = "a"', 'version = "1"', 'dependencies = ["a>=1", "b", 7]', 'groups = ["default", 7]'),
    *(
        'files = [{hash = "sha256:00"}, 7]',
        'path = "../.."',
        'git = "g"',
        "extras = 7",
        'lock-version = "1.0"',
    ),
    *(
        'created-by = "x"',
        "dependencies = [{name = 'a'}, 7]",
        "vcs = {type = 'git'}",
        "directory = {path = '/'}",
    ),
    *("marker = \"'a' in extras\"", "marker = 7", "install_requires =", "  a>=1", "name = x", "\tb; c", "x"),
]
PYTHON = [
    *("setup(name=", "setup(", "install_requires=", "extras_require=", "[", "]", "{", "}", "(", ")", ","),
    *(
        "'a'",
        '"b>=1"',
        "x",
        "x = ",
        "\n",
        "**",
        "*",
        ": ",
        " + ",
        "f'{x}'",
        ".split()",
        "dict(",
        "lambda: ",
        "0",
    ),
]


@pytest.mark.parametrize("path", PATHS)
@settings(deadline=None, max_examples=40)
@given(content=st.binary(max_size=200))
def test_any_bytes_when_parsed_then_nothing_escapes(path, content):
    assert_survives(path, content, dict.fromkeys([*PATHS, "pyproject.toml"], content))


@settings(deadline=None, max_examples=60)
@given(document=st.dictionaries(st.sampled_from(KEYS), shapes(KEYS, TEXTS), max_size=4))
def test_any_shape_of_json_when_parsed_then_nothing_escapes(document):
    assert_survives("Pipfile.lock", json.dumps(document).encode())


@pytest.mark.parametrize("path", PATHS[:5])
@settings(deadline=None, max_examples=60)
@given(lines=st.lists(st.sampled_from(LINES), max_size=12))
def test_any_lines_when_parsed_then_nothing_escapes(path, lines):
    assert_survives(path, "\n".join(lines).encode(), {"pyproject.toml": b"[project]\nname = 'a'\n"})


@settings(deadline=None, max_examples=100)
@given(words=st.lists(st.sampled_from(PYTHON), max_size=14))
def test_any_source_when_parsed_then_nothing_escapes(words):
    assert_survives("setup.py", "".join(words).encode())


@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_real_file_when_cut_or_changed_anywhere_then_nothing_escapes(data):
    path, content = changed(data, REAL)
    assert_survives(path.name, content)


@pytest.mark.parametrize(
    "content",
    [
        b"setup(install_requires=" + b"[" * 100_000,
        b"x = " + b"-" * 100_000 + b"1",
        b"setup(install_requires=" + b"['a']+" * 50_000 + b"[])",
        b"setup(name='" + b"a" * 1_000_000 + b"')",
        b"\x00setup()",
        b"# coding: nonsense\nsetup()",
    ],
    ids=["brackets", "signs", "sums", "long name", "null", "encoding"],
)
def test_source_when_nested_or_long_without_end_then_it_is_an_unknown(content):
    assert_survives("setup.py", content)


def test_names_when_each_doubles_the_other_then_reading_ends():
    lines = ["a0 = ['x']", *(f"a{n} = [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]
    assert_survives("setup.py", "\n".join([*lines, "setup(install_requires=a59)"]).encode())
