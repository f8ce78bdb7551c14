"""Any bytes, any shape, any cut: the C and C++ formats end with rows and unknowns, never an exception."""

import json
import time

import pytest
from ecosystem_fixtures import FIXTURES
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives, parse_content, shapes

PATHS = ["conanfile.txt", "conanfile.py", "vcpkg.json", "CMakeLists.txt", "subprojects/a.wrap", "x/zlib.h"]
FOLDERS = ["conanfile", "cmake_fetched", "vcpkg", "meson_wrap", "vendored"]
REAL = sorted(
    (path.relative_to(FIXTURES / folder / path.relative_to(FIXTURES / folder).parts[0]).as_posix(), path)
    for folder in FOLDERS
    for path in (FIXTURES / folder).rglob("*")
    if path.is_file() and path.name not in ("expected.json", "portfile.cmake", "vcpkg-configuration.json")
)
WORDS = st.sampled_from(
    [
        *(
            "FetchContent_Declare",
            "CPMAddPackage",
            "set",
            "(",
            ")",
            "GIT_REPOSITORY",
            "GIT_TAG",
            "URL",
            "NAME",
        ),
        *("https://github.com/a/b", "${X}", "X", "v1.0", '"', "[[", "]]", "#", "#[[", "\n", "gh:a/b@1", "\\"),
        *("NAME", "SVN_REVISION", "URL_HASH", "SHA256=00", "VERSION", "file.tar.gz", "main"),
    ]
)
PYTHON = st.sampled_from(
    [
        *(
            "class A:\n",
            "    requires = ",
            "    def f(self):\n",
            "        self.requires(",
            ")",
            "'a/1'",
            "\n",
            ",",
        ),
        *("\n", ",", "(", "[", "f'{x}/1'", "'a/[>1]@u/c'", "name = 'x'\n", "    ", "\t", "None", "*", "'"),
    ]
)
KEYS = ["name", "version", "dependencies", "version>=", "features", "overrides", "port-version", "host", "x"]


@pytest.mark.parametrize("path", PATHS)
@settings(deadline=None, max_examples=40)
@given(content=st.binary(max_size=200))
def test_any_bytes_when_parsed_then_nothing_escapes(path, content):
    assert_survives(path, content)


@settings(deadline=None, max_examples=150)
@given(words=st.lists(WORDS, max_size=30))
def test_any_words_of_cmake_when_parsed_then_nothing_escapes(words):
    assert_survives("CMakeLists.txt", " ".join(words).encode())


@settings(deadline=None, max_examples=150)
@given(words=st.lists(PYTHON, max_size=20))
def test_any_words_of_a_recipe_when_parsed_then_nothing_escapes(words):
    assert_survives("conanfile.py", "".join(words).encode())


@settings(deadline=None, max_examples=100)
@given(value=shapes(KEYS, ["a", "1.0", "a/b", "", "1#2", "#", "tests"]))
def test_any_shape_of_a_manifest_when_parsed_then_nothing_escapes(value):
    content = json.dumps(value).encode()
    assert_survives("vcpkg.json", content)
    assert_survives("ports/a/vcpkg.json", content, {"ports/a/portfile.cmake": b"", "vcpkg.json": content})


@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_real_file_when_cut_or_overwritten_then_what_is_left_is_read(data):
    name, path = data.draw(st.sampled_from(REAL))
    content = path.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.sampled_from([0, 1, 2, 40, len(content)]))
    cut = content[:start] + data.draw(st.binary(max_size=4)) + content[start + length :]
    assert_survives(name, cut)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("conanfile.py", "(" * 20_000),
        ("conanfile.py", "class A:\n requires = " + "-" * 50_000 + "1"),
        ("conanfile.py", "x = " + "a." * 50_000 + "b"),
        ("CMakeLists.txt", "FetchContent_Declare" + "(" * 50_000),
        ("CMakeLists.txt", "fetchcontent_declare #[==[" * 10_000),
        ("CMakeLists.txt", 'fetchcontent_declare "' * 20_000),
        ("CMakeLists.txt", "cpmaddpackage(\n" + "set(A ${A}${A})\n" * 5_000),
        ("CMakeLists.txt", "fetchcontent_declare(a URL https://github.com/" + "a/" * 20_000 + ")"),
        ("CMakeLists.txt", "fetchcontent_declare(a URL https://x/" + "a-" * 20_000 + ".tar.gz)"),
        ("subprojects/a.wrap", "[wrap-file]\n" * 20_000),
        ("zlib.h", "#define " * 40_000),
        ("json.hpp", "JSON for Modern C++\n" * 15_000),
        ("lua.h", " \t" * 100_000),
    ],
    ids=lambda value: value[:24].strip() if isinstance(value, str) else None,
)
def test_file_when_it_repeats_one_thing_then_reading_takes_no_more_than_its_length(path, text):
    started = time.process_time()
    parse_content(path, text.encode())
    assert time.process_time() - started < 5
