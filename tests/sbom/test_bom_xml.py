import json
from xml.etree import ElementTree

import pytest
from bom_rows import bom, component, in_any_order, rich_scan, scan
from cyclonedx.model.bom import Bom
from cyclonedx.output.json import JsonV1Dot6, JsonV1Dot7
from hypothesis import given, settings
from hypothesis import strategies as st

from sbom.bom import SPEC_VERSIONS, build_bom
from sbom.bom_validation import validate_bom
from sbom.bom_xml import read_xml, write_xml
from sbom.lockfiles.reading import load_xml

CRYPTO = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "version": 1,
    "components": [
        {
            "type": "cryptographic-asset",
            "bom-ref": "crypto/sm2",
            "name": "SM2",
            "cryptoProperties": {
                "assetType": "algorithm",
                "algorithmProperties": {
                    "primitive": "signature",
                    "curve": "sm2p256v1",
                    "certificationLevel": ["none"],
                    "cryptoFunctions": ["sign", "verify"],
                    "classicalSecurityLevel": 128,
                    "nistQuantumSecurityLevel": 0,
                },
                "oid": "1.2.156.10197.1.301",
            },
        },
        {
            "type": "cryptographic-asset",
            "bom-ref": "crypto/tls",
            "name": "TLS 1.2",
            "cryptoProperties": {
                "assetType": "protocol",
                "protocolProperties": {
                    "type": "tls",
                    "version": "1.2",
                    "cipherSuites": [{"name": "ECC_SM4_GCM_SM3", "algorithms": ["crypto/sm2"]}],
                    "cryptoRefArray": ["crypto/sm2"],
                },
            },
        },
        {"type": "library", "bom-ref": "gmssl", "name": "gmssl", "modified": False, "tags": ["国密"]},
    ],
    "dependencies": [{"ref": "gmssl", "provides": ["crypto/sm2"]}],
}


def read(content):
    return read_xml(load_xml(content))


@pytest.mark.parametrize("version", SPEC_VERSIONS)
def test_xml_when_written_then_legal_and_tells_what_json_tells(version):
    content = build_bom(
        rich_scan(), "1.2.3", "https://code.example/shop", spec_version=version, encoding="xml"
    )
    assert validate_bom(content) == []
    told = bom(rich_scan(), repository_url="https://code.example/shop", spec_version=version)
    del told["$schema"]
    assert read(content) == told


def test_xml_when_read_by_the_library_then_equal_to_what_it_reads_from_json():
    from_xml = Bom.from_xml(ElementTree.fromstring(build_bom(rich_scan(), "1.2.3", encoding="xml")))
    from_json = Bom.from_json(bom(rich_scan()))
    ours, theirs = (json.loads(JsonV1Dot6(parsed).output_as_string()) for parsed in (from_xml, from_json))
    assert in_any_order(ours) == in_any_order(theirs)


def test_document_of_1_7_when_read_and_written_by_the_library_then_components_equal():
    ours = bom(rich_scan(), spec_version="1.7")
    theirs = json.loads(JsonV1Dot7(Bom.from_json(ours)).output_as_string())
    assert ours["specVersion"] == theirs["specVersion"] == "1.7"
    assert {c["bom-ref"] for c in ours["components"]} == {c["bom-ref"] for c in theirs["components"]}
    assert ours["metadata"]["component"] == theirs["metadata"]["component"]


def test_cryptographic_assets_when_written_and_read_then_equal_and_legal():
    content = write_xml(CRYPTO)
    assert validate_bom(content) == []
    assert read(content) == CRYPTO


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        (b"<bom", "not XML"),
        (b"<!DOCTYPE bom [<!ENTITY a 'b'>]><bom/>", "document type"),
        (b"<project/>", "not a CycloneDX BOM"),
        (b'<bom xmlns="http://cyclonedx.org/schema/bom/1.2"/>', "1.6 or 1.7"),
        (b'<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><nonsense/></bom>', "nonsense"),
        (
            b'<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>'
            b'<component type="library" bom-ref="a"><name>a</name></component>'
            b'<component type="library" bom-ref="a"><name>b</name></component></components></bom>',
            "occurs 2 times",
        ),
    ],
)
def test_validation_when_xml_is_wrong_then_says_what(broken, what):
    assert what in validate_bom(broken)[0]


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=30), st.text(max_size=30))
def test_xml_when_texts_are_arbitrary_then_legal(name, licence):
    result = scan(component("safe", licence=licence, source_url=f"https://a.example/{name}"), name=name)
    assert validate_bom(build_bom(result, "1", name, supplier=name, encoding="xml")) == []
