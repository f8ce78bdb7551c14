"""The order of the keys is the order of the real tools, and a total one; every text has a key."""

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import InvalidVersion, Version

from warehouse.versions import AFTER_ALL, just_after, keys_of, schemes, version_key
from warehouse.versions.encoding import text_key

FOLDER = Path(__file__).parents[2] / "fixtures" / "version_orders"
SAVED = sorted(path.stem for path in FOLDER.glob("*.tsv"))
CONTRADICTIONS = {("maven", "1.2.3.redhat-2", "1.2.3-b04")}
"""Maven finds 1.2.3.redhat-2 after 1.2.3, 1.2.3-b04 before it, and yet the first before the second."""


def saved_verdicts(scheme: str) -> tuple[list[str], list[tuple[str, str, str]]]:
    """Versions, and the real tool's verdict on each pair; see benchmarks/version_orders.py."""
    lines = (FOLDER / f"{scheme}.tsv").read_text("utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    versions = [version for version, _ in rows]
    verdicts = [
        (version, verdict, versions[i + 1 + j])
        for i, (version, marks) in enumerate(rows)
        for j, verdict in enumerate(marks)
    ]
    return versions, [row for row in verdicts if row[1] != "?"]


def ours(scheme: str, a: str, b: str) -> str:
    x, y = version_key(scheme, a).key, version_key(scheme, b).key
    return "<" if x < y else ">" if x > y else "="


@pytest.mark.parametrize("scheme", SAVED)
def test_pair_when_the_real_tool_has_judged_it_then_our_keys_say_the_same(scheme: str) -> None:
    versions, verdicts = saved_verdicts(scheme)
    assert len(versions) > 20
    assert len(verdicts) > 200
    differing = {(scheme, a, b) for a, verdict, b in verdicts if ours(scheme, a, b) != verdict}
    assert differing == {pair for pair in CONTRADICTIONS if pair[0] == scheme}


NUGET = [
    "1.0.0-0",
    "1.0.0-9",
    "1.0.0-10",
    "1.0.0-alpha",
    "1.0.0-Alpha.1",
    "1.0.0-beta",
    "1.0.0-RC.1",
    "1.0",
    "1.0.0.1",
]
MOVING_TAGS = ["v4", "4.1", "main", "3b1d5b6f8a"]


def test_nuget_when_versions_are_in_order_then_their_keys_are() -> None:
    keys = [version_key("nuget", version).key for version in NUGET]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert ours("nuget", "1.0.0-RC.1", "1.0.0-rc.1") == "="
    assert ours("nuget", "1.0", "1.0.0.0") == "="


@pytest.mark.parametrize("tag", MOVING_TAGS)
def test_action_when_its_version_is_a_moving_tag_then_the_key_is_not_certain(tag: str) -> None:
    assert not version_key("github-actions", tag).confident
    assert version_key("github-actions", "v4.1.0").confident


PEP_440 = st.from_regex(
    r"(?:[0-2]!)?[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}(?:(?:a|b|rc)[0-9])?(?:\.post[0-9])?(?:\.dev[0-9])?(?:\+[a-c0-2](?:\.[0-9a-c]{1,2})?)?",
    fullmatch=True,
)


@given(PEP_440, PEP_440)
def test_python_versions_when_any_two_are_taken_then_the_order_is_that_of_packaging(a: str, b: str) -> None:
    x, y = Version(a), Version(b)
    assert ours("pypi", a, b) == ("<" if x < y else ">" if x > y else "=")


@given(st.text(alphabet=string.ascii_letters + string.digits + ".-_+!* ", max_size=20))
def test_python_version_when_packaging_refuses_it_then_the_key_is_not_certain(text: str) -> None:
    try:
        Version(text)
        is_valid = True
    except InvalidVersion:
        is_valid = False
    assert version_key("pypi", text).confident == is_valid


ANY = st.one_of(
    st.text(max_size=40),
    st.from_regex(r"[vV]?[0-9]{1,30}([.\-_+~:^!][0-9a-zA-Z]{0,12}){0,8}", fullmatch=True),
    st.sampled_from(
        [
            "",
            " ",
            "0",
            "-",
            ".",
            "~",
            "٣.٤",
            "1.0\n",
            "１.０",
            "\x00",
            "\ud800",
            "9" * 5000,
            "1." * 3000,
            "-" * 400,
        ]
    ),
)


@pytest.mark.parametrize("scheme", sorted(schemes()))
@given(text=ANY)
def test_text_when_it_is_absurd_then_it_has_a_key_within_bounds(scheme: str, text: str) -> None:
    key, confident = version_key(scheme, text)
    assert isinstance(confident, bool)
    assert set(key) <= {chr(point) for point in range(0x21, 0x7E)}
    assert "" < key < just_after(key) < AFTER_ALL
    assert version_key(scheme, text).key == key


@pytest.mark.parametrize("scheme", sorted(schemes()))
@given(text=st.text(max_size=20), more=st.text(alphabet="0a.-+", min_size=1, max_size=3))
def test_bound_directly_after_a_version_when_another_is_later_then_lies_between(
    scheme: str, text: str, more: str
) -> None:
    first, second = sorted((version_key(scheme, text).key, version_key(scheme, text + more).key))
    assert first == second or just_after(first) < second


@pytest.mark.parametrize("scheme", sorted(schemes()))
def test_text_when_it_is_no_version_then_stands_before_all_versions(scheme: str) -> None:
    absurd = version_key(scheme, "?? \N{SNOWMAN}")
    assert not absurd.confident
    assert absurd.key < version_key(scheme, "0.0.1").key


def test_text_when_it_is_no_version_then_numbers_count_by_value_and_words_by_letter() -> None:
    names = ["main", "release-9", "release-9-more", "release-10", "r\N{LATIN SMALL LETTER E WITH ACUTE}lease"]
    assert sorted(names, key=lambda name: version_key("semver", name).key) == names
    assert version_key("semver", " Main ") == version_key("semver", "main")
    for scheme, first in (("cran", "0"), ("pypi", "0.dev0"), ("semver", "0-0")):
        assert version_key(scheme, "main").key < version_key(scheme, first).key


@given(st.text(max_size=5), st.text(max_size=5))
def test_word_when_any_two_are_taken_then_the_order_is_by_code_points(a: str, b: str) -> None:
    assert (text_key(a) < text_key(b)) == (a < b)


FORMS = [
    ("alpine", "1.2.3b_rc1-r4", True),
    ("alpine", "1.2-r", False),
    ("composer", "1.2.3-beta2", True),
    ("composer", "1.2.x-dev", True),
    ("composer", "2024.01.02", True),
    ("composer", "dev-main", False),
    ("cran", "1.2-3", True),
    ("cran", "1.2a", False),
    ("debian", "1:1.2.11+dfsg-2", True),
    ("debian", "1:2:3", True),
    ("debian", "x1", False),
    ("debian", "a:1", False),
    ("debian", "1:", False),
    ("gem", "1.2.pre.3", True),
    ("gem", "1..2", False),
    ("hackage", "1.2-tag", True),
    ("hackage", "1.x", False),
    ("maven", "1.0-alpha-1", True),
    ("maven", "latest", False),
    ("maven", "1.0-\N{LATIN SMALL LETTER E WITH ACUTE}", False),
    ("nuget", "1.2.3.4", True),
    ("rpm", "1:1.2-3.el9", True),
    ("rpm", "1-2-3", False),
    ("rpm", "1:", False),
    ("semver", "v10.20.30-rc.10+b.2", True),
    ("semver", "1.2", True),
    ("semver", "1.2.0.x", False),
    ("semver", "1_2", False),
    ("alpine", " 1.2 ", True),
    ("alpine", ".1", False),
    ("alpine", "1.2~", False),
    ("composer", " 1.0 as 2.0", True),
    ("composer", "dev-main as 1.0", False),
    ("cran", " 1.2 ", True),
    ("cran", "1", True),
    ("cran", "1..2", False),
    ("debian", "1.2-", True),
    ("debian", ":1", False),
    ("gem", "", True),
    ("gem", "1.2-", False),
    ("gem", "1-a..b", False),
    ("hackage", "1..2", False),
    ("hackage", "1-", False),
    ("pypi", " v1!2.0-alpha1.post2.dev3+local.1 ", True),
    ("pypi", "1.0-1", True),
    ("rpm", ":1.2-", True),
    ("semver", "1", True),
    ("semver", "=1.2 ", True),
    ("semver", "1.2.3-rc", True),
    ("semver", "1.2.3+", True),
    ("semver", "1.2.3-", False),
    ("semver", "1.2.3-a..b", False),
    ("pypi", "1." * 249 + "10", True),
    ("pypi", "1." * 249 + "100", False),
]


@pytest.mark.parametrize(("scheme", "version", "confident"), FORMS)
def test_version_when_it_has_the_form_of_its_ecosystem_then_its_key_is_certain(
    scheme: str, version: str, confident: bool
) -> None:
    assert version_key(scheme, version).confident == confident
    assert keys_of(scheme, [version]) == {version: version_key(scheme, version)}


def test_keys_when_asked_for_many_versions_then_each_is_as_alone() -> None:
    versions = ["1.0", "2.0", "1.0", "x" * 600]
    assert keys_of("pypi", versions) == {version: version_key("pypi", version) for version in versions}


@pytest.mark.parametrize(
    ("scheme", "a", "verdict", "b"),
    [
        ("composer", "1.0@dev", "=", "1.0"),
        ("composer", "1.0@stable", "=", "1.0"),
        ("composer", "1.0@RC", "=", "1.0"),
        ("composer", "1.0@beta", "=", "1.0"),
        ("composer", "1.0@alpha", "=", "1.0"),
        ("composer", "1.0+build", "=", "1.0"),
        ("composer", " v1.0 as 2.0", "=", "1"),
        ("composer", "1.x-dev", ">", "1.99.0"),
        ("composer", "1.x-dev", "<", "2.0-alpha"),
        ("composer", "1.2.x-dev", "<", "1.x-dev"),
        ("cran", " 1.2 ", "=", "1-2"),
        ("maven", " 1.0 ", "=", "1"),
        # ComparableVersion: a word stands before a list, a list before a number, a zero is nothing
        ("maven", "1.alpha.1", "<", "1-alpha"),
        ("maven", "1.0.alpha.1", ">", "1-alpha"),
        ("maven", "1.0.alpha.1", "<", "1"),
        ("maven", "1.0.alpha.1", "<", "1.0.0.alpha.1"),
        ("maven", "1-0.alpha.1", "<", "1"),
        ("maven", "1rc.2", "=", "1-rc.2"),
        ("pypi", "1.0.post-2", "=", "1.0.post2"),
        ("pypi", "1.0.dev_3", "=", "1.0.dev3"),
        ("semver", "=v1_2", "=", "1_2"),
        ("semver", "1.2_rc+b", "=", "1.2-rc"),
        ("semver", "1.2.-rc", "=", "1.2-rc"),
        ("semver", "1_2+a\nb", "=", "1_2"),
        ("pypi", "1.0RC1+ABC", "=", "1.0-rc.1+abc"),
    ],
)
def test_pair_when_it_is_written_otherwise_then_the_order_is_as_meant(
    scheme: str, a: str, verdict: str, b: str
) -> None:
    assert ours(scheme, a, b) == verdict
