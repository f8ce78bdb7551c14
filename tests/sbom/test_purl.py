"""Package URLs follow the purl specification, and versions stay as written."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from sbom.component_types import component_type
from sbom.purl import identify, split_npm, split_path, with_version


@pytest.mark.parametrize(
    ("coordinates", "purl"),
    [
        (("pypi", None, "Flask_Login"), "pkg:pypi/flask-login"),
        (("npm", "@babel", "core"), "pkg:npm/%40babel/core"),
        (("golang", "github.com/gin-gonic", "gin"), "pkg:golang/github.com/gin-gonic/gin"),
        (("maven", "org.apache.commons", "commons-lang3"), "pkg:maven/org.apache.commons/commons-lang3"),
        (("cargo", "", "serde"), "pkg:cargo/serde"),
    ],
)
def test_coordinates_when_identified_then_purl_is_normalised_by_type(
    coordinates: tuple[str, str | None, str], purl: str
) -> None:
    assert identify(*coordinates).purl == purl


CASES = Path(__file__).parents[1] / "fixtures" / "purl_cases.json"


@pytest.mark.parametrize("case", json.loads(CASES.read_text())["tests"], ids=lambda case: case["description"])
def test_purl_when_built_then_it_is_what_the_rules_of_its_type_say(case: dict[str, Any]) -> None:
    """Cases by the type definitions of the specification, in the shape of its own test suite."""
    type_, namespace, name, version, qualifiers = case["input"].values()
    assert with_version(identify(type_, namespace, name), version, qualifiers) == case["expected_output"]


def test_npm_name_when_it_has_capitals_then_only_the_purl_is_lowered() -> None:
    identity = identify("npm", None, "JSONStream")
    assert identity.name == "JSONStream"
    assert identity.purl == "pkg:npm/jsonstream"
    assert identify("pypi", None, "Django").name == "django"


@pytest.mark.parametrize("name", ["", "/"])
def test_name_when_no_purl_can_carry_it_then_it_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        identify("npm", None, name)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=30))
def test_version_when_written_into_a_purl_then_the_library_reads_it_back(version: str) -> None:
    purl = with_version(identify("npm", None, "left-pad"), version)
    assert purl == PackageURL("npm", None, "left-pad", version).to_string()


def test_version_when_null_then_the_purl_has_none() -> None:
    assert with_version(identify("npm", None, "left-pad"), None) == "pkg:npm/left-pad"


def test_names_when_split_then_scope_and_path_become_the_namespace() -> None:
    assert split_npm("@scope/name") == ("@scope", "name")
    assert split_npm("name") == (None, "name")
    assert split_path("github.com/owner/name") == ("github.com/owner", "name")
    assert split_path("name") == (None, "name")


def test_image_when_a_bom_names_it_then_it_is_a_container():
    assert component_type("docker", "library") == "container"
    assert component_type("oci", None) == "container"
    assert component_type("deb", "debian") == "library"
