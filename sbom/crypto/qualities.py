"""What a text says of an algorithm: its name, or one of its qualities by the role of the argument."""

import re
from dataclasses import replace

from sbom.crypto.algorithms import Algorithm
from sbom.crypto.catalogue import (
    resolve_algorithm,
    resolve_curve,
    resolve_digest,
    resolve_mode,
    resolve_padding,
)
from sbom.crypto.draft import Draft
from sbom.crypto.tls_suites import named_tables

_CURVE_LIST = re.compile(r"[:,;\s?*/]+")
_SEVERAL_NAMES = re.compile(r"[\w@.-]+(?:,\s*[\w@.-]+)+")


def resolve_all(text: str) -> list[Algorithm]:
    """The algorithm of a name; of a list of names with commas those of all."""
    whole = resolve_algorithm(text) if not _SEVERAL_NAMES.fullmatch(text) else None
    if whole is not None or "," not in text:
        return [whole] if whole is not None else []
    of_ssh = named_tables()["ssh_algorithms"]
    names = [name.strip() for name in text.split(",")]
    names = [of_ssh[name].algorithm if name in of_ssh else name for name in names]
    return [found for name in names if (found := resolve_algorithm(name))]


def give_quality(draft: Draft, role: str, texts: list[str]) -> None:
    """Give a draft its mode, padding, curve or digest, unless it has one; of several curves of TLS all."""
    if role == "MODE":
        draft.mode = draft.mode or next(filter(None, map(resolve_mode, texts)), None)
    elif role == "PADDING":
        draft.padding = draft.padding or next(filter(None, map(resolve_padding, texts)), None)
    elif role == "CURVE":
        known = list(filter(None, map(resolve_curve, _CURVE_LIST.split(":".join(texts)))))
        names = list(dict.fromkeys(curve.name for curve in known))
        if len(names) > 1 and draft.rule.says.get("algorithm") == "ECDH":  # curves of TLS: all may be agreed
            algorithm, sure = draft.algorithms[0]
            draft.algorithms = [(replace(algorithm, curve=name), sure) for name in names]
            return
        curve = next(filter(None, map(resolve_curve, texts)), None) or next(iter(known), None)
        draft.curve = draft.curve or (curve.name if curve else None)
    elif role == "DIGEST":
        draft.digest = draft.digest or next(filter(None, map(resolve_digest, texts)), None)


def names_other_mode(text: str) -> bool:
    """Whether a transformation names a mode that the catalogue does not know: no default holds."""
    mode = text.split("/")[1] if "/" in text else ""
    return bool(mode) and resolve_mode(mode) is None


def digits(text: str | int) -> int | None:
    """The number that a text of at most nine digits is."""
    return int(text) if isinstance(text, str) and re.fullmatch(r"\d{1,9}", text) else None
