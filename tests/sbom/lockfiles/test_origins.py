"""Addresses without what lets somebody in."""

import pytest

from sbom.lockfiles.origins import without_credentials


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
