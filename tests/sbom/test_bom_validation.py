import json

import pytest

from sbom.bom_validation import validate_bom


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"components": [{"type": "library"}]}, "/components/0"),
        ({"components": [{"type": "package", "name": "a"}]}, "/components/0/type"),
        (
            {"components": [{"type": "library", "name": "a", "licenses": [{"license": {"id": "MITT"}}]}]},
            "/components/0/licenses",
        ),
        (
            {"components": [{"type": "library", "name": "a", "hashes": [{"alg": "MD5", "content": "12"}]}]},
            "/components/0/hashes/0/content",
        ),
        ({"signature": {"value": 1}}, "/signature"),
        ({"compositions": [{"aggregate": "perhaps"}]}, "/compositions/0/aggregate"),
        ({"unheard": 1}, ""),
        (
            {
                "components": [
                    {"type": "library", "name": "a", "bom-ref": "x"},
                    {"type": "library", "name": "b", "bom-ref": "x"},
                ]
            },
            "/",
        ),
        ({"compositions": [{"aggregate": "complete", "dependencies": ["ghost"]}]}, "/compositions/0"),
        ({"dependencies": [{"ref": "ghost"}]}, "/dependencies/0"),
        ({"specVersion": "1.5"}, "/specVersion"),
    ],
)
def test_validation_when_a_rule_is_broken_then_names_the_place(change, place):
    valid = {"bomFormat": "CycloneDX", "specVersion": "1.6"}
    assert validate_bom(json.dumps(valid).encode()) == []
    errors = validate_bom(json.dumps(valid | change).encode())
    assert any(error.startswith(f"{place}: ") for error in errors), errors


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_validation_when_no_bom_at_all_then_says_so(content):
    assert len(validate_bom(content)) == 1
