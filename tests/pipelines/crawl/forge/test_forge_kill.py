"""A crawl that is killed at any point loses no row, doubles none and skips no page."""

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from forge_peer import MakePeer, content
from forge_server import Asked
from forge_world import make_world

from warehouse.store.database import open_database

ROOT = Path(__file__).parents[4]
SCRIPT = Path(__file__).with_name("killed_crawl.py")
KILLS = 20


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_crawl_when_killed_at_twenty_points_then_the_tables_are_the_same(
    kind: str, peer: MakePeer, tmp_path: Path
) -> None:
    forge = peer(kind, make_world(450 if kind == "github" else 150))
    forge.crawl(profiles=0)
    expected, total = content(forge.con), forge.requests
    chance = random.Random(6)
    warehouse = tmp_path / "warehouse.duckdb"
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{SCRIPT.parent}"}
    command = [sys.executable, str(SCRIPT), kind, forge.base, str(warehouse)]
    kills = 0
    for _ in range(KILLS):
        process = subprocess.Popen(command, env=environment)
        after = len(forge.server.asked) + chance.randrange(1, max(total // 4, 3))
        delay = chance.random() * 0.05

        def kill(
            number: int,
            asked: Asked,
            process: subprocess.Popen[bytes] = process,
            after: int = after,
            delay: float = delay,
        ) -> None:
            if number == after:
                threading.Timer(delay, process.kill).start()

        forge.server.fault = kill  # type: ignore[assignment]
        kills += process.wait(timeout=600) < 0
    forge.server.fault = lambda number, asked: None
    for _ in range(3):
        if subprocess.run(command, env=environment, check=False).returncode == 0:
            break
    with open_database(warehouse) as con:
        assert content(con) == expected
    assert kills >= KILLS // 2
