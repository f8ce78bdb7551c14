import json

import pytest
from bom_rows import COMMIT, component, composition_of, edge, properties, scan, unknown

from sbom.bom import SPEC_VERSIONS, build_bom, write_document
from sbom.bom_merge import merge_boms
from sbom.bom_validation import validate_bom
from sbom.model import Scope, UnknownKind

SHARED = "pkg:npm/left-pad@1.0.0"


def document(*rows, **facts):
    return json.loads(build_bom(scan(*rows, **facts), "1"))


def merged(spec_version="1.6", **documents):
    found = merge_boms(documents, "acme", "1", spec_version)
    for encoding in ("json", "xml", "spdx"):
        assert validate_bom(write_document(found, encoding)) == []
    return found


def two():
    one = component("left-pad", scope=Scope.EXCLUDED, direct=True, licence="MIT", line=3)
    other = component("left-pad", scope=Scope.REQUIRED, direct=False, licence="MIT OR ISC", path="x/y.lock")
    app = component("app", path="x/y.lock")
    return {
        "shop": document(one, commit="1" * 40),
        "bank": document(
            other,
            app,
            edges=[edge(app.purl, other.purl, "x/y.lock"), edge(None, app.purl, "x/y.lock")],
            unknowns=[unknown(UnknownKind.BROKEN, "not JSON", "b.lock")],
            committed_at=1_800_000_000,
        ),
    }


def the(found, ref):
    (entry,) = [entry for entry in found["components"] if entry["bom-ref"] == ref]
    return entry


def test_package_when_two_repositories_name_it_then_one_component_with_all_occurrences():
    entry = the(merged(**two()), SHARED)
    assert entry["evidence"]["occurrences"] == [
        {"location": "bank/x/y.lock", "additionalContext": f"bank@{COMMIT}"},
        {"location": "shop/package-lock.json", "line": 3, "additionalContext": "shop@" + "1" * 40},
    ]
    assert entry["scope"] == "required"
    assert properties(entry, "chainatlas:direct") == ["true"]
    named = [choice["license"] for choice in entry["licenses"]]
    assert sorted(row.get("id", row.get("name")) for row in named) == ["MIT", "MIT OR ISC"]


def test_graph_when_merged_then_owner_repositories_packages():
    found = merged(**two())
    edges = {row["ref"]: row.get("dependsOn", []) for row in found["dependencies"]}
    bank, shop = f"bank@{COMMIT}", "shop@" + "1" * 40
    assert edges["owner:acme"] == [bank, shop]
    assert edges[bank] == ["pkg:npm/app@1.0.0"]
    assert edges[shop] == [SHARED]
    assert edges["pkg:npm/app@1.0.0"] == [SHARED]
    assert the(found, shop)["type"] == "application"
    assert composition_of(found, "owner:acme")[0] == "complete"
    assert composition_of(found, bank)[0] == "incomplete"


def test_metadata_when_merged_then_latest_time_and_what_could_not_be_read():
    metadata = merged(**two())["metadata"]
    assert metadata["timestamp"].startswith("2027-01-15")
    assert properties(metadata, "chainatlas:unreadable") == ["bank/b.lock: not JSON"]


@pytest.mark.parametrize("version", SPEC_VERSIONS)
def test_bytes_when_merged_in_another_order_then_equal(version):
    documents = two()
    turned = dict(reversed(documents.items()))
    assert merged(version, **documents) == merged(version, **turned)


def test_one_repository_when_merged_then_its_packages_are_as_they_were():
    alone = document(component("a", licence="MIT OR ISC", hashes=("SHA-1:" + "a" * 40,)), commit=None)
    entry = the(merged(shop=alone), "pkg:npm/a@1.0.0")
    before = alone["components"][0]
    assert {key: entry[key] for key in entry if key != "evidence"} == {
        key: before[key] for key in before if key != "evidence"
    }


def test_makers_when_two_repositories_name_them_then_the_first_supplier_and_all_authors():
    row = component("a", authors=("Li <li@city.example>",))
    other = component("a", supplier="City Soft", authors=("Wang", "Li <li@city.example>"))
    entry = the(merged(bank=document(row), shop=document(other)), "pkg:npm/a@1.0.0")
    assert entry["supplier"] == {"name": "City Soft"}
    assert entry["authors"] == [{"name": "Li", "email": "li@city.example"}, {"name": "Wang"}]
