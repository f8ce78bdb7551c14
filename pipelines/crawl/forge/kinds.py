"""The kinds of forges: what asks them and what reads their answers, as `hosts.toml` names them."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from pipelines.crawl.forge import clients
from pipelines.crawl.forge.hosts import IMPLEMENTATIONS
from pipelines.crawl.forge.interface import Forge


@dataclass(frozen=True, slots=True)
class Kind:
    """What is needed to ask a forge of one kind."""

    forge: type[Forge]
    client: Any
    """Class of its `Client`."""


def _kind(forge: str, client: str) -> Kind:
    module, _, name = forge.partition(".")
    return Kind(getattr(import_module(f"pipelines.crawl.forge.{module}"), name), getattr(clients, client))


KINDS: dict[str, Kind] = {kind: _kind(*names) for kind, names in IMPLEMENTATIONS.items()}
