"""Every fixture again, as somebody else may have written it: with passwords in addresses, or on Windows."""

import re

import pytest
from ecosystem_fixtures import FIXTURES
from parsing import parse_content

from sbom.lockfiles import match_formats

LARGEST = 20_000  # bytes of a fixture; larger ones hold nothing that smaller ones of the format do not
FOLDERS = sorted(path.name for path in FIXTURES.iterdir())
MARK = b"\xef\xbb\xbf"


def read_cases(folder):
    for case in sorted((FIXTURES / folder).iterdir()):
        yield {
            path.relative_to(case).as_posix(): path.read_bytes()
            for path in case.rglob("*")
            if path.is_file() and path.stat().st_size <= LARGEST
        }


def rows(path, files):
    return [
        (sheet.components, sheet.dependencies, sheet.declared, sheet.unknowns)
        for sheet in parse_content(path, files[path], files)
    ]


@pytest.mark.parametrize("folder", FOLDERS)
def test_addresses_when_any_file_of_a_format_gives_them_with_a_password_then_no_row_shows_it(folder):
    for case in read_cases(folder):
        files = {
            path: re.sub(rb"(https?://)(?!user:)", rb"\1user:hunter2@", content)
            for path, content in case.items()
        }
        for path in (path for path in files if match_formats(path)):
            assert "hunter2" not in repr(rows(path, files)), path


@pytest.mark.parametrize("folder", sorted({*FOLDERS} - {"rpm_database"}))  # which tells the size of a file
def test_file_when_written_on_windows_then_its_rows_are_the_same(folder):
    for case in read_cases(folder):
        text = {path: content for path, content in case.items() if not re.search(rb"[\0\r]", content)}
        windows = {
            path: MARK + content.removeprefix(MARK).replace(b"\n", b"\r\n") for path, content in text.items()
        }
        for path in (path for path in text if match_formats(path)):
            assert rows(path, windows) == rows(path, text), path
