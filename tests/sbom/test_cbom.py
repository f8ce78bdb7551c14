"""The CBOM of a repository: valid, deterministic, and every asset with its properties and its places."""

import json
from pathlib import Path

import pytest

from sbom.bom import build_document, write_document
from sbom.bom_merge import merge_boms
from sbom.bom_validation import validate_bom
from sbom.crypto.cbom import build_cbom, join_cryptography
from sbom.crypto.scan import scan_crypto
from sbom.crypto.stored import dump_result, load_result
from sbom.scan import scan_path

FIXTURES = Path(__file__).parent.parent / "fixtures" / "crypto_assets" / "certificates"

JAVA = """import javax.crypto.Cipher;
class A {
  Object f() throws Exception { return Cipher.getInstance("SM4/ECB/PKCS5Padding"); }
  Object g() throws Exception { return Cipher.getInstance("AES/GCM/NoPadding"); }
}
"""


@pytest.fixture
def made(repository):
    folder = repository.path
    repository.write("src/A.java", JAVA)
    repository.write("requirements.txt", "cryptography==46.0.1\n")
    repository.write(
        "a.py", "from cryptography.hazmat.primitives import hashes\nd = hashes.Hash(hashes.SM3())\n"
    )
    repository.write("nginx.conf", "ssl_protocols TLSv1.2;\nssl_ciphers ECDHE-RSA-AES128-GCM-SHA256;\n")
    repository.write("tls.crt", (FIXTURES / "sm2.crt").read_bytes())
    repository.write("tls.key", (FIXTURES / "sm2.key").read_bytes())
    repository.commit()
    return folder


def cbom(folder, spec_version):
    content = build_cbom(scan_crypto(folder), scan_path(folder), "1.2.3", spec_version=spec_version)
    assert validate_bom(content) == []
    return json.loads(content)


def assets(document, kind):
    return {
        entry["name"]: entry
        for entry in document["components"]
        if entry.get("cryptoProperties", {}).get("assetType") == kind
    }


@pytest.mark.parametrize("version", ["1.6", "1.7"])
def test_cbom_when_written_twice_then_bytes_are_equal_and_legal(made, version):
    first = build_cbom(scan_crypto(made), scan_path(made), "1", spec_version=version)
    assert first == build_cbom(scan_crypto(made), scan_path(made), "1", spec_version=version)
    assert validate_bom(first) == []
    assert json.loads(first)["specVersion"] == version


@pytest.mark.parametrize("version", ["1.6", "1.7"])
def test_cryptography_when_joined_later_then_document_is_the_same(made, version):
    result, packages = scan_crypto(made), scan_path(made)
    document = build_document(packages, "1", spec_version=version)
    joined = join_cryptography(document, load_result(dump_result(result)))
    assert write_document(joined, "json") == build_cbom(result, packages, "1", spec_version=version)


def test_cboms_when_merged_then_legal_in_every_encoding(made):
    document = json.loads(build_cbom(scan_crypto(made), scan_path(made), "1", spec_version="1.6"))
    merged = merge_boms({"one": document, "two": document}, "acme", "1")
    for encoding in ("json", "xml", "spdx"):
        assert validate_bom(write_document(merged, encoding)) == []
    (sm3,) = (entry for entry in merged["components"] if entry["name"] == "SM3")
    places = {place["location"] for place in sm3["evidence"]["occurrences"]}
    assert {"one/a.py", "two/a.py"} <= places


def test_algorithm_when_used_then_its_properties_and_places_are_told(made):
    entry = assets(cbom(made, "1.7"), "algorithm")["SM4-ECB"]
    assert entry["cryptoProperties"]["oid"] == "1.2.156.10197.1.104.1"
    properties = entry["cryptoProperties"]["algorithmProperties"]
    assert properties["algorithmFamily"] == "SM4"
    assert (properties["primitive"], properties["mode"], properties["padding"]) == (
        "block-cipher",
        "ecb",
        "pkcs5",
    )
    assert (properties["parameterSetIdentifier"], properties["classicalSecurityLevel"]) == ("128", 128)
    (place,) = entry["evidence"]["occurrences"]
    assert (place["location"], place["line"]) == ("src/A.java", 3)
    assert JAVA[place["offset"] :].startswith(("Cipher.getInstance", "javax", "return"))
    assert "Cipher.getInstance" in place["symbol"]
    assert {"name": "chainatlas:finding", "value": "ecb-mode"} in entry["properties"]


def test_quantum_level_when_the_catalogue_knows_it_then_it_is_told(made):
    algorithms = assets(cbom(made, "1.7"), "algorithm")
    assert (
        algorithms["AES-128-GCM"]["cryptoProperties"]["algorithmProperties"]["nistQuantumSecurityLevel"] == 1
    )
    assert algorithms["SM2"]["cryptoProperties"]["algorithmProperties"]["nistQuantumSecurityLevel"] == 0


def test_certificate_when_found_then_it_refers_to_its_signature_and_its_key(made):
    document = cbom(made, "1.7")
    (entry,) = assets(document, "certificate").values()
    properties = entry["cryptoProperties"]["certificateProperties"]
    assert properties["subjectName"] == "CN=sm2.example,O=Xinghe,C=CN"
    assert properties["notValidAfter"].endswith("Z")
    related = {asset["type"]: asset["ref"] for asset in properties["relatedCryptographicAssets"]}
    named = {entry["bom-ref"]: entry["name"] for entry in document["components"]}
    assert named[related["algorithm"]] == "SM3withSM2"
    assert named[related["publicKey"]] == "SM2 public-key"
    old = assets(cbom(made, "1.6"), "certificate").popitem()[1]["cryptoProperties"]["certificateProperties"]
    assert {"signatureAlgorithmRef", "subjectPublicKeyRef"} <= old.keys()


def test_private_key_when_found_then_it_is_material_without_its_value(made):
    entry = assets(cbom(made, "1.7"), "related-crypto-material")["SM2 private-key"]
    properties = entry["cryptoProperties"]["relatedCryptoMaterialProperties"]
    assert (properties["type"], properties["size"], properties["format"]) == ("private-key", 256, "pem")
    assert "value" not in properties
    text = json.dumps(cbom(made, "1.7"))
    assert not any(line in text for line in (FIXTURES / "sm2.key").read_text().splitlines()[1:-1])


def test_protocol_when_configured_then_its_suites_refer_to_their_algorithms(made):
    protocols = assets(cbom(made, "1.7"), "protocol")
    assert protocols["TLS 1.2"]["cryptoProperties"]["protocolProperties"] == {"type": "tls", "version": "1.2"}
    (suite,) = protocols["TLS"]["cryptoProperties"]["protocolProperties"]["cipherSuites"]
    assert suite["name"] == "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
    assert suite["identifiers"] == ["0xC0", "0x2F"]
    assert len(suite["algorithms"]) == 4


def test_dependencies_when_written_then_application_leads_to_library_and_library_to_algorithm(made):
    document = cbom(made, "1.7")
    named = {entry["bom-ref"]: entry["name"] for entry in document["components"]}
    root, *others = document["dependencies"]
    assert root["ref"] == document["metadata"]["component"]["bom-ref"]
    libraries = {"pkg:pypi/cryptography@46.0.1", "crypto/platform/java-se"}
    assert libraries <= set(root["dependsOn"])
    provides = {entry["ref"]: {named[ref] for ref in entry.get("provides", ())} for entry in others}
    assert provides["pkg:pypi/cryptography@46.0.1"] == {"SM3"}
    assert provides["crypto/platform/java-se"] == {"SM4-ECB", "AES-GCM"}


def test_cbom_when_nothing_is_found_then_it_is_the_bom_alone(repository):
    repository.write("a.txt", "nothing")
    repository.commit()
    document = cbom(repository.path, "1.7")
    assert all(entry["type"] != "cryptographic-asset" for entry in document["components"])


POM = """<project>
<modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>b</artifactId><version>1</version>
<dependencies>
<dependency>
  <groupId>org.bouncycastle</groupId><artifactId>bcprov-jdk18on</artifactId><version>1.78</version>
</dependency>
<dependency><groupId>io.jsonwebtoken</groupId><artifactId>jjwt</artifactId><version>0.9.1</version></dependency>
</dependencies>
</project>
"""
TOKENS = """import io.jsonwebtoken.*;
class B {
  String f() { return Jwts.builder().signWith(SignatureAlgorithm.HS512, k).compact(); }
}
"""
GO_MOD = """module example.org/a

require (
\tgithub.com/golang-jwt/jwt/v4 v4.5.0
\tgithub.com/golang-jwt/jwt/v5 v5.2.0
)
"""
GO = """package a

import (
\t"crypto/tls"

\t"github.com/golang-jwt/jwt/v5"
\t"github.com/pquerna/otp/totp"
)

var t = jwt.NewWithClaims(jwt.SigningMethodHS256, c)
var ok = totp.Validate(code, secret)
var conf = tls.Config{InsecureSkipVerify: true}
"""


def test_libraries_when_they_share_an_api_then_each_provides_what_only_it_can(repository):
    repository.write("pom.xml", POM)
    repository.write("src/A.java", JAVA)
    repository.write("src/B.java", TOKENS)
    repository.write("go.mod", GO_MOD)
    repository.write("a.go", GO)
    repository.commit()
    document = cbom(repository.path, "1.7")
    named = {entry["bom-ref"]: entry["name"] for entry in document["components"]}
    provides = {
        entry["ref"]: {named[ref] for ref in entry["provides"]}
        for entry in document["dependencies"]
        if "provides" in entry
    }
    assert provides == {
        "pkg:maven/org.bouncycastle/bcprov-jdk18on@1.78": {"SM4-ECB"},
        "crypto/platform/java-se": {"AES-GCM"},
        "pkg:maven/io.jsonwebtoken/jjwt@0.9.1": {"HMAC-SHA512"},
        "pkg:golang/github.com/golang-jwt/jwt/v5@v5.2.0": {"HMAC-SHA256"},
        "crypto/library/github.com.pquerna.otp": {"HMAC"},
        "crypto/platform/go-standard-library": {"TLS"},
    }
