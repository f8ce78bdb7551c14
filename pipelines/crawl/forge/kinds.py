"""The kinds of forges: what asks them and what reads their answers, as `hosts.toml` names them."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from pipelines.crawl.forge import clients
from pipelines.crawl.forge.hosts import IMPLEMENTATIONS
from pipelines.crawl.forge.interface import Forge


@dataclass(frozen=True, slots=True)
class Kind:
    """What is needed to ask a forge of one kind."""

    forge: type[Forge]
    client: Callable[[str, str | None, float], clients.Client]
    """Class of its `Client`: of the API's base, a token or none, and the seconds to read."""


def _kind(forge: str, client: str) -> Kind:
    module, _, name = forge.partition(".")
    return Kind(getattr(import_module(f"pipelines.crawl.forge.{module}"), name), getattr(clients, client))


KINDS: dict[str, Kind] = {kind: _kind(*names) for kind, names in IMPLEMENTATIONS.items()}
