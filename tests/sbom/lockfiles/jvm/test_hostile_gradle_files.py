"""Any text, any cut: Gradle's files end with rows and unknowns, never with an exception or a hang."""

import time

import pytest
from ecosystem_fixtures import FIXTURES
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives, parse_content

from sbom.model import UnknownKind

PATHS = ["build.gradle", "app/build.gradle.kts", "settings.gradle", "gradle/libs.versions.toml"]
REAL = sorted(
    path
    for folder in ("gradle_script", "gradle_versions")
    for path in (FIXTURES / folder).rglob("*")
    if path.name.endswith((".gradle", ".gradle.kts", ".versions.toml"))
)
WORDS = st.sampled_from(
    [
        *("dependencies", "implementation", "platform", "project", "constraints", "ext", "def", "val"),
        *(
            "libs.a.b",
            "libs.bundles.x",
            "plugins",
            "id",
            "version",
            "alias",
            "each",
            "for",
            "in",
            "add",
            "set",
        ),
        *(
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            ",",
            ":",
            "=",
            "+",
            "?:",
            "->",
            ".",
            "\n",
            ";",
            "/",
            "//",
            "/*",
            "*/",
        ),
        *(
            "'a:b:1'",
            '"a:b:$c"',
            '"${d.e}"',
            "'''",
            '"""',
            "'",
            '"',
            "x",
            "y = x",
            "group: 'a'",
            "name = 'b'",
        ),
        *("apply from: 'build.gradle'", "include ':a'", "<<<<<<< HEAD\n", "=======\n", "\\", "$", "é", "1.0"),
    ]
)


@pytest.mark.parametrize("path", PATHS)
@settings(deadline=None, max_examples=50)
@given(content=st.binary(max_size=200))
def test_any_bytes_when_parsed_then_nothing_escapes(path, content):
    assert_survives(path, content)


@pytest.mark.parametrize("path", PATHS[:3])
@settings(deadline=None, max_examples=150)
@given(words=st.lists(WORDS, max_size=40), others=st.lists(WORDS, max_size=15))
def test_any_words_of_a_script_when_parsed_then_nothing_escapes(path, words, others):
    other = "settings.gradle" if path != "settings.gradle" else "build.gradle"
    assert_survives(path, " ".join(words).encode(), {other: " ".join(others).encode()})


@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_real_file_when_cut_or_overwritten_then_what_is_left_is_read(data):
    path = data.draw(st.sampled_from(REAL))
    content = path.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.sampled_from([0, 1, 2, 40, len(content)]))
    cut = content[:start] + data.draw(st.binary(max_size=4)) + content[start + length :]
    assert_survives(path.name, cut)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 8_000,
        "{" * 8_000,
        "}" * 60_000,
        "'" * 40_001,
        '"' * 40_001,
        '"${' * 8_000,
        "/*" * 40_000,
        "/" * 40_000,
        "a." * 40_000,
        "a ?: " * 8_000,
        "x = [" + "'a:b:1'," * 8_000,
        "def a = b + " * 8_000,
        "dependencies {\n" + "implementation 'a:b:1'\n" * 8_000,
        "<<<<<<< \n" * 8_000,
        "[1].each { " * 150,
        "=" * 40_000,
    ],
    ids=lambda text: text[:12].strip(),
)
def test_script_when_it_repeats_one_thing_then_reading_takes_no_more_than_its_length(text):
    started = time.process_time()
    sheets = parse_content("build.gradle", text.encode())
    assert time.process_time() - started < 5
    assert sheets


def test_variables_when_each_doubles_the_one_before_then_texts_stay_short():
    lines = ["def v0 = 'ab'", *(f'def v{i} = "${{v{i - 1}}}${{v{i - 1}}}"' for i in range(1, 60))]
    text = "\n".join([*lines, "dependencies {", '  implementation "a:b:$v59"', "}"])
    (sheet,) = parse_content("build.gradle", text.encode())
    assert [(row.kind, row.line) for row in sheet.unknowns] == [(UnknownKind.UNRESOLVED, 62)]


def test_lists_when_each_doubles_the_one_before_then_they_end_somewhere():
    lines = ["def v0 = ['a:b:1', 'a:c:1']", *(f"def v{i} = v{i - 1} + v{i - 1}" for i in range(1, 60))]
    text = "\n".join([*lines, "dependencies {", "  implementation v59", "}"])
    (sheet,) = parse_content("build.gradle", text.encode())
    assert len(sheet.components) <= 2


def test_loops_when_nested_then_their_rounds_are_bounded():
    values = ", ".join(f"'{i}'" for i in range(300))
    text = f"def all = [{values}]\ndependencies {{\n" + "all.each { a -> all.each { b -> all.each { c ->\n"
    started = time.process_time()
    parse_content("build.gradle", (text + 'implementation "g:$a$b$c:1"\n' + "}}}}\n").encode())
    assert time.process_time() - started < 5
