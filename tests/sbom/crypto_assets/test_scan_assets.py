"""A scan finds the assets of a commit and links keys with certificates across its files."""

from made_keys import pem, private_pem

from sbom.crypto.model import Context
from sbom.crypto.scan import scan_crypto


def test_scan_when_a_commit_holds_key_and_certificate_then_they_are_linked(repository):
    repository.write("deploy/tls.crt", pem("p256"))
    repository.write("deploy/tls.key", private_pem("p256"))
    repository.write("tests/other.pem", pem("p384"))
    repository.write("etc/nginx.conf", b"ssl_protocols TLSv1.2;\n")
    commit = repository.commit()
    result = scan_crypto(repository.path)
    assert result.commit == commit
    rows = [(row.path, row.context, row.key_in_repository) for row in result.certificates]
    assert rows == [("deploy/tls.crt", Context.MAIN, True), ("tests/other.pem", Context.TEST, False)]
    assert [(row.path, row.kind) for row in result.keys] == [("deploy/tls.key", "private-key")]
    settings = [row for row in result.occurrences if row.asset_type == "protocol"]
    assert [(row.path, row.protocol_version) for row in settings] == [("etc/nginx.conf", "1.2")]
    used = [(row.path, row.asset_type, row.algorithm, row.key_size) for row in result.occurrences]
    assert ("deploy/tls.crt", "certificate", "SHA256withECDSA", None) in used
    assert ("deploy/tls.crt", "certificate", "EC", 256) in used
    assert ("deploy/tls.key", "related-crypto-material", "EC", 256) in used


def test_scan_when_repeated_then_its_result_is_equal(repository):
    repository.write("a.pem", pem("p256") + pem("rsa2048") + private_pem("p384"))
    repository.commit()
    assert scan_crypto(repository.path) == scan_crypto(repository.path)
