"""How gaps are scored and named, as the taxonomy's files of `scoring` say: weights, thresholds, verdicts.

A later file replaces single values of an earlier one, and a verdict of the same id. The rows become the raw
tables `scoring` and `verdict_condition`, which the models of the chain read.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from warehouse.yaml_lines import Document, Fault

POINTS = 100.0
"""What the weights of the terms add up to."""

_CONDITION = re.compile(r"(?P<measure>[a-z_]+) (?P<comparison>>=|<=|<|>|=) (?P<value>[0-9.]+)")


def scoring_rows(documents: Sequence[Document], faults: list[Fault]) -> dict[str, list[dict[str, Any]]]:
    """Rows of `scoring` and `verdict_condition` from the files of all folders, in reading order.

    Adds a fault where the weights do not add up to 100, at the last file that gives one, and where a value or
    the verdicts are missing altogether. Documents that the schema refused are read as far as they fit.
    """
    values: dict[str, dict[str, Any]] = {}
    verdicts: dict[str, list[dict[str, Any]]] = {}
    last_weights: Document | None = None
    for document in documents:
        content = document.value.get("scoring") if isinstance(document.value, dict) else None
        if not isinstance(content, dict):
            continue
        for row in _value_rows(document, content):
            values[row["name"]] = row
        for position, verdict in enumerate(_list(content.get("verdicts"))):
            if isinstance(verdict, dict) and isinstance(verdict.get("id"), str):
                verdicts[verdict["id"]] = list(_condition_rows(document, position, verdict))
        if isinstance(content.get("weights"), dict):
            last_weights = document
    if last_weights is not None and not faults:
        faults += _check_weights(last_weights, values)
    conditions = [
        {"position": position, **row} for position, rows in enumerate(verdicts.values()) for row in rows
    ]
    return {"scoring": list(values.values()), "verdict_condition": conditions}


def _check_weights(document: Document, values: Mapping[str, dict[str, Any]]) -> Iterator[Fault]:
    weights = {name: row["value"] for name, row in values.items() if name.startswith("weights.")}
    total = sum(weights.values())
    if abs(total - POINTS) > 1e-9:
        given = " + ".join(f"{name.partition('.')[2]} {value:g}" for name, value in weights.items())
        yield document.fault(
            ("scoring", "weights"), f"the weights add up to {total:g}, not {POINTS:g}: {given}"
        )


def _value_rows(document: Document, content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for part in ("weights", "saturation", "evidence", "relatedness", "data", "sureness"):
        for key, value in (content.get(part) or {}).items() if isinstance(content.get(part), dict) else ():
            source = _source(document, "scoring", part, key)
            numbers = {f"{part}.{key}": value}
            if isinstance(value, list):  # a set of words: one row for each, 1 = among them
                numbers = {f"{part}.{key}.{word}": 1 for word in value}
            for name, number in numbers.items():
                if isinstance(number, int | float):
                    yield {"name": name, "value": float(number), "source": source}


def _condition_rows(document: Document, index: int, verdict: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    given = verdict.get("name")
    name = given if isinstance(given, dict) else {}
    for clause, conditions in enumerate(_list(verdict.get("any"))):
        for condition in _list(conditions):
            match = _CONDITION.fullmatch(condition) if isinstance(condition, str) else None
            if match is None:
                continue  # the schema has reported it
            yield {
                "verdict_id": verdict["id"],
                "name_zh": name.get("zh"),
                "name_en": name.get("en"),
                "unless_others": bool(verdict.get("unless_others", False)),
                "clause": clause,
                "measure": match["measure"],
                "comparison": match["comparison"],
                "value": float(match["value"]),
                "source": _source(document, "scoring", "verdicts", index),
            }


def _source(document: Document, *keys: str | int) -> str:
    return f"{document.path.parent.name}/{document.path.name}:{document.line(*keys)}"


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
