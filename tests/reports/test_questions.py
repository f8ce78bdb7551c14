"""The paths of docs/questions.md exist: each answer stands at most three clicks from the first page."""

import re
from pathlib import Path

import pytest

from reports.figures import figures
from reports.site import SECTIONS
from reports.texts import Words

PAGE = Path(__file__).parents[2] / "docs" / "questions.md"
ANSWERS = {
    "verdict and why": ("segment", "segment_verdict"),
    "the panorama": ("chain", "chain_map"),
    "demanders, suppliers": ("segment", "segment_matches"),
    "the flow enterprise": ("chain", "upstream_flow"),
    "heat map of parks": ("chain", "park_chain"),
    "the component's record": ("component", "component_advisories"),
    "exposures with decision": ("security", "exposure_decisions"),
    "blast-radius explorer": ("security", "blast_radius"),
    "migration plan": ("crypto", "crypto_migration"),
    "certificates by expiry": ("crypto", "certificate_expiry"),
    "contributions by year": ("enterprise", "enterprise_contribution"),
    "give-back balance": ("contribution", "giveback"),
    "health cards": ("contribution", "community_health"),
    "map of districts": ("contribution", "talent_district"),
    "communities to join": ("segment", "segment_upstreams"),
}


def questions() -> list[tuple[str, str, str]]:
    rows = re.findall(r"^\| ([^|]+\?) \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return [(question, path, answer) for question, path, answer in rows]


def test_questions_when_counted_then_each_reader_has_five_of_at_most_three_clicks() -> None:
    found = questions()
    assert len(found) == 15
    for question, path, _ in found:
        for way in path.split(" or "):
            assert 1 <= way.count("(") <= 3, question


@pytest.mark.parametrize(("question", "path", "answer"), questions(), ids=lambda value: value[:40])
def test_question_when_its_path_is_followed_then_the_figure_that_answers_it_stands_there(
    question: str, path: str, answer: str
) -> None:
    [(section, name)] = [place for words, place in ANSWERS.items() if words in answer]
    assert {figure.name: figure.section for figure in figures()}[name] == section
    menu = {Words("zh-CN")(f"section.{part}"): part for part in SECTIONS}
    first = re.match(r"\(([^)]*)\)", path)[1]
    if first in menu and section in SECTIONS:
        assert menu[first] == section
