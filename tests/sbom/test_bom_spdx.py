import json
from dataclasses import replace

import pytest
from bom_rows import component, edge, rich_scan, scan
from hypothesis import given, settings
from hypothesis import strategies as st
from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from sbom.bom import build_bom
from sbom.bom_validation import validate_bom
from sbom.imports import read_bom


def spdx(result, **arguments):
    """The document, after spdx-tools has read and accepted it."""
    content = build_bom(result, "1.2.3", encoding="spdx", **arguments)
    assert validate_bom(content) == []
    document = json.loads(content)
    parsed = JsonLikeDictParser().parse(document)
    assert [error.validation_message for error in validate_full_spdx_document(parsed)] == []
    return document


def with_real_domains(result):
    """spdx-tools refuses top-level domains of more than five letters behind `git+`."""
    rows = [
        replace(row, source_url=row.source_url and row.source_url.replace(".example", ".dev"))
        for row in result.components
    ]
    return replace(result, components=tuple(rows))


def relationships(document):
    names = {package["SPDXID"]: package["name"] for package in document["packages"]}
    return {
        (
            names.get(row["spdxElementId"], row["spdxElementId"]),
            row["relationshipType"],
            names.get(row["relatedSpdxElement"], row["relatedSpdxElement"]),
        )
        for row in document["relationships"]
    }


def test_spdx_when_everything_is_known_then_accepted_by_spdx_tools():
    document = spdx(with_real_domains(rich_scan()), supplier="ACME", repository_url="https://code.dev/shop")
    by_name = {package["name"]: package for package in document["packages"]}
    assert by_name["shop"]["supplier"] == "Organization: ACME"
    assert by_name["left-pad"]["licenseDeclared"] == "WTFPL OR MIT"
    assert by_name["left-pad"]["sourceInfo"] == "named in package-lock.json:12, web/package-lock.json:4"
    assert {row["algorithm"] for row in by_name["left-pad"]["checksums"]} == {"SHA1", "SHA512"}
    assert by_name["fork"]["downloadLocation"] == "git+https://code.dev/a/fork.git@abc"
    (text,) = document["hasExtractedLicensingInfos"]
    assert (by_name["名 前"]["licenseDeclared"], text["extractedText"]) == (
        text["licenseId"],
        "see <LICENSE>",
    )
    assert {note["comment"].partition(" ")[0] for note in document["annotations"]} == {
        "chainatlas:unreadable",
        "chainatlas:unresolved",
    }


def test_spdx_when_dependencies_are_known_unknown_or_none_then_said_so():
    parent, child, loose = component("a", direct=True), component("b", direct=False), component("c", path="x")
    leaf = component("d", direct=False)
    edges = [edge(None, parent.purl), edge(parent.purl, child.purl), edge(child.purl, leaf.purl)]
    assert relationships(spdx(scan(parent, child, leaf, loose, edges=edges))) == {
        ("SPDXRef-DOCUMENT", "DESCRIBES", "shop"),
        ("shop", "DEPENDS_ON", "a"),
        ("shop", "DEPENDS_ON", "NOASSERTION"),
        ("a", "DEPENDS_ON", "b"),
        ("b", "DEPENDS_ON", "d"),
        ("d", "DEPENDS_ON", "NONE"),
        ("c", "DEPENDS_ON", "NOASSERTION"),
    }


def test_spdx_when_a_folder_then_still_has_the_time_that_it_must_have():
    document = spdx(scan(component("a"), commit=None, committed_at=None))
    assert document["creationInfo"]["created"] == "1970-01-01T00:00:00Z"


def test_spdx_when_read_back_then_the_same_packages_and_edges():
    ours = rich_scan()
    again = read_bom(build_bom(ours, "1", encoding="spdx"), "shop.spdx.json")
    assert {row.purl for row in again.components} == {row.purl for row in ours.components}
    told = {(row.from_purl, row.to_purl) for row in ours.dependencies}
    assert told <= {(row.from_purl, row.to_purl) for row in again.dependencies}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"spdxVersion": "SPDX-2.1"}, "not SPDX-2.3"),
        ({"documentNamespace": ""}, "no documentNamespace"),
        ({"packages": [{"SPDXID": "SPDXRef-a", "name": "a"}]}, "/packages/0: no downloadLocation"),
        ({"packages": [{"SPDXID": "a b", "name": "a", "downloadLocation": "NONE"}]}, "'a b'"),
        (
            {
                "relationships": [
                    {
                        "spdxElementId": "SPDXRef-DOCUMENT",
                        "relationshipType": "DESCRIBES",
                        "relatedSpdxElement": "SPDXRef-ghost",
                    }
                ]
            },
            "SPDXRef-ghost",
        ),
        (
            {
                "packages": [
                    {
                        "SPDXID": "SPDXRef-a",
                        "name": "a",
                        "downloadLocation": "NONE",
                        "licenseDeclared": "LicenseRef-x",
                    }
                ]
            },
            "LicenseRef-x has no text",
        ),
    ],
)
def test_validation_when_spdx_is_wrong_then_says_what(change, what):
    valid = json.loads(build_bom(scan(), "1", encoding="spdx"))
    assert validate_bom(json.dumps(valid).encode()) == []
    errors = validate_bom(json.dumps(valid | change).encode())
    assert any(what in error for error in errors), errors


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=1, max_size=20), st.text(max_size=20))
def test_spdx_when_texts_are_arbitrary_then_accepted(name, licence):
    spdx(scan(replace(component("safe"), name=name, version=name, licence=licence), name=name))
