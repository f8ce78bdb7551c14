"""Any bytes, any lines: the Ruby formats end with rows and unknowns, never with an exception."""

import time

import pytest
from ecosystem_fixtures import FIXTURES
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives, parse_content

PATHS = ["Gemfile.lock", "a.gemspec"]
LINES = {
    "Gemfile.lock": [
        "GEM",
        "PATH",
        "GIT",
        "  remote: ..",
        "  remote: https://u:p@h/x",
        "  revision: abc",
        "  specs:",
        "    a (1.0)",
        "    a (1.0-java)",
        "    b ()",
        "    c",
        "      a (>= 1)",
        "      b!",
        "DEPENDENCIES",
        "  a!",
        "  b (= 1)",
        "CHECKSUMS",
        "  a (1.0) sha256=00",
        "<<<<<<< HEAD",
        "\t",
    ],
    "a.gemspec": [
        "Gem::Specification.new do |s|",
        's.name = "a"',
        "s.version = VERSION",
        "s.licenses = %w[MIT]",
        's.add_dependency "b", "1.0"',
        "s.add_dependency(%q<c>, [",
        's.add_development_dependency "/", "~> 1"',
        '"',
        "])",
        "__END__",
    ],
}


@pytest.mark.parametrize("path", PATHS)
@settings(deadline=None, max_examples=50)
@given(content=st.binary(max_size=200))
def test_any_bytes_when_parsed_then_nothing_escapes(path, content):
    assert_survives(path, content)


@pytest.mark.parametrize("path", PATHS)
@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_any_lines_when_parsed_then_nothing_escapes(path, data):
    lines = st.lists(st.sampled_from(LINES[path]) | st.text(max_size=12), max_size=20)
    assert_survives(path, "\n".join(data.draw(lines)).encode("utf-8", "replace"))


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_real_lock_when_cut_or_changed_anywhere_then_nothing_escapes(data):
    content = (FIXTURES / "gemfile_lock" / "rails" / "Gemfile.lock").read_bytes()
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.sampled_from([0, 1, 40, len(content)]))
    assert_survives(
        "Gemfile.lock", content[:start] + data.draw(st.binary(max_size=4)) + content[start + length :]
    )


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "bomb",
    [
        b"    a" * 200_000,
        b" " * 1_000_000,
        b"(" * 1_000_000,
        b"s.add_dependency %q<" * 40_000,
        b"s.add_dependency [\n" * 40_000,
        b's.name = "' + b"\\" * 1_000_000,
        b"GEM\n" + b"    a (1.0" * 100_000,
        b"a" * 1_000_000,
    ],
    ids=lambda bomb: bomb[:12].decode(),
)
def test_bomb_when_parsed_then_it_ends_soon_without_rows(path, bomb):
    started = time.process_time()
    sheets = parse_content(path, bomb)
    assert time.process_time() - started < 5
    assert not any(sheet.components for sheet in sheets)
    assert any(sheet.unknowns for sheet in sheets) or not bomb.strip()
