"""A full disk, a clock that jumps back: a clear stop, nothing half-published, in the end the same tables."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from disturbed_runs import Region, boms, name_state, new_state, run_calmly, start_run, tables
from made_repositories import git

from pipelines.state import StateFolder
from warehouse.store.database import open_database

_MIB = 1 << 20
_FLOOR = 256
"""Mebibytes that a run keeps free."""


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    return run_calmly(tmp_path_factory.mktemp("region"))


@pytest.fixture
def small_disk(region: Region) -> Iterator[Path]:
    """A tmpfs with less room than a run writes before its end, beside the floor that must stay free."""
    folder, _ = region
    disk = folder / "disk"
    disk.mkdir(exist_ok=True)
    options = f"size={_FLOOR + 2}m"
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", str(disk)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {made.stderr.decode().strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def give_room(disk: Path, mebibytes: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={mebibytes}m", str(disk)], check=True)


@pytest.mark.soak
def test_run_on_a_disk_that_gets_too_small_stops_in_time_and_the_next_one_goes_on(
    region: Region, small_disk: Path
) -> None:
    folder, _ = region
    state = new_state(folder, small_disk / "state")
    run = start_run(name_state(folder, "disk/state"), "--no-report", stderr=subprocess.PIPE)
    _, said = run.communicate()
    assert run.returncode == 2
    assert b"MiB are left, so the run stops" in said
    assert not state.published.exists()
    give_room(small_disk, 2048)
    assert start_run(folder / "disk-state.toml", "--no-report").wait() == 0
    assert tables(state.published) == tables(folder / "calm" / "published" / "chainatlas.duckdb")
    assert boms(state) == boms(StateFolder(folder / "calm"))


@pytest.mark.soak
@pytest.mark.parametrize("share", [0.4, 0.7, 0.9])
def test_run_whose_disk_somebody_else_fills_to_the_last_byte_says_so_and_the_next_one_goes_on(
    region: Region, small_disk: Path, share: float
) -> None:
    folder, seconds = region
    give_room(small_disk, 2 * _FLOOR)
    state = new_state(folder, small_disk / "state")
    run = start_run(name_state(folder, "disk/state"), "--no-report", stderr=subprocess.PIPE)
    time.sleep(share * seconds)
    filler = small_disk / "filler"
    with filler.open("wb") as file, suppress(OSError):
        while True:
            file.write(bytes(_MIB))
    _, said = run.communicate()
    filler.unlink()
    assert b"Traceback" not in said
    if run.returncode:  # else it had written everything before
        assert run.returncode == 2
        assert said.startswith(b"Error: "), said
    assert start_run(folder / "disk-state.toml", "--no-report").wait() == 0
    assert tables(state.published) == tables(folder / "calm" / "published" / "chainatlas.duckdb")


@pytest.mark.soak
def test_run_after_the_clock_jumped_back_sees_what_changed_meanwhile(region: Region) -> None:
    folder, _ = region
    state = new_state(folder, folder / "jumped")
    workspace = name_state(folder, "jumped")
    assert start_run(workspace, "--no-report").wait() == 0
    with closing(
        open_database(state.warehouse)
    ) as con:  # as a clock that was two days ahead would have written
        for table, columns in (
            ("raw.repository_scan", ["scanned_at"]),
            ("meta.run", ["started_at", "ended_at"]),
        ):
            moved = ", ".join(f"{column} = {column} + interval 2 days" for column in columns)
            con.execute(f"update {table} set {moved}")
    git(folder / "code" / "one" / "app-1", "tag", "v1")
    assert start_run(workspace, "--no-report").wait() == 0
    tag = [row for row in tables(state.published)['raw."tag"'] if "v1" in row]
    assert len(tag) == 1
    git(folder / "code" / "one" / "app-1", "tag", "-d", "v1")
    assert start_run(workspace, "--no-report").wait() == 0
    assert tables(state.published) == tables(folder / "calm" / "published" / "chainatlas.duckdb")
