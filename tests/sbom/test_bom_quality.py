import json
from dataclasses import fields

import pytest
from bom_rows import component, edge, scan
from test_bom_imports import BOMS

from sbom.bom import build_bom
from sbom.imports import decode_bom
from sbom.model import ScanResult
from sbom.quality import assess_bom, profiles
from sbom.quality.facts import Document, Element


def full_scan() -> ScanResult:
    known = component("a", licence="MIT", hashes=("SHA-512:" + "0" * 128,), direct=True)
    bare = component("b", None, direct=True)
    return scan(known, bare, edges=[edge(None, known.purl), edge(None, bare.purl)])


def assessed(result, profile, **arguments):
    found = assess_bom(decode_bom(build_bom(result, "1", **arguments)), profiles()[profile])
    return found, {row.wanted.test: row for row in found.scores}


def test_profiles_when_read_then_each_element_is_a_fact_and_says_where_it_comes_from():
    facts = {
        "document": {field.name for field in fields(Document)},
        "component": {field.name for field in fields(Element)},
    }
    assert len(profiles()) == 4
    for profile in profiles().values():
        for wanted in profile.elements:
            assert wanted.test in facts[wanted.of], wanted
            assert wanted.source
            assert wanted.element


def test_score_when_half_of_the_components_have_an_element_then_half_and_the_others_are_named():
    _, rows = assessed(full_scan(), "cisa-2025")
    assert (rows["hash"].score, rows["hash"].having, rows["hash"].asked) == (50.0, 1, 2)
    assert rows["hash"].missing == ("pkg:npm/b",)
    assert rows["version"].missing == ("pkg:npm/b",)
    assert rows["name"].score == rows["identifier"].score == rows["related"].score == 100.0
    assert rows["supplier"].score == 0.0
    assert rows["tool"].score == rows["timestamp"].score == rows["lifecycle"].score == 100.0
    assert rows["author"].score == 0.0


def test_total_when_all_are_scored_then_the_mean_of_the_applicable():
    for profile in profiles():
        found, _ = assessed(full_scan(), profile, encoding="spdx")
        scores = [row.score for row in found.scores if row.score is not None]
        assert found.score == pytest.approx(sum(scores) / len(scores))
        assert 0 <= found.score <= 100


def test_element_when_the_format_has_no_field_for_it_then_not_applicable():
    _, spdx = assessed(full_scan(), "cisa-2025", encoding="spdx")
    assert spdx["lifecycle"].score is None
    _, bsi = assessed(full_scan(), "bsi-tr-03183-2", encoding="spdx")
    assert bsi["executable"].score is None
    assert bsi["bsi_format"].score == 0.0  # SPDX 2 is no longer accepted


def test_components_when_there_are_none_then_their_elements_are_not_applicable():
    found, rows = assessed(scan(), "ntia-2021")
    assert rows["version"].score is None
    assert found.score is not None


def test_supplier_and_author_when_stated_then_found():
    document = decode_bom(build_bom(full_scan(), "1"))
    document["metadata"]["authors"] = [{"name": "Quality", "email": "q@example.com"}]
    for entry in document["components"]:
        entry["supplier"] = {"name": "ACME", "url": ["https://acme.example"]}
    rows = {row.wanted.test: row.score for row in assess_bom(document, profiles()["bsi-tr-03183-2"]).scores}
    assert (rows["author_contact"], rows["supplier_contact"]) == (100.0, 100.0)
    rows = {row.wanted.test: row.score for row in assess_bom(document, profiles()["ntia-2021"]).scores}
    assert (rows["author"], rows["supplier"]) == (100.0, 100.0)


@pytest.mark.parametrize("encoding", ["json", "xml"])
def test_score_when_written_otherwise_then_equal(encoding):
    expected, _ = assessed(full_scan(), "gbt-47020-2026")
    found, _ = assessed(full_scan(), "gbt-47020-2026", encoding=encoding)
    assert found == expected


def test_bom_of_npm_when_scored_then_hashes_and_licences_are_there():
    for name in ("npm_shop.cdx.json", "npm_shop.spdx.json"):
        rows = {
            row.wanted.test: row.score
            for row in assess_bom(json.loads((BOMS / name).read_bytes()), profiles()["cisa-2025"]).scores
        }
        assert (rows["hash"], rows["licence"], rows["version"], rows["related"]) == (100.0,) * 4, name


@pytest.mark.parametrize("encoding", ["json", "xml", "spdx"])
def test_components_when_their_makers_are_known_then_they_count_as_supplied(encoding):
    rows = (
        component("a", supplier="City Soft"),
        component("b", authors=("Li <li@city.example>",)),
        component("c"),
    )
    for profile in ("ntia-2021", "cisa-2025"):
        _, scores = assessed(scan(*rows), profile, encoding=encoding)
        assert (scores["supplier"].having, scores["supplier"].missing) == (2, ("pkg:npm/c@1.0.0",))
    _, scores = assessed(scan(*rows), "bsi-tr-03183-2", encoding=encoding)
    assert scores["supplier_contact"].having == 1
