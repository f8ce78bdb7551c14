"""How much of what a published profile asks for a bill of materials holds, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from sbom.quality.facts import Document, read_facts

_DATA = Path(__file__).with_name("profiles.yaml")
MOST_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """An element that a profile asks for; profiles.yaml describes the fields."""

    element: str
    of: Literal["document", "component"]
    test: str
    source: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A published list of what a bill of materials must hold."""

    id: str
    title: str
    elements: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """How far one element is there: 0–100, null where it is not applicable.

    `having` of `asked` components have it; both are null for elements of the document. `missing` are examples
    of components without it.
    """

    wanted: Wanted
    score: float | None
    having: int | None = None
    asked: int | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """The scores of all elements, and their mean; null if none is applicable."""

    profile: Profile
    score: float | None
    scores: tuple[Score, ...]


@cache
def profiles() -> Mapping[str, Profile]:
    """All profiles by id."""
    data = yaml.safe_load(_DATA.read_text("utf-8"))
    return {
        name: Profile(name, entry["title"], tuple(Wanted(**row) for row in entry["elements"]))
        for name, entry in data.items()
    }


def assess_bom(document: dict[str, Any], profile: Profile) -> Assessment:
    """Score a CycloneDX or SPDX 2 document, as a JSON object, by a profile."""
    facts = read_facts(document)
    scores = tuple(_score(wanted, facts) for wanted in profile.elements)
    applicable = [score.score for score in scores if score.score is not None]
    return Assessment(profile, sum(applicable) / len(applicable) if applicable else None, scores)


def _score(wanted: Wanted, facts: Document) -> Score:
    if wanted.of == "document":
        answer = getattr(facts, wanted.test)
        return Score(wanted, None if answer is None else 100.0 * answer)
    answers = [(element.label, getattr(element, wanted.test)) for element in facts.elements]
    asked = [(label, answer) for label, answer in answers if answer is not None]
    if not asked:
        return Score(wanted, None)
    missing = [label for label, answer in asked if not answer]
    having = len(asked) - len(missing)
    return Score(
        wanted, 100.0 * having / len(asked), having, len(asked), tuple(sorted(missing)[:MOST_EXAMPLES])
    )
