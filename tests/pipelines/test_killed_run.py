"""A run that is killed at any moment loses nothing: what was published stays, the next run completes."""

import os
import random
from collections.abc import Callable
from contextlib import closing

import pytest
from disturbed_runs import (
    REPOSITORIES,
    Region,
    boms,
    kill_after,
    name_state,
    new_state,
    run_calmly,
    start_run,
    tables,
)

from pipelines.state import StateFolder
from warehouse.store.database import open_database, open_published

_MORE = map(int, os.environ.get("CHAINATLAS_TEST_KILLS", "").split())
KILLS = [
    pytest.param(2, marks=pytest.mark.slow),
    *(pytest.param(kills, marks=pytest.mark.soak) for kills in (10, *_MORE)),
]
"""Runs that are killed, spread over the time of one; `CHAINATLAS_TEST_KILLS=50` for a longer trial."""


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    return run_calmly(tmp_path_factory.mktemp("region"))


@pytest.mark.parametrize("kills", KILLS)
def test_run_killed_at_random_moments_ends_as_an_undisturbed_one(
    region: Region, kills: int, record_property: Callable[[str, object], None]
) -> None:
    folder, seconds = region
    calm, killed = StateFolder(folder / "calm"), new_state(folder, folder / "killed")
    name_state(folder, "killed")
    wanted = tables(calm.published)
    page = ["--no-report"] if kills == 2 else []  # drawing it takes as long as all the rest
    moments = [(number + random.random()) / kills * seconds for number in range(kills)]
    record_property("moments", moments)
    was_killed, was_published = 0, False
    for moment in moments:
        was_killed += kill_after(start_run(folder / "killed.toml", "--rescan", *page), moment)
        if killed.warehouse.exists():
            with closing(open_database(killed.warehouse)) as con:
                assert con.execute("select count(*) from meta.migration").fetchall() != [(0,)]
        assert killed.published.exists() >= was_published, f"nothing is published after {moment:.2f} s"
        if killed.published.exists():
            assert tables(killed.published) == wanted, f"half-published after {moment:.2f} s"
            was_published = True
    assert start_run(folder / "killed.toml", *page).wait() == 0
    assert tables(killed.published) == wanted
    assert boms(killed) == boms(calm)
    assert len(boms(killed)) == REPOSITORIES
    assert (killed.report / "index.html").is_file() == (not page)
    assert not killed.shards.exists()
    with closing(open_published(killed.published)) as con:
        runs = dict(con.execute("select status, count(*) from meta.run group by all").fetchall())
    assert runs.get("running", 0) == 0
    assert runs.get("killed", 0) <= was_killed
    assert runs["succeeded"] >= 1
