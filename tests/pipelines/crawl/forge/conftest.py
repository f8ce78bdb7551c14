from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from duckdb import DuckDBPyConnection
from forge_peer import MakePeer, Peer
from forge_server import serve
from forge_world import World

from warehouse.store.database import open_in_memory


@pytest.fixture
def con() -> Iterator[DuckDBPyConnection]:
    """A warehouse in memory."""
    with open_in_memory() as con:
        yield con


@pytest.fixture
def peer(con: DuckDBPyConnection) -> Iterator[MakePeer]:
    """Makes a forge of a kind that serves a world."""
    with ExitStack() as stack:

        def make(kind: str, world: World) -> Peer:
            made = Peer(kind, world, con)
            made.base = stack.enter_context(serve(made.server))
            return made

        yield make
