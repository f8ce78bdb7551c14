"""Every rule finds its positive example and leaves its negative one alone."""

import re
from collections import Counter

import pytest

from sbom.crypto.detect import Detection
from sbom.crypto.finding_rules import finding_rules, has_few_iterations
from sbom.crypto.languages import languages
from sbom.crypto.prefilter import active_libraries
from sbom.crypto.rulebook import Library, Rule, _library, libraries, libraries_of
from sbom.crypto.source_file import SourceFile

RULES = [(library, rule) for library in libraries() for rule in library.rules]


def matched(library: Library, rule: Rule, language: str, code: str) -> tuple[set[str], set[str]]:
    """Ids of the rules that match anything in the code, and of those that make an occurrence.

    Code in which there is nothing but what a silent rule or a companion says is not parsed by itself.
    """
    active = active_libraries(language, code.encode())
    if (library.companion or rule.silent) and library.name not in active:
        active += (library.name,)
    detection = Detection(SourceFile("x", languages()[language], code), active, None)
    rows = detection.occurrences()
    return {draft.rule.id for draft in detection.drafts}, {row.rule for row in rows}


@pytest.mark.parametrize("library", libraries(), ids=lambda library: library.name)
def test_rule_when_given_its_examples_then_matches_the_positive_one_only(library: Library) -> None:
    wrong = []
    for rule in library.rules:
        for language, code in rule.positive:
            if rule.id not in matched(library, rule, language, code)[0]:
                wrong.append(f"{rule.id} does not match {code!r}")
        for language, code in rule.negative:
            drafts, rows = matched(library, rule, language, code)
            if rule.id in (drafts if rule.silent or rule.part else rows):
                wrong.append(f"{rule.id} matches {code!r}")
    assert wrong == []


@pytest.mark.parametrize("library", libraries(), ids=lambda library: library.name)
def test_library_when_its_positive_examples_are_read_then_the_prefilter_lets_them_through(
    library: Library,
) -> None:
    if library.companion:
        return
    stopped = [
        rule.id
        for rule in library.rules
        for language, code in rule.positive
        if not rule.silent and library.name not in active_libraries(language, code.encode())
    ]
    assert stopped == []


def test_rules_when_counted_then_every_language_has_some() -> None:
    counts = Counter({name: sum(len(item.rules) for item in libraries_of(name)) for name in languages()})
    assert min(counts.values()) >= 10, counts.most_common()


def test_rules_when_read_then_their_findings_are_known() -> None:
    codes = {rule.finding for _, rule in RULES if rule.finding}
    assert codes <= finding_rules().keys()
    assert has_few_iterations(1000, "PBKDF2")


@pytest.mark.parametrize("finding", finding_rules().values(), ids=finding_rules().keys())
def test_finding_when_read_then_says_why_in_both_languages(finding: dict[str, str]) -> None:
    assert finding["severity"] in ("low", "medium", "high")
    assert finding["source"]
    assert re.search("[一-鿿]", finding["zh"])
    assert not re.search("[一-鿿]", finding["en"])


def rule_called(name: str) -> Rule:
    return next(rule for _, rule in RULES if rule.id == name)


def test_rule_when_it_gives_alternatives_then_all_of_them_are_patterns() -> None:
    paths = {pattern.regex for pattern in rule_called("pycryptodome-hash").patterns}
    assert {path.partition(r"\.")[0] for path in paths} == {"Crypto", "Cryptodome"}


def test_rule_file_when_it_holds_a_key_that_nothing_reads_then_is_refused() -> None:
    data = {"library": "acme", "languages": ["python"], "requires": ["acme"], "rules": []}
    assert _library(data).name == "acme"
    with pytest.raises(ValueError, match="unknown key purls"):
        _library(data | {"purls": ["pkg:pypi/acme"]})
