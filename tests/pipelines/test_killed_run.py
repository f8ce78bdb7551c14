"""A run that is killed at any moment loses nothing: what was published stays, the next run completes."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from made_repositories import make_repository, package_lock, write_small_taxonomy

from pipelines.state import StateFolder
from warehouse.store.database import open_database, open_published

REPOSITORIES = 12
_OUR_OWN_TIMES = "column_name in ('wall_ms', 'content_build_id') or data_type like 'TIMESTAMP%'"
_WORKSPACE = """\
as_of = 2026-01-01
state = "{state}"

[[enterprises]]
id = "one"
domains = ["one.example"]
repositories = ["code/one"]

[[enterprises]]
id = "two"
domains = ["two.example"]
repositories = ["code/two"]

[taxonomy]
packaged = false
folders = ["taxonomy"]
"""
Region = tuple[Path, float]


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """Twelve repositories, run once undisturbed into the state `calm`; with the seconds that took."""
    folder = tmp_path_factory.mktemp("region")
    for number in range(REPOSITORIES):
        owner = "one" if number % 3 else "two"
        lock = package_lock(f"app-{number}", {f"package-{n}": f"{number}.{n}.0" for n in range(20)})
        commits = [{"package-lock.json": lock}] + [{f"{n}.py": f"{number}\n" * n} for n in range(1, 20)]
        make_repository(folder / "code" / owner / f"app-{number}", commits)
    make_repository(folder / "code" / "two" / "empty", [])
    write_small_taxonomy(folder / "taxonomy")
    for state in ("calm", "killed"):
        (folder / f"{state}.toml").write_text(_WORKSPACE.format(state=state), "utf-8")
    began = time.monotonic()
    assert start_run(folder / "calm.toml", "--no-report").wait() == 0
    return folder, time.monotonic() - began


def start_run(workspace: Path, *options: str) -> subprocess.Popen[bytes]:
    """A run in a session of its own, so that it can be killed with everything it started."""
    words = [sys.executable, "-m", "pipelines.cli", "run", str(workspace), "--jobs", "2", "--quiet", *options]
    environment = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
    return subprocess.Popen(words, start_new_session=True, stdout=subprocess.DEVNULL, env=environment)


def kill_after(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Kill the run with its process group; false if it had ended before."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of schemas raw, core and mart, without what tells when and how fast we ran."""
    found = {}
    with closing(open_published(path)) as con:
        names = con.execute(
            "select schema_name || '.\"' || table_name || '\"' from duckdb_tables()"
            " where schema_name in ('raw', 'core', 'mart') and not temporary order by all"
        ).fetchall()
        for (name,) in names:
            columns = con.execute(
                f"select column_name from (describe {name}) as described(column_name, data_type, a, b, c, d)"
                f" where not ({_OUR_OWN_TIMES})"
            ).fetchall()
            listed = ", ".join(f'"{column}"' for (column,) in columns)
            found[name] = con.execute(f"select {listed} from {name} order by all").fetchall()
    return found


def boms(state: StateFolder) -> dict[str, bytes]:
    return {path.parent.name: path.read_bytes() for path in state.boms.glob("*/bom.cdx.json")}


@pytest.mark.slow
@pytest.mark.parametrize("kills", [2, 10])
def test_run_killed_at_random_moments_ends_as_an_undisturbed_one(
    region: Region, kills: int, record_property: Callable[[str, object], None]
) -> None:
    folder, seconds = region
    calm, killed = StateFolder(folder / "calm"), StateFolder(folder / "killed")
    shutil.rmtree(killed.path, ignore_errors=True)
    killed.path.mkdir()
    shutil.copyfile(calm.path / "secret.key", killed.path / "secret.key")
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
