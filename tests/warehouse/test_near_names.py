"""Names that are close to a better-known one, and those that only seem so."""

import pytest

from warehouse.models.core.near_names import find_near_names

KNOWN = ["lodash", "requests", "cross-env", "react", "preact", "log4j", "vue"]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("lodahs", "lodash"),
        ("lodas", "lodash"),
        ("lodashh", "lodash"),
        ("request", "requests"),
        ("crossenv", "cross-env"),
        ("cross_env", "cross-env"),
        ("preact", None),
        ("log4j2", None),
        ("vuee", None),
        ("lodash", None),
        ("ldoasg", None),
        ("unrelated", None),
    ],
)
def test_name_when_compared_then_one_edit_or_separators_make_it_near(name: str, near: str | None) -> None:
    assert find_near_names([name], KNOWN).get(name) == near
