import json
from dataclasses import replace

import pytest
from bom_rows import component, properties, the_component
from cyclonedx.model import HashAlgorithm
from hypothesis import given
from hypothesis import strategies as st

from sbom.bom_components import HASH_DIGITS, legal_url
from sbom.bom_validation import validate_bom
from sbom.model import Scope


def test_component_when_two_files_name_it_then_stands_once_with_two_occurrences():
    row = component("left-pad", path="a/package-lock.json", line=7)
    entry = the_component(row, replace(row, path="b/package-lock.json", line=None), row)
    assert entry["bom-ref"] == entry["purl"] == "pkg:npm/left-pad@1.0.0"
    assert entry["evidence"]["occurrences"] == [
        {"location": "a/package-lock.json", "line": 7},
        {"location": "b/package-lock.json"},
    ]


def test_component_when_in_a_namespace_then_group_and_name():
    entry = the_component(component("core", namespace="@babel"))
    assert (entry["group"], entry["name"], entry["purl"]) == ("@babel", "core", "pkg:npm/%40babel/core@1.0.0")


def test_component_when_only_constrained_then_has_no_version():
    entry = the_component(component("requests", None, type="pypi", constraint=">=2"))
    assert "version" not in entry
    assert entry["purl"] == "pkg:pypi/requests"
    assert properties(entry, "chainatlas:constraint") == [">=2"]


@pytest.mark.parametrize(
    ("scopes", "merged"),
    [
        ([Scope.EXCLUDED, Scope.REQUIRED, Scope.OPTIONAL], "required"),
        ([Scope.EXCLUDED, Scope.OPTIONAL], "optional"),
        ([Scope.EXCLUDED, Scope.EXCLUDED], "excluded"),
        ([None, Scope.REQUIRED], "required"),
        ([None, Scope.EXCLUDED], None),
        ([None, Scope.OPTIONAL], None),
        ([None], None),
    ],
)
def test_scope_when_files_disagree_then_the_strongest_that_is_certain(scopes, merged):
    rows = [component("a", path=f"{number}.lock", scope=scope) for number, scope in enumerate(scopes)]
    assert the_component(*rows).get("scope") == merged


@pytest.mark.parametrize(
    ("claims", "merged"), [([True, False, None], ["true"]), ([False, False], ["false"]), ([False, None], [])]
)
def test_direct_when_files_disagree_then_transitive_only_if_all_say_so(claims, merged):
    rows = [component("a", path=f"{number}.lock", direct=claim) for number, claim in enumerate(claims)]
    assert properties(the_component(*rows), "chainatlas:direct") == merged


def test_hashes_when_files_name_several_then_merged_and_foreign_ones_kept_as_property():
    entry = the_component(
        component("a", path="1", hashes=("SHA-256:" + "AB" * 32, "h1:R4cHqaU6CqbJ9Yg=")),
        component("a", path="2", hashes=("SHA-256:" + "ab" * 32, "MD5:" + "0" * 32, "SHA-256:abcd")),
    )
    assert entry["hashes"] == [
        {"alg": "MD5", "content": "0" * 32},
        {"alg": "SHA-256", "content": "ab" * 32},
    ]
    assert properties(entry, "chainatlas:hash") == ["SHA-256:abcd", "h1:R4cHqaU6CqbJ9Yg="]


def test_hash_algorithms_are_those_of_the_library_for_this_version_of_cyclonedx():
    since_1_7 = {"Streebog-256", "Streebog-512"}
    assert set(HASH_DIGITS) == {algorithm.value for algorithm in HashAlgorithm} - since_1_7


@pytest.mark.parametrize(
    ("declared", "choice"),
    [
        ("MIT", {"license": {"id": "MIT"}}),
        (" mit ", {"license": {"id": "MIT"}}),
        ("GPL-2.0+", {"license": {"id": "GPL-2.0-or-later"}}),
        ("(MIT OR Apache-2.0)", {"expression": "MIT OR Apache-2.0"}),
        ("mit and (isc or bsd-2-clause)", {"expression": "MIT AND (ISC OR BSD-2-Clause)"}),
        (
            "GPL-2.0-only WITH Classpath-exception-2.0",
            {"expression": "GPL-2.0-only WITH Classpath-exception-2.0"},
        ),
        ("BSD", {"license": {"name": "BSD"}}),
        ("MIT AND", {"license": {"name": "MIT AND"}}),
        ("SEE LICENSE IN terms.txt", {"license": {"name": "SEE LICENSE IN terms.txt"}}),
        ("木兰宽松许可证", {"license": {"name": "木兰宽松许可证"}}),
    ],
)
def test_licence_when_declared_then_id_expression_or_name(declared, choice):
    (entry,) = the_component(component("a", licence=declared))["licenses"]
    (body,) = (entry.get("license", entry),)
    assert body.pop("acknowledgement") == "declared"
    assert entry == choice


@pytest.mark.parametrize("declared", [None, "", "NOASSERTION", "NONE"])
def test_licence_when_nothing_is_stated_then_absent(declared):
    assert "licenses" not in the_component(component("a", licence=declared))


def test_licence_when_files_disagree_about_an_expression_then_named_licences():
    entry = the_component(
        component("a", path="1", licence="MIT"), component("a", path="2", licence="ISC OR MIT")
    )
    assert [choice["license"] for choice in entry["licenses"]] == [
        {"acknowledgement": "declared", "name": "ISC OR MIT"},
        {"acknowledgement": "declared", "id": "MIT"},
    ]


@pytest.mark.parametrize(
    ("source", "reference"),
    [
        ("https://registry.example/a.tgz", ("distribution", "https://registry.example/a.tgz")),
        ("git+https://code.example/o/a@1a2b", ("vcs", "git+https://code.example/o/a@1a2b")),
        ("https://code.example/o/a.git#1a2b", ("vcs", "https://code.example/o/a.git#1a2b")),
        ("ssh://git@code.example/o/a", ("vcs", "ssh://git@code.example/o/a")),
        (
            "https://registry.example/a b%zz[1].tgz",
            ("distribution", "https://registry.example/a%20b%25zz%5B1%5D.tgz"),
        ),
    ],
)
def test_source_when_a_url_then_external_reference(source, reference):
    (entry,) = the_component(component("a", source_url=source))["externalReferences"]
    assert (entry["type"], entry["url"]) == reference


@pytest.mark.parametrize(
    "source", ["../packages/a", "git@code.example:o/a.git", "https://h:port/", "http://a#b#c", "\x00"]
)
def test_source_when_no_url_then_property(source):
    entry = the_component(component("a", source_url=source))
    assert "externalReferences" not in entry
    assert properties(entry, "chainatlas:source_url") == [source]


@given(st.text(max_size=60) | st.from_regex(r"https?://[^\n]{0,40}"))
def test_url_when_accepted_then_valid_in_the_schema(text):
    url = legal_url(text)
    if url is not None:
        document = {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "components": [
                {"type": "library", "name": "a", "externalReferences": [{"type": "vcs", "url": url}]}
            ],
        }
        assert validate_bom(json.dumps(document).encode()) == []


def test_version_when_longer_than_the_schema_allows_then_a_property():
    entry = the_component(component("a", "1" * 1025))
    assert "version" not in entry
    assert properties(entry, "chainatlas:version") == ["1" * 1025]


def test_makers_when_files_name_them_then_one_supplier_and_each_author_once_in_order_of_the_files():
    one = component("a", path="z.lock", supplier="City Soft", authors=("Li <li@city.example>", "Wang"))
    other = component("a", path="b.lock", authors=("Wang", "team@city.example"))
    entry = the_component(one, other)
    assert entry["supplier"] == {"name": "City Soft"}
    assert entry["authors"] == [
        {"name": "Wang"},
        {"email": "team@city.example"},
        {"name": "Li", "email": "li@city.example"},
    ]
    assert the_component(other, one) == entry


def test_makers_when_no_file_names_them_then_absent():
    assert {"supplier", "authors"}.isdisjoint(the_component(component("a")))
