"""What a parser may write of one file is bounded, and each bound is told."""

import pytest

from sbom.limits import DEFAULT_LIMITS
from sbom.lockfiles.findings import LONGEST_REASON, MOST_ALIKE, MOST_UNKNOWNS, Findings
from sbom.model import UnknownKind

BROKEN, LIMIT = UnknownKind.BROKEN, UnknownKind.LIMIT


@pytest.fixture
def findings():
    return Findings("a.lock", "some-lock", "1", DEFAULT_LIMITS)


@pytest.mark.parametrize(
    ("count", "more"), [(0, []), (MOST_ALIKE, []), (MOST_ALIKE + 2, ["2 more like: line 1"])]
)
def test_unknowns_when_alike_then_the_first_are_listed_and_the_others_counted(findings, count, more):
    findings.alike(BROKEN, [(number, f"line {number}") for number in range(1, count + 1)])
    listed = [(number, f"line {number}") for number in range(1, min(count, MOST_ALIKE) + 1)]
    assert [(row.line, row.reason) for row in findings.unknowns] == [
        *listed,
        *((None, text) for text in more),
    ]


def test_unknowns_when_there_is_no_end_of_them_then_they_are_cut_and_the_limit_is_one(findings):
    for number in range(MOST_UNKNOWNS):
        findings.unknown(BROKEN, "a line", number)
    assert {row.kind for row in findings.unknowns} == {BROKEN}
    for number in range(3):
        findings.unknown(BROKEN, "one more", number)
    assert len(findings.unknowns) == MOST_UNKNOWNS + 1
    assert (findings.unknowns[-1].kind, findings.unknowns[-1].line) == (LIMIT, None)


def test_reason_when_an_address_in_it_has_a_long_token_then_it_goes_before_the_text_is_cut(findings):
    token = "hunter2" * LONGEST_REASON
    findings.unknown(BROKEN, f"asks https://aws:{token}@host.example/a?key={token} for " + "x" * 1000)
    assert findings.unknowns[0].reason == "asks https://host.example/a for ".ljust(LONGEST_REASON, "x")
