"""Every parser of untrusted input, by the name under which `fuzz_guided.py` asks for it."""

from collections.abc import Mapping
from importlib import import_module

from fuzz_target import Target

KINDS = dict.fromkeys(("lockfile", "asset", "source", "bom", "git"), "fuzz_scanned") | dict.fromkeys(
    ("registry", "payload", "feed", "own"), "fuzz_brought"
)
"""Kinds of parsers, each with the module in which a function of its name gives its targets."""


def targets(kind: str | None = None) -> dict[str, Target]:
    """All parsers by name, or those of one kind, for which no other module is imported."""
    found = {}
    for name in KINDS if kind is None else (kind,):
        found |= {target.name: target for target in getattr(import_module(KINDS[name]), name)()}
    return found


def summarise(counts: Mapping[str, int]) -> dict[str, int]:
    """Executions by kind of parser."""
    kinds: dict[str, int] = {}
    for name, count in counts.items():
        kinds[name.partition("/")[0]] = kinds.get(name.partition("/")[0], 0) + count
    return kinds
