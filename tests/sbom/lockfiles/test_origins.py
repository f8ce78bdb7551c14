"""Addresses without what lets somebody in."""

import re

import pytest
from ecosystem_fixtures import FIXTURES
from parsing import parse_content

from sbom.lockfiles import match_formats
from sbom.lockfiles.origins import without_credentials

LARGEST = 40_000  # bytes of a fixture; larger ones hold nothing that smaller ones of the format do not


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:secret@host.example/a", "https://host.example/a"),
        ("https://user:se@cret@host.example/a", "https://host.example/a"),
        ("https://user:sec/ret@host.example/a", "https://host.example/a"),
        (" HTTPS://secret@host.example", "HTTPS://host.example"),
        ("ssh://git:secret@host.example/a", "ssh://git@host.example/a"),
        ("https://host.example/a?private_token=secret&branch=main#c", "https://host.example/a?branch=main#c"),
        ("https://host.example/a?branch=main&X-Amz-Signature=secret", "https://host.example/a?branch=main"),
        ("https://host.example/a?token=secret#c", "https://host.example/a#c"),
    ],
)
def test_address_when_it_holds_credentials_then_they_are_left_out(url, shown):
    assert without_credentials(url) == shown


@pytest.mark.parametrize(
    "url",
    [
        "https://host.example:8080/a@1.0",
        "https://host.example/a:b@c/d?branch=main#e",
        "http://[::1]:80/a@1",
        "ssh://git@host.example/a",
        "git@host.example:a/b",
        "../a@b",
    ],
)
def test_address_when_it_holds_none_then_it_stays(url):
    assert without_credentials(url) == url


@pytest.mark.parametrize("folder", sorted(path.name for path in FIXTURES.iterdir()))
def test_addresses_when_any_file_of_a_format_gives_them_with_a_password_then_no_row_shows_it(folder):
    for case in (FIXTURES / folder).iterdir():
        files = {
            path.relative_to(case).as_posix(): re.sub(
                rb"(https?://)(?!user:)", rb"\1user:hunter2@", path.read_bytes()
            )
            for path in case.rglob("*")
            if path.is_file() and path.stat().st_size <= LARGEST
        }
        for path in (path for path in files if match_formats(path)):
            for sheet in parse_content(path, files[path], files):
                rows = (*sheet.components, *sheet.dependencies, *sheet.declared, *sheet.unknowns)
                assert [row for row in rows if "hunter2" in repr(row)] == [], (case.name, path)
