"""A crawl in a process of its own, to be killed: KIND BASE WAREHOUSE."""

import sys
from pathlib import Path

from forge_peer import KEY, SilentProgress

from pipelines.crawl.forge import writing
from pipelines.crawl.forge.crawl import ForgeTarget, crawl_forge
from pipelines.crawl.forge.kinds import KINDS
from pipelines.crawl.forge.tokens import Token
from warehouse.store.database import open_database


def main(kind: str, base: str, warehouse: str) -> int:
    writing.ROWS_PER_COMMIT = 120  # several commits within a listing
    writing.SECONDS_PER_COMMIT = float("inf")  # how far a killed crawl came must not depend on the machine
    target = ForgeTarget("forge.example", KINDS[kind], base, repositories=("acme/engine",), profiles=0)
    with open_database(Path(warehouse)) as con:
        tokens = [Token("secret-token-1", "one")]
        outcomes = crawl_forge(con, target, tokens, SilentProgress(), person_key=KEY, backoff_seconds=0.0)
    return 0 if all(o.status in ("complete", "unchanged") for o in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
