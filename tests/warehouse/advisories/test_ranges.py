"""Ranges as intervals: what the evaluation of the OSV schema says of every version."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.advisories.ranges import affected_intervals
from warehouse.versions import keys_of, version_key

KINDS = ("introduced", "fixed", "last_affected", "limit")
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(KINDS), st.sampled_from(["0", "1.0.0", "1.5.0", "2.0.0", "2.0.0-rc.1", "3.0.0"])
    ),
    min_size=1,
    max_size=6,
)
VERSIONS = [
    "0.0.0-0",
    "0.0.0",
    "0.9.0",
    "1.0.0",
    "1.0.1",
    "1.5.0",
    "2.0.0-rc.1",
    "2.0.0",
    "2.1.0",
    "3.0.0",
    "4.0.0",
]


def affected(events: list[dict[str, str]], version: str) -> bool:
    keys = keys_of("semver", [value for event in events for value in event.values()])
    key = version_key("semver", version).key
    return any(each.lower_key <= key < each.upper_key for each in affected_intervals(events, keys))


def evaluate(events: list[dict[str, str]], version: str) -> bool:
    """The pseudo-code of the schema, written down as it stands there.

    It leaves the order of events of one version open: as written, but `last_affected` at the end, for it
    speaks of what comes after the version.
    """
    key = {value: version_key("semver", value).key for event in events for value in event.values()}
    key["0"] = ""
    own = version_key("semver", version).key
    limits = [event["limit"] for event in events if "limit" in event]
    if limits and not any(own < key[limit] for limit in limits):
        return False
    vulnerable = False
    for event in sorted(
        events, key=lambda event: (key[next(iter(event.values()))], "last_affected" in event)
    ):
        [(kind, value)] = event.items()
        if kind == "introduced" and own >= key[value]:
            vulnerable = True
        if (kind == "fixed" and own >= key[value]) or (kind == "last_affected" and own > key[value]):
            vulnerable = False
    return vulnerable


@given(EVENTS, st.sampled_from(VERSIONS))
def test_interval_when_events_are_any_then_says_what_the_evaluation_says(
    events: list[tuple[str, str]], version: str
) -> None:
    # A limit or a fix at 0 names the version 0 and not the beginning of all.
    written = [{kind: value} for kind, value in events if kind == "introduced" or value != "0"]
    assert affected(written, version) == evaluate(written, version)


@pytest.mark.parametrize(
    ("events", "inside", "outside"),
    [
        ([{"introduced": "0"}], ["0.0.0-0", "9.0.0"], []),
        ([{"introduced": "0"}, {"fixed": "1.5.0"}], ["1.4.9", "1.5.0-rc.1"], ["1.5.0", "1.5.0+build"]),
        ([{"introduced": "1.0.0"}, {"last_affected": "1.5.0"}], ["1.0.0", "1.5.0"], ["1.5.1-rc.1", "0.9.0"]),
        ([{"introduced": "1.0.0"}, {"fixed": "1.0.0"}], [], ["0.9.0", "1.0.0", "2.0.0"]),
        ([{"introduced": "2.0.0"}, {"fixed": "1.0.0"}], ["2.0.0"], ["1.0.0", "1.5.0"]),
        ([{"introduced": "0"}, {"limit": "2.0.0"}], ["1.9.9"], ["2.0.0"]),
        ([{"introduced": "0"}, {"limit": "*"}], ["9.0.0"], []),
        (
            [{"introduced": "3.0.0"}, {"fixed": "3.2.0"}, {"introduced": "1.0.0"}, {"fixed": "1.5.0"}],
            ["1.2.0", "3.1.0"],
            ["1.5.0", "2.0.0", "3.2.0"],
        ),
    ],
)
def test_range_when_read_then_versions_are_inside_and_outside(
    events: list[dict[str, str]], inside: list[str], outside: list[str]
) -> None:
    assert [version for version in inside if not affected(events, version)] == []
    assert [version for version in outside if affected(events, version)] == []


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([{"introduced": "1.0.0"}], ("1.0.0", None, None, True)),
        ([{"introduced": "1.0.0"}, {"fixed": "2.0.0"}], ("1.0.0", "2.0.0", None, True)),
        ([{"introduced": "1.0.0"}, {"last_affected": "2.0.0"}], ("1.0.0", None, "2.0.0", True)),
        ([{"introduced": "1.0.0"}, {"fixed": "2.0.0"}, {"limit": "2.0.0"}], ("1.0.0", "2.0.0", None, True)),
        ([{"introduced": "1.0.0"}, {"fixed": "2.0.0"}, {"limit": "1.5.0"}], ("1.0.0", None, None, True)),
        ([{"introduced": "1.0.0"}, {"fixed": "2.0.0"}, {"limit": "*"}], ("1.0.0", "2.0.0", None, True)),
        ([{"introduced": "0"}, {"fixed": "2.0.0.x"}], ("0", "2.0.0.x", None, False)),
        ([{"introduced": "0"}, {"fixed": "2.0.0"}, {"limit": "1.0.x"}], ("0", None, None, False)),
    ],
)
def test_interval_when_it_ends_then_says_by_what_and_whether_its_bounds_are_certain(
    events: list[dict[str, str]], expected: tuple[str, str | None, str | None, bool]
) -> None:
    keys = keys_of("semver", [value for event in events for value in event.values()])
    [interval] = affected_intervals(events, keys)
    assert (interval.introduced, interval.fixed, interval.last_affected, interval.confident) == expected
