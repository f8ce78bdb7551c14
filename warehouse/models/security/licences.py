"""Licence texts of manifests as SPDX expressions, their category, and whether two of them go together.

The expressions are those of license-expression, which knows the SPDX list and ScanCode LicenseDB; categories
and pairs are data, `licence_policy.yaml`.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

UNKNOWN = "unknown"
_MOST_CHARACTERS = 1000
"""A longer text is a licence's wording or hostile; it is not parsed as an expression."""
_ORDER = {"ok": 0, "check": 1, "conflict": 2}


@cache
def policy() -> Mapping[str, Any]:
    """The content of `licence_policy.yaml`."""
    text = Path(__file__).with_name("licence_policy.yaml").read_text("utf-8")
    loaded: Mapping[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)  # a safe loader, in C
    return loaded


@cache
def _licensing() -> Any:
    from license_expression import get_spdx_licensing  # noqa: PLC0415  # reads 2,500 licences

    return get_spdx_licensing()


@cache
def _licence_database() -> Mapping[str, str]:
    """Category of ScanCode LicenseDB by SPDX id, further SPDX ids and key."""
    content = (files("license_expression") / "data" / "scancode-licensedb-index.json").read_bytes()
    found: dict[str, str] = {}
    for entry in json.loads(content):
        for name in (entry["spdx_license_key"], entry["license_key"], *entry["other_spdx_license_keys"]):
            if name:
                found.setdefault(name, entry["category"])
    return found


@cache
def normalise(text: str | None) -> str | None:
    """The SPDX expression that a text means, ids in their own spelling; null if it means none."""
    stripped = (text or "").strip()
    if not stripped or len(stripped) > _MOST_CHARACTERS or stripped in ("NONE", "NOASSERTION"):
        return None
    aliases = {name.lower(): licence for name, licence in policy()["aliases"].items()}
    alias: str | None = aliases.get(stripped.lower())
    if alias is not None:
        return alias
    try:
        parsed = _licensing().validate(stripped)
    except Exception:  # the library fails in many ways on input that is no expression
        return None
    return str(parsed.normalized_expression) if not parsed.errors else None


@cache
def category(expression: str | None) -> str:
    """The category of an expression; `unknown` where there is none or a part of it is not known."""
    if expression is None:
        return UNKNOWN
    ranks = {name: rank for rank, name in enumerate(policy()["categories"])}
    return _evaluate(expression, _category_of, lambda names: min(names, key=ranks.__getitem__), _last(ranks))


def _last(ranks: Mapping[str, int]) -> Callable[[Iterable[str]], str]:
    return lambda names: max(names, key=ranks.__getitem__)


def _category_of(name: str) -> str:
    licences, broad = policy()["licences"], policy()["licensedb"]
    base, _, exception = name.partition(" WITH ")
    if exception and base not in licences:
        # an exception takes something back: its own category is that of the whole
        base = exception
    found = licences.get(base) or broad.get(_licence_database().get(base, ""), UNKNOWN)
    return str(found)


def compatibility(own: str, component: str) -> str:
    """`ok`, `check` or `conflict`, for a component of one expression in a product of another.

    Of a component's alternatives the best one counts. A product that offers alternatives must satisfy each.
    """
    return _evaluate(own, lambda name: _against(name, component), _worst, _worst)


def _against(own: str, component: str) -> str:
    return _evaluate(component, lambda name: _pair(own, name), _best, _worst)


def _pair(own: str, component: str) -> str:
    listed = policy()["by_licence"].get(own, {}).get(component)
    if listed is None:
        listed = policy()["by_category"].get(_category_of(own), {}).get(_category_of(component), "ok")
    return "ok" if own == component else str(listed)


def _best(verdicts: Iterable[str]) -> str:
    return min(verdicts, key=_ORDER.__getitem__)


def _worst(verdicts: Iterable[str]) -> str:
    return max(verdicts, key=_ORDER.__getitem__)


def _evaluate(
    expression: str,
    leaf: Callable[[str], str],
    either: Callable[[list[str]], str],
    both: Callable[[list[str]], str],
) -> str:
    """The value of an expression, from the values of its licences."""
    parsed = _licensing().parse(expression)
    if parsed is None:
        return leaf(expression)

    def value(node: Any) -> str:
        if node.__class__.__name__ == "OR":
            return either([value(part) for part in node.args])
        if node.__class__.__name__ == "AND":
            return both([value(part) for part in node.args])
        return leaf(str(node))

    return value(parsed)
