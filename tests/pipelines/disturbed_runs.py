"""A small region that runs are disturbed on, and what they must end as: the tables of an undisturbed run."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from made_repositories import make_repository, package_lock, write_small_taxonomy

from pipelines.state import StateFolder
from warehouse.store.database import open_published

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


def run_calmly(folder: Path) -> Region:
    """Make twelve repositories and run once, undisturbed, into the state `calm`; with the seconds it took."""
    for number in range(REPOSITORIES):
        owner = "one" if number % 3 else "two"
        lock = package_lock(f"app-{number}", {f"package-{n}": f"{number}.{n}.0" for n in range(20)})
        commits = [{"package-lock.json": lock}] + [{f"{n}.py": f"{number}\n" * n} for n in range(1, 20)]
        make_repository(folder / "code" / owner / f"app-{number}", commits)
    make_repository(folder / "code" / "two" / "empty", [])
    write_small_taxonomy(folder / "taxonomy")
    name_state(folder, "calm")
    began = time.monotonic()
    assert start_run(folder / "calm.toml", "--no-report").wait() == 0
    return folder, time.monotonic() - began


def name_state(folder: Path, state: str) -> Path:
    """A workspace file for the region whose state is elsewhere."""
    workspace = folder / f"{state.replace('/', '-')}.toml"
    workspace.write_text(_WORKSPACE.format(state=state), "utf-8")
    return workspace


def new_state(folder: Path, state: Path) -> StateFolder:
    """An empty state with the pseudonyms of the calm one."""
    shutil.rmtree(state, ignore_errors=True)
    state.mkdir(parents=True)
    shutil.copyfile(folder / "calm" / "secret.key", state / "secret.key")
    return StateFolder(state)


def start_run(workspace: Path, *options: str, stderr: int | None = None) -> subprocess.Popen[bytes]:
    """A run in a session of its own, so that it can be killed with everything it started."""
    words = [sys.executable, "-m", "pipelines.cli", "run", str(workspace), "--jobs", "2", "--quiet", *options]
    environment = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
    return subprocess.Popen(
        words, start_new_session=True, stdout=subprocess.DEVNULL, stderr=stderr, env=environment
    )


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
