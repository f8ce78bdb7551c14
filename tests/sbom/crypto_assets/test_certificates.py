"""Certificates, keys and stores: what they say of themselves, and that nothing of a private key leaves."""

import base64
from datetime import UTC, datetime
from pathlib import Path

import made_keys
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID
from made_keys import certificate_of, der, key_of, pem, private_der, private_pem, public_pem, store

from sbom.crypto.assets import has_embedded, link_keys, read_assets, wants_asset
from sbom.crypto.model import Context
from sbom.model import UnknownKind

FIXTURES = Path(__file__).parents[2] / "fixtures" / "crypto_assets"


def read(path, content):
    return read_assets(path, content, Context.MAIN)


def the_certificate(path, content):
    (row,) = read(path, content).certificates
    return row


def the_key(path, content):
    (row,) = read(path, content).keys
    return row


def test_certificate_when_in_pem_then_all_that_it_says_is_told():
    row = the_certificate("site.crt", b"# our site\n" + pem("rsa2048"))
    assert (row.line, row.format) == (2, "pem")
    assert (row.subject, row.issuer, row.serial) == ("CN=rsa2048.example", "CN=rsa2048.example", "beef")
    assert row.not_before == datetime(2020, 1, 1, tzinfo=UTC).timestamp()
    assert row.not_after == datetime(2020, 12, 31, tzinfo=UTC).timestamp()
    assert (row.signature_algorithm, row.signature_oid) == ("SHA256withRSA", "1.2.840.113549.1.1.11")
    assert (row.key_algorithm, row.key_size, row.curve) == ("RSA", 2048, None)
    assert (row.self_signed, row.is_ca) == (True, False)
    assert row.sha256 == certificate_of("rsa2048").fingerprint(made_keys.hashes.SHA256()).hex()


def test_certificate_when_it_names_a_person_then_addresses_and_names_of_people_are_left_out():
    person = (
        (NameOID.EMAIL_ADDRESS, "ada@corp.example"),
        (NameOID.GIVEN_NAME, "Ada"),
        (NameOID.SURNAME, "Byron"),
        (NameOID.USER_ID, "abyron"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "Keys, ask ada.byron@corp.example"),
        (NameOID.ORGANIZATION_NAME, "Corp"),
    )
    row = the_certificate("ada.pem", pem("p256", more=person))
    assert row.subject == row.issuer
    assert row.subject == (
        "O=Corp,OU=Keys\\, ask …,UID=…,2.5.4.4=…,2.5.4.42=…,1.2.840.113549.1.9.1=…,CN=p256.example"
    )


@pytest.mark.parametrize(
    ("kind", "key", "signature"),
    [
        ("rsa1024", ("RSA", 1024, None), "SHA256withRSA"),
        ("p256", ("EC", 256, "nist/P-256"), "SHA256withECDSA"),
        ("p384", ("EC", 384, "nist/P-384"), "SHA256withECDSA"),
        ("ed25519", ("Ed25519", 256, None), "Ed25519"),
        ("dsa2048", ("DSA", 2048, None), "SHA256withDSA"),
    ],
)
def test_certificate_when_its_key_is_of_a_kind_then_algorithm_size_and_curve_are_told(kind, key, signature):
    row = the_certificate("c.der", der(kind))
    assert (row.key_algorithm, row.key_size, row.curve) == key
    assert row.signature_algorithm == signature
    assert row.format == "der"


def test_certificate_when_on_the_sm2_curve_then_it_is_read_where_cryptography_refuses():
    content = (FIXTURES / "certificates" / "sm2.crt").read_bytes()
    with pytest.raises(Exception, match=r"curve|1\.2\.156"):
        made_keys.x509.load_pem_x509_certificate(content).public_key()
    row = the_certificate("sm2.crt", content)
    assert (row.key_algorithm, row.key_size, row.curve) == ("SM2", 256, "oscaa/SM2")
    assert (row.signature_algorithm, row.signature_oid) == ("SM3withSM2", "1.2.156.10197.1.501")
    assert row.subject == "CN=sm2.example,O=Xinghe,C=CN"


def test_certificate_when_signed_by_another_then_it_is_not_self_signed():
    row = the_certificate("leaf.pem", pem("p256", issuer="rsa2048"))
    assert (row.self_signed, row.issuer) == (False, "CN=rsa2048.example")
    assert the_certificate("ca.pem", pem("p256", ca=True)).is_ca


@pytest.mark.parametrize("kind", ["rsa2048", "p256", "ed25519"])
def test_key_when_it_lies_beside_its_certificate_then_they_are_linked(kind):
    certificates = [the_certificate("a.crt", pem(kind)), the_certificate("b.crt", pem("p384"))]
    keys = [the_key("a.key", private_pem(kind)), the_key("b.pub", public_pem("p384"))]
    linked = link_keys(certificates, keys)
    assert [row.key_in_repository for row in linked] == [True, False]


def test_sm2_key_when_it_lies_beside_its_certificate_then_they_are_linked():
    folder = FIXTURES / "certificates"
    certificate = the_certificate("sm2.crt", (folder / "sm2.crt").read_bytes())
    key = the_key("sm2.key", (folder / "sm2.key").read_bytes())
    assert (key.algorithm, key.key_size, key.curve) == ("SM2", 256, "oscaa/SM2")
    assert link_keys([certificate], [key])[0].key_in_repository


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("kind", ["rsa2048", "p256", "dsa2048"])
def test_private_key_when_in_any_form_then_only_algorithm_and_size_are_told(kind, form):
    row = the_key("server.key", private_pem(kind, form))
    assert (row.kind, row.encrypted) == ("private-key", False)
    assert (row.algorithm, row.key_size) == {
        "rsa2048": ("RSA", 2048), "p256": ("EC", 256), "dsa2048": ("DSA", 2048),
    }[kind]  # fmt: skip


@pytest.mark.parametrize("kind", ["rsa2048", "p256", "ed25519"])
def test_openssh_key_when_read_then_its_public_part_is_told(kind):
    row = the_key("id_key", private_pem(kind, PrivateFormat.OpenSSH))
    assert (row.format, row.kind, row.encrypted) == ("openssh", "private-key", False)
    assert row.fingerprint == the_key("k.pub", public_pem(kind)).fingerprint


def test_openssh_key_when_encrypted_then_its_public_part_is_told_too():
    row = the_key("id_ed25519", (FIXTURES / "certificates" / "id_ed25519_encrypted").read_bytes())
    assert (row.algorithm, row.key_size, row.encrypted) == ("Ed25519", 256, True)


def test_openssh_public_key_when_in_authorized_keys_then_each_line_is_a_key():
    line = key_of("rsa1024").public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    rows = read("authorized_keys", b"# people\n" + line + b" a@b\n" + b"no-pty " + line + b"\n").keys
    assert [(row.line, row.algorithm, row.key_size) for row in rows] == [(2, "RSA", 1024), (3, "RSA", 1024)]


@pytest.mark.parametrize("kept", [3, 20, 34, 60])
def test_openssh_public_key_when_cut_off_then_it_is_recorded(kept):
    name, blob = public_pem_of_openssh("rsa1024")
    found = read("old.pub", b"# old\n" + name + b" " + b"AAAA" + blob[4 : 4 + kept] + b"\n")
    assert found.keys == []
    assert [(item.kind, item.line) for item in found.unknowns] == [(UnknownKind.BROKEN, 2)]


def test_openssh_public_key_when_it_is_a_placeholder_in_a_text_then_it_is_no_key():
    found = read("setup.md", b"ssh-rsa AAAAB3... you@example.org\n")
    assert (found.keys, found.unknowns) == ([], [])


def public_pem_of_openssh(kind):
    line = key_of(kind).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return line.split(b" ")


def test_pkcs12_store_when_it_has_a_password_then_schemes_are_told_and_the_rest_is_unknown():
    found = read("server.p12", store("rsa2048", b"secret"))
    assert [(key.kind, key.encrypted) for key in found.keys] == [("credential", True), ("private-key", True)]
    assert {row.algorithm for row in found.occurrences} >= {"PBKDF2", "AES-256-CBC", "HMAC-SHA256"}
    assert found.certificates == []
    assert [row.kind for row in found.unknowns] == [UnknownKind.UNRESOLVED]


def test_pkcs12_store_when_nothing_is_encrypted_then_certificate_and_key_are_told():
    found = read("server.pfx", store("p256"))
    assert [row.subject for row in found.certificates] == ["CN=p256.example"]
    assert [(key.kind, key.algorithm, key.encrypted) for key in found.keys][1:] == [
        ("private-key", "EC", False)
    ]


def test_java_keystore_when_read_then_certificates_are_told_without_its_password():
    found = read("server.jks", (FIXTURES / "stores" / "server.jks").read_bytes())
    assert [(row.format, row.subject, row.key_size) for row in found.certificates] == [
        ("jks", "CN=store.example", 2048)
    ] * 2
    private = found.keys[1]
    assert (private.kind, private.algorithm, private.encrypted) == ("private-key", "RSA", True)
    assert link_keys(found.certificates, found.keys)[0].key_in_repository


def test_encrypted_key_when_read_then_its_protection_is_told():
    found = read("server.key", private_pem("rsa2048", password=b"secret"))
    assert [(key.kind, key.algorithm, key.encrypted) for key in found.keys] == [("private-key", None, True)]
    assert [row.algorithm for row in found.occurrences] == ["PBKDF2", "AES-256-CBC"]
    old = read("old.key", private_pem("rsa2048", PrivateFormat.TraditionalOpenSSL, b"secret"))
    assert [(key.kind, key.encrypted) for key in old.keys] == [("private-key", True)]


JAVA = "class A {{\n  String PEM = {};\n}}\n"


@pytest.mark.parametrize(
    "embed",
    [
        lambda text: JAVA.format(" +\n    ".join(f'"{line}\\n"' for line in text.splitlines())),
        lambda text: JAVA.format('"' + text.replace("\n", "\\n") + '"'),
        lambda text: "key: |\n" + "".join(f"  {line}\n" for line in text.splitlines()),
        lambda text: "var pem = `" + text + "`\n",
        lambda text: "".join(f"// {line}\n" for line in text.splitlines()),
        lambda text: "a = '" + text.replace("\n", "\\r\\n") + "'\n",
        lambda text: "\n".join(f'sb.append("{line}");' for line in text.splitlines()),
        lambda text: text.replace("\n", "\r\n"),
    ],
    ids=["joined", "escaped", "block", "raw", "comment", "crlf-escaped", "appended", "crlf"],
)
@pytest.mark.parametrize("kind", ["rsa2048", "p256"])
def test_pem_when_embedded_in_source_then_it_is_found_with_its_line(kind, embed):
    for content in (pem(kind), private_pem(kind)):
        text = embed(content.decode())
        assert has_embedded(text.encode())
        found = read("A.java", text.encode())
        (row,) = [*found.certificates, *found.keys]
        assert row.line == text[: text.index("-----BEGIN")].count("\n") + 1
        assert found.unknowns == []


def test_pem_when_only_its_frame_is_written_then_it_is_no_object():
    frame = b'out.println("-----%s CERTIFICATE-----");\n'
    code = frame % b"BEGIN" + b"out.print(b);\n" + frame % b"END"
    found = read("Writer.java", code)
    assert (found.certificates, found.keys, found.unknowns) == ([], [], [])


def test_pem_when_it_is_a_placeholder_then_it_is_not_broken():
    frame = b"-----%s PRIVATE KEY-----\n"
    text = frame % b"BEGIN" + b"MIIEvQIBADANBgkqhkiG9w0BAQEFAASC...................\n" + frame % b"END"
    assert read("README.pem", text).unknowns == []


@pytest.mark.parametrize(
    "path",
    ["a.pem", "a.CRT", "x/b.jks", "id_rsa.pub", "authorized_keys", "etc/ssh/sshd_config", "a.p12", ".env"],
)
def test_asset_when_it_has_a_known_name_then_it_is_wanted(path):
    assert wants_asset(path)


@pytest.mark.parametrize("path", ["Main.java", "a.go", "README", "a.png", "settings.gradle"])
def test_file_when_no_format_knows_its_name_then_it_is_not_wanted(path):
    assert not wants_asset(path)


def canaries(kind):
    """Every number of a private key in the spellings in which a careless row could hold it."""
    numbers = key_of(kind).private_numbers()
    values = [numbers.d, numbers.p, numbers.q] if kind.startswith("rsa") else [numbers.private_value]
    for value in values:
        raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
        yield str(value)
        yield raw.hex()
        yield base64.b64encode(raw).decode()[8:40]
        yield repr(raw)[4:30]


@pytest.mark.parametrize("kind", ["rsa2048", "p256"])
def test_private_key_when_found_in_any_form_then_no_row_holds_it(kind):
    contents = {
        "a.key": private_pem(kind),
        "b.key": private_pem(kind, PrivateFormat.TraditionalOpenSSL),
        "id": private_pem(kind, PrivateFormat.OpenSSH),
        "c.der": private_der(kind),
        "d.p12": store(kind),
        "e.key": private_pem(kind)[:-60] + b"\n-----END PRIVATE KEY-----\n",
        "f.key": private_der(kind)[:-3],
        "application.properties": b"rsa.private-key=" + base64.b64encode(private_der(kind)),
    }
    for path, content in contents.items():
        found = read(path, content)
        assert found.keys or found.unknowns, path
        rows = repr([found.certificates, found.keys, found.occurrences, found.unknowns])
        lines = [line for line in private_pem(kind).decode().splitlines() if not line.startswith("-")]
        for canary in (*canaries(kind), *lines[1:-1], *(line[8:40] for line in lines[1:-1])):
            assert canary not in rows, path


def test_secret_in_configuration_when_found_then_no_row_holds_it():
    found = read(
        "application.yml", b"app:\n  jwt:\n    secret: canary-9f8e7d6c5b4a\n  aes-key: 0123456789canary\n"
    )
    assert [key.kind for key in found.keys] == ["secret-key", "secret-key"]
    assert [(row.line, row.family, row.findings) for row in found.occurrences] == [
        (3, "HMAC", ("static-key",)),
        (4, "AES", ("static-key",)),
    ]
    assert "canary" not in repr(found)
