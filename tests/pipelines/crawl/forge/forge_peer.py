"""A forge on loopback and the warehouse that is filled from it."""

from collections.abc import Callable
from typing import Any

from duckdb import DuckDBPyConnection
from forge_routes import PREFIXES, ROUTES
from forge_server import ForgeServer
from forge_world import Account, World

from pipelines.crawl.forge.crawl import ForgeTarget, crawl_forge
from pipelines.crawl.forge.kinds import KINDS
from pipelines.crawl.forge.repository import Outcome
from pipelines.crawl.forge.tokens import Token
from warehouse.people import account_id

TABLES = (
    *("issue", "change_request", "review", "comment", "release", "forge_tag", "forge_contributor"),
    *("forge_repository", "forge_account"),
)
"""Tables that hold what the forge told."""


def content(con: DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    """All facts, without when they were told."""
    facts = {name: f"select * exclude (observed_at) from raw.{name} order by all" for name in TABLES}
    facts["forge_account"] = "select account_id, number, login, kind from raw.forge_account order by all"
    return {name: con.sql(query).fetchall() for name, query in facts.items()}


KEY = b"a key of thirty-two bytes, for it"


def digest(account: Account | None) -> str | None:
    """How rows name an account."""
    return account_id(KEY, Peer.host, str(account.id)) if account else None


class SilentProgress:
    def __init__(self) -> None:
        self.notes: list[str] = []

    def begin(self, what: str, total: int) -> None:
        pass

    def advance(self) -> None:
        pass

    def expect(self, seconds: float | None) -> None:
        pass

    def note(self, text: str) -> None:
        self.notes.append(text)


class Peer:
    """A forge on loopback and the warehouse that is filled from it."""

    host = "forge.example"

    def __init__(self, kind: str, world: World, con: DuckDBPyConnection) -> None:
        self.kind, self.world, self.con = kind, world, con
        self.server = ForgeServer(world, ROUTES[kind], PREFIXES[kind])
        self.base = ""
        self.progress = SilentProgress()

    def crawl(
        self, *paths: str, tokens: list[Token] | None = None, full: bool = False, **facts: Any
    ) -> list[Outcome]:
        """Crawl these repositories, `acme/engine` if none is named."""
        facts = {"wait_seconds": 0.0, "read_seconds": 2.0, "repositories": paths or ("acme/engine",), **facts}
        target = ForgeTarget(self.host, KINDS[self.kind], self.base, **facts)
        asked = len(self.server.asked)
        outcomes = crawl_forge(
            self.con,
            target,
            [Token("secret-token-1", "one")] if tokens is None else tokens,
            self.progress,
            person_key=KEY,
            full=full,
            backoff_seconds=0.0,
        )
        self.requests = len(self.server.asked) - asked
        return outcomes

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.con.sql(query).fetchall()


MakePeer = Callable[[str, World], Peer]
