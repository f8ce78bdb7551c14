"""Declared licences as CycloneDX license choices."""

import json
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from cyclonedx.model.license import DisjunctiveLicense, LicenseAcknowledgement, LicenseExpression
from cyclonedx.schema.schema import SchemaVersion1Dot6

_MAX_EXPRESSION_LENGTH = 1000
"""A longer text is a licence's wording or hostile; it is not parsed as an expression."""
_NO_STATEMENT = frozenset({"", "NONE", "NOASSERTION"})


def licence_choice(declared: Iterable[str]) -> tuple[dict[str, Any], ...]:
    """`licenses` of a package, from what one or several files declare about it; empty if they say nothing.

    An SPDX id becomes `license.id`, an SPDX expression `expression`, any other text a named licence.
    CycloneDX allows an expression only alone: where files disagree, expressions are listed as named licences.
    """
    return _choices(tuple(sorted({text.strip() for text in declared} - _NO_STATEMENT)))


@lru_cache(maxsize=4096)
def _choices(texts: tuple[str, ...]) -> tuple[dict[str, Any], ...]:
    licences = list(dict.fromkeys(_parse(text) for text in texts))
    if len(licences) > 1:
        licences = [
            DisjunctiveLicense(name=licence.value, acknowledgement=licence.acknowledgement)
            if isinstance(licence, LicenseExpression)
            else licence
            for licence in licences
        ]
    return tuple(_choice(licence) for licence in licences)


def _choice(licence: DisjunctiveLicense | LicenseExpression) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(licence.as_json(SchemaVersion1Dot6))  # type: ignore[union-attr]
    return entry if isinstance(licence, LicenseExpression) else {"license": entry}


def _parse(text: str) -> DisjunctiveLicense | LicenseExpression:
    # the SPDX tables take 0.1 s to import, and most lock files name no licence
    from cyclonedx.spdx import fixup_id  # noqa: PLC0415

    declared = LicenseAcknowledgement.DECLARED
    expression = _normalise(text)
    spdx_id = fixup_id(expression or text)
    if spdx_id is not None:
        return DisjunctiveLicense(id=spdx_id, acknowledgement=declared)
    if expression is not None:
        return LicenseExpression(expression, acknowledgement=declared)
    return DisjunctiveLicense(name=text, acknowledgement=declared)


def _normalise(text: str) -> str | None:
    """The SPDX expression with current ids in their own spelling; null if it is none."""
    if len(text) > _MAX_EXPRESSION_LENGTH:
        return None
    try:
        parsed = _spdx_licensing().validate(text)
    except Exception:  # the library fails in many ways on input that is no expression
        return None
    return str(parsed.normalized_expression) if not parsed.errors else None


@cache
def _spdx_licensing() -> Any:
    from license_expression import get_spdx_licensing  # noqa: PLC0415

    return get_spdx_licensing()
