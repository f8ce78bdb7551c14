"""Each kind of configuration gives the rows of its folder's `expected.yaml`: occurrences, keys,
certificates.
"""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis.strategies import from_regex

from sbom.crypto.assets import asset_formats, read_assets, wants_asset
from sbom.crypto.assets.configuration.key_values import _roles, may_have_role
from sbom.crypto.assets.configuration.servers import program_rows
from sbom.crypto.model import AssetType, Context

FOLDER = Path(__file__).parents[2] / "fixtures" / "crypto_assets" / "configuration"
CASES = sorted(path for path in FOLDER.iterdir() if path.is_dir())
SETTINGS = (AssetType.ALGORITHM, AssetType.PROTOCOL)
STATED = ("mode", "key_size", "curve", "digest", "protocol", "protocol_version")


def file_of(folder):
    (file,) = [path for path in folder.iterdir() if path.name != "expected.yaml"]
    return file


def is_as(occurrence, row):
    """What a row names is as named; of what it leaves out, the parameters are not stated at all."""
    wanted = {name: None for name in STATED if "algorithm" in row} | row
    wanted["findings"] = tuple(row.get("findings", ()))
    return all(getattr(occurrence, name) == value for name, value in wanted.items())


@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_configuration_when_read_then_rows_are_as_expected(folder):
    file = file_of(folder)
    assert wants_asset(file.name)
    found = read_assets(file.name, file.read_bytes(), Context.MAIN)
    expected = yaml.safe_load((folder / "expected.yaml").read_text("utf-8"))
    occurrences = [row for row in expected if not row.keys() & {"key", "certificate"}]
    assert {row.parser for row in found.occurrences} <= {folder.name}
    by_format = [row for row in found.occurrences if row.asset_type in SETTINGS]
    unmatched = list(by_format)
    for row in occurrences:
        match = next((found for found in unmatched if is_as(found, row)), None)
        assert match is not None, (row, unmatched)
        unmatched.remove(match)
    assert unmatched == []
    keys = [row for row in expected if "key" in row]
    assert [(key.kind, key.line, key.algorithm, key.key_size) for key in found.keys] == [
        (row["key"], row["line"], row.get("algorithm"), row.get("key_size")) for row in keys
    ]
    certificates = [row for row in expected if "certificate" in row]
    assert [(c.subject, c.line, c.key_algorithm, c.signature_algorithm) for c in found.certificates] == [
        (row["certificate"], row["line"], row["key_algorithm"], row["signature_algorithm"])
        for row in certificates
    ]


@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_occurrence_when_located_then_offset_line_and_column_agree(folder):
    file = file_of(folder)
    text = file.read_text("utf-8")
    for row in read_assets(file.name, file.read_bytes(), Context.MAIN).occurrences:
        before = text[: row.offset]
        assert row.line == before.count("\n") + 1, row
        assert row.column == len(before) - before.rfind("\n"), row


def test_configuration_formats_when_listed_then_each_has_fixtures():
    formats = {fmt.name for fmt in asset_formats() if fmt.parse.__module__.split(".")[3] == "configuration"}
    assert formats == {folder.name for folder in CASES}


@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_configuration_when_values_are_placeholders_then_nothing_is_claimed(folder):
    file = file_of(folder)
    content = b"ssl_protocols ${PROTOCOLS};\nssl_ciphers {{ ciphers }};\njwt.secret: ${SECRET}\n"
    found = read_assets(file.name, content, Context.MAIN)
    assert (found.occurrences, found.keys, found.certificates) == ([], [], [])


@pytest.mark.parametrize("role", [role for role, _ in _roles()])
def test_key_when_it_has_a_role_then_its_end_says_that_it_may(role):
    """The ends decide which YAML files are parsed: one that is not among them would lose keys."""
    pattern = dict(_roles())[role].pattern

    @given(from_regex(pattern, fullmatch=True))
    @settings(max_examples=60, deadline=None, database=None)
    def ends_as_told(key):
        assert may_have_role(key.rstrip("\n"))

    ends_as_told()


@pytest.mark.parametrize(
    ("name", "head"),
    [("pnpm-lock.yaml", ""), ("api.yaml", "openapi: 3.0.0\n"), ("api.yml", "swagger: '2.0'\n")],
)
def test_yaml_when_it_lists_packages_or_describes_an_interface_then_holds_no_settings(name, head):
    settings_text = "jwt:\n  signature:\n    algorithm: RS256\n"
    found = read_assets(name, (head + settings_text).encode(), Context.MAIN)
    assert found.occurrences == []
    assert read_assets("app.yaml", settings_text.encode(), Context.MAIN).occurrences != []


@pytest.mark.parametrize("row", program_rows(), ids=lambda row: row["program"])
def test_server_when_its_example_is_read_then_gives_what_the_table_says(row):
    names = [glob.replace("*/", "etc/").replace("*", "") for glob in row["files"]]
    for name in names:
        found = read_assets(name, row["example"].encode(), Context.MAIN).occurrences
        told = [
            one.algorithm or " ".join(filter(None, (one.protocol, one.protocol_version)))
            for one in found
            if one.parser == "servers"
        ]
        assert told == row["gives"], name


@pytest.mark.parametrize(
    ("name", "line", "told"),
    [
        ("server.properties", "ssl.enabled.protocols=TLSv1.1", "TLS 1.1"),
        ("server.properties", "ssl.cipher.suites=TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"),
        ("server.properties", "ssl.endpoint.identification.algorithm=", "certificate-checks-disabled"),
        ("elasticsearch.yml", "xpack.security.http.ssl.supported_protocols: [TLSv1]", "TLS 1.0"),
        (
            "elasticsearch.yml",
            "xpack.security.http.ssl.verification_mode: none",
            "certificate-checks-disabled",
        ),
        ("cassandra.yaml", "client_encryption_options:\n  accepted_protocols: [TLSv1.2]", "TLS 1.2"),
        ("rabbitmq.conf", "ssl_options.versions.1 = tlsv1.2", "TLS 1.2"),
        ("main.cf", "smtpd_tls_mandatory_protocols = >=TLSv1.2", "TLS 1.2"),
        ("postgresql.conf", "password_encryption = scram-sha-256", "PBKDF2"),
        ("my.cnf", "[mysqld]\ndefault_authentication_plugin=mysql_native_password", "SHA-1"),
        ("core-site.properties", "dfs.encrypt.data.transfer.cipher.suites=AES/CTR/NoPadding", "AES-CTR"),
        ("server.properties", "ssl.endpoint.identification.algorithm=https", None),
        ("main.cf", "smtpd_tls_mandatory_protocols = !SSLv2, !SSLv3", None),
        ("main.cf", "smtpd_tls_exclude_ciphers = aNULL, RC4", None),
    ],
)
def test_key_of_a_server_when_read_then_says_what_its_reference_says(name, line, told):
    found = read_assets(name, line.encode(), Context.MAIN).occurrences
    said = {
        *(row.algorithm for row in found),
        *(f"{row.protocol} {row.protocol_version}" for row in found if row.protocol),
        *(finding for row in found for finding in row.findings),
    }
    assert told in said if told else found == []


def test_password_of_an_encryptor_when_it_is_written_then_is_a_secret_that_is_not_kept():
    found = read_assets("application.yml", b"jasypt:\n  encryptor:\n    password: Zk9vQm4tT3\n", Context.MAIN)
    assert [(key.kind, key.line) for key in found.keys] == [("secret-key", 3)]
    assert "Zk9vQm4tT3" not in repr(found)
