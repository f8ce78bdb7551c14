import pytest
from hypothesis import given
from hypothesis import strategies as st

from sbom.lockfiles.version_ranges import allows


@pytest.mark.parametrize(
    ("constraint", "version", "expected"),
    [
        ("^1.2", "1.9", True),
        ("^1.2", "2.0", False),
        ("^0.2.3", "0.2.9", True),
        ("^0.2.3", "0.3.0", False),
        ("^0", "0.9", True),
        ("~1.2", "1.2.9", True),
        ("~1.2", "1.3", False),
        ("~1", "1.9", True),
        ("~=2.2", "2.9", True),
        ("1.2.*", "1.2.4", True),
        ("1.2.*", "1.3", False),
        ("1.2", "1.2.0", True),
        ("1.2", "1.3", False),
        ("*", "7", True),
        (None, "7", True),
        (">=1,<2 || >=3", "3.1", True),
        (">=1,<2 || >=3", "2.5", False),
        ("nonsense", "1.0", True),
        (">=1", "not a version", True),
    ],
)
def test_constraint_when_in_poetrys_notation_then_it_allows_as_poetry_does(constraint, version, expected):
    assert allows(constraint, version) is expected


@pytest.mark.parametrize(
    ("constraint", "version", "expected"),
    [
        ("1.2", "1.9.0", True),
        ("1.2", "2.0.0", False),
        ("0.7", "0.7.3", True),
        ("0.7", "0.8.5", False),
        ("=1.2.3", "1.2.3", True),
        ("=1.2.3", "1.2.4", False),
        (">=1, <3", "2.5.0", True),
        ("1.*", "1.4.0", True),
        ("1.*", "2.0.0", False),
    ],
)
def test_constraint_when_in_cargos_notation_then_a_bare_version_is_a_caret(constraint, version, expected):
    assert allows(constraint, version, bare_means="^") is expected


@given(st.text(max_size=30), st.text(max_size=12))
def test_constraint_when_anything_then_the_answer_is_a_boolean(constraint, version):
    assert allows(constraint, version) in (True, False)
