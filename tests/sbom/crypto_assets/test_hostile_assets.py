"""Truncated, changed and malicious files: rows or unknowns, never an exception, never a hang."""

import base64
from pathlib import Path

import made_keys
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sbom.crypto.assets import MOST_BYTES, asset_formats, read_assets
from sbom.crypto.model import Context
from sbom.model import UnknownKind

FIXTURES = Path(__file__).parents[2] / "fixtures" / "crypto_assets"


def samples():
    stored = [path for path in sorted(FIXTURES.rglob("*")) if path.is_file() and path.suffix != ".yaml"]
    made = {
        "a.crt": made_keys.pem("rsa2048"),
        "b.der": made_keys.der("p256"),
        "c.p12": made_keys.store("p256", b"secret"),
        "d.p12": made_keys.store("p256"),
        "e.key": made_keys.private_pem("p256", password=b"secret"),
        "f.key": made_keys.private_der("ed25519"),
    }
    return [*((path.name, path.read_bytes()) for path in stored), *made.items()]


SAMPLES = samples()


def assert_survives(path, content):
    found = read_assets(path, content, Context.MAIN)
    for row in (*found.occurrences, *found.certificates, *found.keys, *found.unknowns):
        assert row.line is None or 1 <= row.line <= content.count(b"\n") + 1, row
    for row in found.unknowns:
        assert "looks like" not in row.reason, row
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_asset_when_cut_or_overwritten_anywhere_then_it_is_read_or_told(data):
    path, content = data.draw(st.sampled_from(SAMPLES))
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.sampled_from([0, 1, 2, 40, len(content)]))
    assert_survives(path, content[:start] + data.draw(st.binary(max_size=4)) + content[start + length :])


@pytest.mark.parametrize(("path", "content"), [sample for sample in SAMPLES if sample[0].endswith(".p12")])
def test_store_when_any_byte_of_its_head_is_blank_then_it_is_read_or_told(path, content):
    for position in range(min(len(content), 160)):
        assert_survives(path, content[:position] + b"\0" + content[position + 1 :])


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([path for path, _ in SAMPLES]), st.binary(max_size=300))
def test_asset_when_it_holds_any_bytes_then_it_is_read_or_told(path, content):
    assert_survives(path, content)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_certificate_in_pem_when_its_bytes_are_changed_then_it_is_read_or_told(data):
    content = bytearray(made_keys.der(data.draw(st.sampled_from(["rsa2048", "p256", "ed25519"]))))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    text = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(content) + b"-----END CERTIFICATE-----\n"
    found = assert_survives("a.pem", text)
    assert found.certificates or found.unknowns


@pytest.mark.parametrize(
    "content",
    [
        b"\x30\x84\xff\xff\xff\xff" + b"\x30\x80" * 5000,
        b"\x30\x80" * 50_000,
        b"\x30\x82\x40\x00" + b"\x30\x82\x3f\xf0" * 4000,
        b"\x30\x84\x7f\xff\xff\xff",
        b"\x02\x84\x7f\xff\xff\xff",
    ],
    ids=["bomb", "indefinite", "nested", "long", "integer"],
)
@pytest.mark.parametrize("path", ["a.der", "a.p12", "a.key", "a.jks", "a.p7b"])
def test_der_when_malicious_then_it_ends_as_an_unknown_or_nothing(path, content):
    assert assert_survives(path, content).certificates == []


def test_java_keystore_when_it_claims_billions_of_entries_then_it_is_told_as_broken():
    found = assert_survives("a.jks", b"\xfe\xed\xfe\xed" + b"\x00\x00\x00\x02" + b"\x7f\xff\xff\xff")
    assert [row.kind for row in found.unknowns] == [UnknownKind.BROKEN]


def test_pem_when_a_file_holds_thousands_of_begin_lines_then_it_is_read_in_time_linear_to_it():
    found = assert_survives("a.java", b"-----BEGIN CERTIFICATE-----\n" * 100_000)
    assert found.certificates == []


def test_asset_when_larger_than_the_limit_then_it_is_told():
    found = read_assets("a.pem", b"-----BEGIN CERTIFICATE-----" + b"A" * MOST_BYTES, Context.MAIN)
    assert [row.kind for row in found.unknowns] == [UnknownKind.LIMIT]


@pytest.mark.parametrize("fmt", asset_formats(), ids=lambda fmt: fmt.name)
def test_minified_line_when_a_megabyte_long_then_every_format_ends(fmt):
    line = b"ssl_ciphers=secret:jwt.key: 'a' {{ x " * 30_000
    name = fmt.globs[0].replace("*", "x")
    assert_survives(name, line)


def test_pem_when_a_file_ends_inside_of_a_block_then_says_so_in_files_of_keys_alone():
    cut = b"x\n-----BEGIN CERTIFICATE-----\nMIIB\n"
    told = [(item.reason, item.line) for item in read_assets("ca.pem", cut, Context.MAIN).unknowns]
    assert told == [("CERTIFICATE in PEM: cut off", 2)]
    assert read_assets("write_pem.py", cut, Context.MAIN).unknowns == []


def test_java_keystore_when_it_counts_below_nothing_then_is_broken():
    store = b"\xfe\xed\xfe\xed\0\0\0\2\xff\xff\xff\xff"
    assert [item.kind for item in read_assets("a.jks", store, Context.MAIN).unknowns] == [UnknownKind.BROKEN]
