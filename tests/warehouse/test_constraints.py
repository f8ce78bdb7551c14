"""Which versions a constraint lets in, and how far apart two versions are."""

import pytest

from warehouse.models.security.constraints import admits, distance, is_breaking


@pytest.mark.parametrize(
    ("kind", "constraint", "inside", "outside"),
    [
        ("npm", "^1.2.3", ["1.2.3", "1.9.0"], ["1.2.2", "2.0.0", "2.0.0-rc.1", "1.3.0-rc.1"]),
        ("npm", "^0.2.3", ["0.2.9"], ["0.3.0", "1.0.0"]),
        ("npm", "^0.0.3", ["0.0.3"], ["0.0.4"]),
        ("npm", "~1.2.3", ["1.2.9"], ["1.3.0"]),
        ("npm", "~1.2", ["1.2.0", "1.2.9"], ["1.3.0"]),
        ("npm", "1.x", ["1.0.0", "1.9.9"], ["2.0.0"]),
        ("npm", "*", ["0.0.1", "9.9.9"], ["1.0.0-beta"]),
        ("npm", "1.2.3", ["1.2.3"], ["1.2.4"]),
        ("npm", ">1.2 <=2.1", ["1.3.0", "2.1.9"], ["1.2.9", "2.2.0"]),
        ("npm", ">=1.2.0-rc.1", ["1.2.0-rc.2", "1.3.0"], ["1.2.0-rc.0", "1.3.0-rc.1"]),
        ("npm", "<2.0.0", ["1.9.0"], ["1.9.0-rc.1", "2.0.0-rc.1"]),
        ("cargo", ">1", ["2.0.0"], ["1.9.0"]),
        ("composer", ">1.2", ["1.2.1"], ["1.2.0"]),
        ("npm", "1.2.3 - 2.3.4", ["1.2.3", "2.3.4"], ["1.2.2", "2.3.5"]),
        ("npm", "1.2 - 2.3 || 4.x", ["1.2.0", "2.3.9", "4.0.1"], ["1.1.9", "2.4.0", "2.4.0-rc.1", "3.0.0"]),
        ("composer", "1.0 - 2.0", ["1.0.0", "2.0.9"], ["0.9.9", "2.1.0"]),
        ("hex", ">= 1.2.0 and < 2.0.0 or == 3.0.1", ["1.2.0", "1.9.0", "3.0.1"], ["2.0.0", "3.0.0", "3.0.2"]),
        ("npm", ">= 1.2.0 < 2", ["1.2.0", "1.9.0"], ["2.0.0", "1.1.9"]),
        ("npm", "^1.0.0 || ^3.0.0", ["1.5.0", "3.1.0"], ["2.0.0"]),
        ("npm", "~1", ["1.9.0"], ["2.0.0"]),
        ("npm", "^ 1.2.3", ["1.9.0"], ["2.0.0"]),
        ("npm", ">1.2.3", ["1.2.4"], ["1.2.3"]),
        ("npm", "<=1.2.3", ["1.2.3"], ["1.2.4"]),
        ("npm", "^1.2.3-rc.1", ["1.2.3-rc.2", "1.2.3"], ["1.2.3-beta", "2.0.0-rc.1"]),
        ("npm", "1.2.3-rc.1", ["1.2.3-rc.1"], ["1.2.3", "1.2.3-rc.2"]),
        ("npm", "*", [], ["main"]),
        ("npm", "1.2", ["1.2.0", "1.2.9"], ["1.3.0", "1.1.9", "1.2.1-rc.1"]),
        ("npm", "=1.2", ["1.2.0", "1.2.9"], ["1.3.0"]),
        ("npm", "1.x.3", ["1.0.0", "1.9.9"], ["2.0.0"]),
        ("npm", "^x", ["0.0.1", "9.9.9"], ["1.0.0-beta"]),
        ("npm", ">x", [], ["1.0.0"]),
        ("npm", "<x", [], ["1.0.0"]),
        ("npm", "^1.0.0|^3.0.0", [], ["1.5.0", "3.1.0"]),
        ("cargo", "1.2.3", ["1.2.3", "1.9.0"], ["2.0.0"]),
        ("cargo", "1.2", ["1.2.0", "1.9.0"], ["1.1.9", "2.0.0"]),
        ("cargo", "0.2", ["0.2.9"], ["0.3.0"]),
        ("cargo", "1.2.*", ["1.2.9"], ["1.3.0"]),
        ("cargo", "=1.2", ["1.2.9"], ["1.3.0"]),
        ("cargo", "~1.2", ["1.2.9"], ["1.3.0"]),
        ("composer", "~1.2", ["1.2.0", "1.9.0"], ["1.1.9", "2.0.0"]),
        ("composer", "~1.2.3", ["1.2.9"], ["1.3.0", "1.2.2"]),
        ("composer", ">=1.2,<2.0", ["1.2.0", "1.9.0"], ["1.1.9", "2.0.0"]),
        ("composer", "v1.2.3", ["1.2.3"], ["1.2.4"]),
        ("composer", "~1", ["1.9.0"], ["2.0.0"]),
        ("composer", "1.2", ["1.2.0"], ["1.2.5"]),
        ("composer", "1.2.*", ["1.2.5"], ["1.3.0"]),
        ("composer", "^7.2|^8.0", ["7.4.0", "8.1.0"], ["7.1.0", "9.0.0"]),
        ("npm", "^0.0", ["0.0.9"], ["0.1.0"]),
        ("npm", "^0", ["0.9.0"], ["1.0.0"]),
        ("pub", "^0.0.3", ["0.0.3", "0.0.9"], ["0.1.0", "0.0.2"]),
        ("pub", "^1.2.3", ["1.9.0"], ["2.0.0"]),
        ("hex", "~> 2.0", ["2.0.0", "2.9.0"], ["3.0.0"]),
        ("hex", "~> 2.0.1", ["2.0.9"], ["2.1.0", "2.0.0"]),
        ("pypi", ">=1.2,<2", ["1.2", "1.9"], ["2.0", "1.1"]),
        ("pypi", "~=1.4.2", ["1.4.9"], ["1.5.0"]),
    ],
)
def test_constraint_when_it_is_understood_then_lets_in_what_its_ecosystem_does(
    kind: str, constraint: str, inside: list[str], outside: list[str]
) -> None:
    assert [version for version in inside if not admits(kind, constraint, version)] == []
    assert [version for version in outside if admits(kind, constraint, version)] == []


@pytest.mark.parametrize(
    "constraint", [None, "", "latest", "git+ssh://x", "^a.b", "1 - ", "^1.0||" * 40 + "^1.0", "><"]
)
def test_constraint_when_it_is_not_understood_then_lets_nothing_in(constraint: str | None) -> None:
    assert not admits("npm", constraint, "1.0.0")
    assert not admits("maven", "1.0.0", "1.0.0")


@pytest.mark.parametrize("constraint", [None, "", " "])
def test_constraint_when_it_is_blank_then_lets_nothing_in(constraint: str | None) -> None:
    assert not admits("pypi", constraint, "1.0.0")  # for which PEP 440 would let in everything


@pytest.mark.parametrize(
    ("old", "new", "kind", "breaks"),
    [
        ("1.2.3", "1.2.4", "patch", False),
        ("1.2.3", "1.3.0", "minor", False),
        ("1.2.3", "2.0.0", "major", True),
        ("0.2.3", "0.3.0", "minor", True),
        ("v0.2.3", "0.2.4", "patch", False),
        ("v0.2.3", "0.3.0", "minor", True),
        ("5.6.7.Final", "5.6.8.Final", "patch", False),
        ("1.2.3", "1.2.3-1", "patch", False),
        ("main", "1.0.0", None, None),
        ("1.0.0", None, None, None),
    ],
)
def test_distance_when_versions_have_numbers_then_is_the_first_that_differs(
    old: str, new: str | None, kind: str | None, breaks: bool | None
) -> None:
    assert distance(old, new) == kind
    assert is_breaking(old, new) is breaks
