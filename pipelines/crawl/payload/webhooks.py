"""The kinds of webhooks, one for each module of this package that defines `WEBHOOK`."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import pipelines.crawl.payload
from pipelines.crawl.forge.values import Document
from pipelines.crawl.payload.told import Told


@dataclass(frozen=True, slots=True)
class Webhook:
    """How payloads of one forge are known and read."""

    forge: str
    """Name of the forge, for messages."""
    mark: str | None
    """Field that only payloads of this forge have; null for the one forge that marks its payloads by none."""
    read: Callable[[Document, datetime], Told | None]
    """What a payload of a given time tells; null if it is about no repository."""


@cache
def webhooks() -> tuple[Webhook, ...]:
    """All kinds by the names of their modules, the one without a mark last.

    Raises:
        ValueError: two kinds have the same mark, or none has none.
    """
    names = [module.name for module in pkgutil.iter_modules(pipelines.crawl.payload.__path__)]
    modules = [
        importlib.import_module(f"{pipelines.crawl.payload.__name__}.{name}") for name in sorted(names)
    ]
    found = [module.WEBHOOK for module in modules if hasattr(module, "WEBHOOK")]
    marks = [kind.mark for kind in found]
    if len(set(marks)) < len(marks) or None not in marks:
        raise ValueError(f"payloads cannot be told apart by the marks {marks}")
    return tuple(sorted(found, key=lambda kind: kind.mark is None))


def webhook_of(payload: Document) -> Webhook:
    """The kind of a payload."""
    return next(kind for kind in webhooks() if kind.mark is None or kind.mark in payload)
