"""The scan stage scans what changed, loads it, and loses nothing to a worker that dies."""

import json
import logging
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from duckdb import DuckDBPyConnection
from made_repositories import add_commits, git, make_repository, package_lock

from pipelines import scan_job
from pipelines.confinement import Confinement
from pipelines.crawl.local import Repository, observe_repositories
from pipelines.discovery import discover_workspace
from pipelines.errors import PipelineError
from pipelines.progress import LoggedProgress
from pipelines.scan_estimate import ScanEstimate, weight
from pipelines.scan_job import ScanJob, ScanOutcome
from pipelines.scan_plan import ScanRequest, plan_scans
from pipelines.scan_pool import Finished
from pipelines.scan_repository import scan_repository
from pipelines.scan_stage import ScanReport, scan_repositories
from pipelines.selection import read_since
from pipelines.shard_loader import ShardLoader, load_leftovers
from pipelines.state import StateFolder
from sbom.limits import Limits
from warehouse.store.database import open_database
from warehouse.store.load import LoadReport, load_shards

Run = Callable[..., ScanReport]


@pytest.fixture(scope="module")
def made_code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "code"
    for name in ("one/app", "one/lib", "two/web"):
        lock = package_lock(name.replace("/", "-"), {"lodash": "4.17.21"})
        make_repository(folder / name, [{"package-lock.json": lock, "a.js": "1\n"}, {"a.js": "2\n"}])
    return folder


@pytest.fixture
def code(tmp_path: Path, made_code: Path) -> Path:
    """Two enterprises with three repositories."""
    shutil.copytree(made_code, tmp_path / "code")
    return tmp_path / "code"


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    return StateFolder(tmp_path / "state")


@pytest.fixture(scope="module")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "warehouse.duckdb"
    open_database(path).close()
    return path


@pytest.fixture
def con(state: StateFolder, empty_warehouse: Path) -> Iterator[DuckDBPyConnection]:
    state.prepare()
    shutil.copyfile(empty_warehouse, state.warehouse)
    with closing(open_database(state.warehouse)) as connection:
        yield connection


@pytest.fixture
def run(code: Path, state: StateFolder, con: DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The stage; without worker processes unless `pool` is set, for the tests that are not about them."""

    def run_stage(
        repositories: list[Repository] | None = None, *, pool: bool = False, **changes: object
    ) -> ScanReport:
        request = ScanRequest(state, "run", Limits(), workers=2)
        with monkeypatch.context() as patch:
            if not pool:
                patch.setattr("pipelines.scan_execution.run_jobs", run_here)
            return scan_repositories(
                con,
                observe(code) if repositories is None else repositories,
                replace(request, **changes),  # type: ignore[arg-type]
                LoggedProgress(),
            )

    return run_stage


def run_here(
    function: Callable[[ScanJob], ScanOutcome],
    jobs: Sequence[ScanJob],
    workers: int,
    temporary: Path,
    confinement: Confinement,
) -> Iterator[Finished[ScanJob, ScanOutcome]]:
    for job in jobs:
        yield Finished(job, function(job), 0.0)


def observe(code: Path) -> list[Repository]:
    return list(observe_repositories(discover_workspace(code)).repositories)


def scans(con: DuckDBPyConnection) -> dict[tuple[str, str], tuple[str, str | None]]:
    """(status, kind of error) by repository and scanner."""
    rows = con.execute("select repo_id, scanner, status, error_kind from raw.repository_scan").fetchall()
    return {
        (repo_id.removeprefix("local/"), scanner): (status, kind) for repo_id, scanner, status, kind in rows
    }


def count(con: DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"select count(*) from raw.{table}").fetchall()[0][0])


def test_first_run_scans_everything_and_the_second_nothing(
    run: Run, con: DuckDBPyConnection, state: StateFolder
) -> None:
    first = run(pool=True)
    assert first.scanned == ("local/one/app", "local/one/lib", "local/two/web")
    assert first.rows["component"] == 3
    assert count(con, "commit") == 6
    assert set(scans(con).values()) == {("succeeded", None)}
    assert not state.shards.exists()
    second = run()
    assert second.scanned == ()
    assert second.unchanged == first.scanned


def test_run_that_is_asked_for_some_leaves_the_others_as_they_are(run: Run, con: DuckDBPyConnection) -> None:
    first = run(only=("one",))
    assert first.scanned == ("local/one/app", "local/one/lib")
    assert first.left_out == ("local/two/web",)
    second = run(only=("web", "local/*/lib"), rescan=True)
    assert second.scanned == ("local/one/lib", "local/two/web")
    assert (second.left_out, second.dropped) == (("local/one/app",), ())
    assert count(con, "component") == 3


def test_run_that_is_asked_for_something_unknown_says_what_is_near(run: Run, con: DuckDBPyConnection) -> None:
    with pytest.raises(PipelineError, match=r"is called 'local/one/ap'; do you mean 'local/one/app'"):
        run(only=("two", "local/one/ap"))
    assert count(con, "repository_scan") == 0


def test_run_without_room_stops_before_it_scans(
    run: Run, con: DuckDBPyConnection, state: StateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    have_free(monkeypatch, 64 << 20)
    with pytest.raises(PipelineError, match=r"64 MiB are free and this run is likely to need \d{3} MiB"):
        run()
    assert count(con, "repository_scan") == 0


def test_run_whose_room_runs_short_stops_and_the_next_goes_on(
    run: Run, con: DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        have_free(patch, 64 << 30, 64 << 20)
        with pytest.raises(PipelineError, match="only 64 MiB are left"):
            run()
    kept = count(con, "repository_scan")
    run()
    assert kept in (0, 1)
    assert set(scans(con).values()) == {("succeeded", None)}
    assert count(con, "component") == 3


def have_free(patch: pytest.MonkeyPatch, *free: int) -> None:
    """Let the disk tell these numbers of free bytes, the last one from then on."""
    told = list(free)
    usage = type(shutil.disk_usage("."))
    patch.setattr(
        "pipelines.disk_space.shutil.disk_usage",
        lambda path: usage(1 << 40, 0, told.pop(0) if len(told) > 1 else told[0]),
    )


def test_new_commit_scans_its_repository_only(run: Run, code: Path, con: DuckDBPyConnection) -> None:
    run()
    add_commits(
        code / "one" / "app", [{"package-lock.json": package_lock("app", {"lodash": "4.17.20"})}], first=5
    )
    assert run().scanned == ("local/one/app",)
    purls = con.execute("select purl from raw.component where repo_id = 'local/one/app'").fetchall()
    assert purls == [("pkg:npm/lodash@4.17.20",)]
    assert count(con, "commit") == 7


def test_other_limits_and_rescan_scan_everything_again(run: Run) -> None:
    run()
    assert len(run(limits=Limits(seconds=299)).scanned) == 3
    assert run(limits=Limits(seconds=299)).scanned == ()
    assert len(run(limits=Limits(seconds=299), rescan=True).scanned) == 3


def test_lost_bom_is_written_again(run: Run, state: StateFolder) -> None:
    run()
    path = scan_job.bom_path(state.boms, "local/two/web")
    content = path.read_bytes()
    path.unlink()
    assert run().scanned == ("local/two/web",)
    assert path.read_bytes() == content


def test_bom_names_the_enterprise_as_supplier_and_is_written_again_under_another_name(
    run: Run, state: StateFolder, con: DuckDBPyConnection
) -> None:
    def named(name: str) -> dict[str, Any]:
        con.execute("delete from raw.enterprise")
        con.execute("insert into raw.enterprise (enterprise_id, name_zh) values ('one', ?)", [name])
        assert run(only=("local/one/app",)).scanned == ("local/one/app",)
        bom = json.loads(scan_job.bom_path(state.boms, "local/one/app").read_bytes())
        return dict(bom["metadata"]["component"]["supplier"])

    assert named("第一公司") == {"name": "第一公司"}
    assert named("第一集团") == {"name": "第一集团"}


def test_plain_folder_is_scanned_again_when_a_file_that_is_read_changed(run: Run, code: Path) -> None:
    folder = code / "three"
    folder.mkdir()
    (folder / "package-lock.json").write_text(package_lock("x", {"lodash": "1.0.0"}))
    plain = replace(observe(code)[0], repo_id="local/three/three", path=folder, git_dir=None, head_sha=None)
    assert run([plain]).scanned == ("local/three/three",)
    (folder / "notes.txt").write_text("not read by any parser")
    assert run([plain]).scanned == ()
    (folder / "package-lock.json").write_text(package_lock("x", {"lodash": "1.0.1"}))
    assert run([plain]).scanned == ("local/three/three",)


def test_deepened_shallow_clone_is_read_again(run: Run, code: Path, con: DuckDBPyConnection) -> None:
    source = code / "one" / "app"
    add_commits(source, [{"b": str(number)} for number in range(5)], first=3)
    clone = code / "two" / "shallow.git"
    git(code, "clone", "-q", "--bare", "--depth", "2", f"file://{source}", str(clone))
    run()
    assert scans(con)["two/shallow", "history"] == ("partial", None)
    assert run().scanned == ()
    time.sleep(0.05)
    git(clone, "fetch", "-q", "--unshallow")
    assert run().scanned == ("local/two/shallow",)
    assert scans(con)["two/shallow", "history"] == ("succeeded", None)
    commits = "select count(*) from raw.commit where repo_id = 'local/two/shallow'"
    assert con.execute(commits).fetchall() == [(7,)]


def test_largest_repositories_are_scanned_first(
    code: Path, state: StateFolder, con: DuckDBPyConnection
) -> None:
    add_commits(code / "two" / "web", [{"big": os.urandom(40_000).hex()}], first=5)
    git(code / "two" / "web", "repack", "-adq")
    plan = plan_scans(con, observe(code), ScanRequest(state, "run", Limits(), workers=2))
    assert [job.repository.repo_id for job in plan.jobs][:2] == ["local/two/web"] * 2


def test_failed_repository_is_tried_again_until_it_succeeds(
    run: Run, code: Path, con: DuckDBPyConnection
) -> None:
    objects = code / "two" / "web" / ".git" / "objects"
    objects.rename(objects.with_name("away"))
    objects.mkdir()
    report = run()
    assert {outcome.repo_id for outcome in report.failures} == {"local/two/web"}
    assert scans(con)["two/web", "sbom"] == ("failed", "SourceError")
    assert scans(con)["one/app", "sbom"] == ("succeeded", None)
    assert run().scanned == ("local/two/web",)
    objects.rmdir()
    objects.with_name("away").rename(objects)
    assert run().failures == ()
    assert scans(con)["two/web", "history"] == ("succeeded", None)


def test_empty_repository_is_told_by_a_note_alone_and_not_tried_again(
    run: Run, code: Path, con: DuckDBPyConnection, caplog: pytest.LogCaptureFixture
) -> None:
    make_repository(code / "two" / "empty", [])
    run()
    assert not [r for r in caplog.records if r.name == "pipelines.scan_stage" and r.levelno > logging.INFO]
    assert scans(con)["two/empty", "sbom"] == ("failed", "SourceError")
    assert run().scanned == ()


def test_repository_that_left_the_workspace_is_forgotten(
    run: Run, code: Path, con: DuckDBPyConnection, state: StateFolder
) -> None:
    run()
    shutil.rmtree(code / "two")
    report = run()
    assert report.dropped == ("local/two/web",)
    assert ("two/web", "sbom") not in scans(con)
    assert not scan_job.bom_path(state.boms, "local/two/web").parent.exists()


def scan_or_die(job: ScanJob) -> ScanOutcome:
    if job.repository.repo_id == "local/one/lib" and job.scanner == "sbom":
        os.kill(os.getpid(), signal.SIGKILL)
    return scan_repository(job)


def test_worker_that_is_killed_is_a_failed_row_of_one_scan(
    run: Run, con: DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.scan_repository.scan_repository", scan_or_die)
    report = run(pool=True)
    assert [(o.repo_id, o.scanner) for o in report.failures] == [("local/one/lib", "sbom")]
    assert scans(con).pop(("one/lib", "sbom")) == ("failed", "WorkerDied")
    assert sorted(scans(con).values()).count(("succeeded", None)) == 8


def scan_or_hang(job: ScanJob) -> ScanOutcome:
    if job.repository.repo_id == "local/two/web" and job.scanner == "history":
        time.sleep(600)
    return scan_repository(job)


@pytest.mark.slow
def test_worker_that_hangs_is_stopped_and_recorded(
    run: Run, con: DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.scan_repository.scan_repository", scan_or_hang)
    monkeypatch.setattr(scan_job, "GRACE_SECONDS", 0.5)
    report = run(pool=True, limits=Limits(seconds=6))
    assert [(o.repo_id, o.scanner) for o in report.failures] == [("local/two/web", "history")]
    assert scans(con)["two/web", "history"] == ("failed", "TimeLimit")


def scan_or_eat(job: ScanJob) -> ScanOutcome:
    if job.repository.repo_id == "local/two/web" and job.scanner == "history":
        [bytearray(64 << 20) for _ in range(1000)]
    return scan_repository(job)


@pytest.mark.slow
def test_worker_that_eats_memory_is_a_failed_row_and_the_next_run_ends_as_an_undisturbed_one(
    run: Run, con: DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.scan_repository.scan_repository", scan_or_eat)
        run(pool=True, limits=Limits(memory_bytes=1 << 30))
    assert scans(con)["two/web", "history"] == ("failed", "WorkerDied")
    assert list(scans(con).values()).count(("succeeded", None)) == 8
    assert run(limits=Limits(memory_bytes=1 << 30)).scanned == ("local/two/web",)
    assert set(scans(con).values()) == {("succeeded", None)}
    assert (count(con, "component"), count(con, "commit")) == (3, 6)


def test_tag_that_is_made_after_the_clock_jumped_back_is_read(
    run: Run, code: Path, con: DuckDBPyConnection
) -> None:
    run()
    con.execute("update raw.repository_scan set scanned_at = scanned_at + interval 2 days")
    git(code / "one" / "app", "tag", "v1")
    assert "local/one/app" in run().scanned
    assert con.execute("select name from raw.tag").fetchall() == [("v1",)]


def leave_a_folder_and_die(job: ScanJob) -> ScanOutcome:
    (job.boms / "note").write_text(tempfile.mkdtemp())
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


@pytest.mark.slow
def test_killed_worker_leaves_its_temporary_files_where_they_are_removed(
    run: Run, state: StateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.scan_repository.scan_repository", leave_a_folder_and_die)
    assert len(run(pool=True, workers=1).failures) == 9
    left = Path((state.boms / "note").read_text())
    assert state.shards in left.parents
    assert not left.exists()


def test_shards_of_a_killed_run_are_taken_over(
    run: Run, code: Path, state: StateFolder, con: DuckDBPyConnection
) -> None:
    plan = plan_scans(con, observe(code), ScanRequest(state, "killed", Limits(), workers=1))
    for job in plan.jobs[:4]:
        scan_repository(job)
    (state.shards / "killed" / ".unfinished.sbom").mkdir()
    report = run()
    assert report.resumed == 4
    assert report.rows["repository_scan"] == 5
    assert len(scans(con)) == 9


def test_loader_loads_in_batches_and_removes_what_it_loaded(
    code: Path, state: StateFolder, con: DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_scans(con, observe(code), ScanRequest(state, "run", Limits(), workers=1))
    shards = [scan_repository(job).shard for job in plan.jobs]
    batches = []

    def load(con: DuckDBPyConnection, batch: list[Path]) -> LoadReport:
        batches.append(len(batch))
        return load_shards(con, batch)

    monkeypatch.setattr("pipelines.shard_loader.load_shards", load)
    with ShardLoader(con, batch_shards=4) as loader:
        for shard in shards:
            loader.add(shard)
    assert batches == [4, 4, 1]
    assert not any(shard.exists() for shard in shards)
    assert loader.rows["repository_scan"] == count(con, "repository_scan") == 9


def test_damaged_shard_is_refused_and_the_others_are_loaded(
    code: Path, state: StateFolder, con: DuckDBPyConnection
) -> None:
    plan = plan_scans(con, observe(code), ScanRequest(state, "run", Limits(), workers=1))
    shards = [scan_repository(job).shard for job in plan.jobs]
    (shards[0] / "repository_scan.parquet").write_bytes(b"not Parquet")
    assert load_leftovers(con, shards) == 8
    assert count(con, "repository_scan") == 8
    assert not shards[0].exists()


def test_run_since_a_moment_scans_what_moved_and_what_is_new(run: Run, code: Path) -> None:
    first = [repository for repository in observe(code) if repository.repo_id != "local/two/web"]
    run(first)
    moment = datetime.now(UTC) - timedelta(days=1)
    for path in (code / "one").rglob("*"):
        os.utime(path, (0, 0))
    add_commits(code / "one" / "app", [{"a.js": "3\n"}], first=5)
    report = run(rescan=True, since=moment)
    assert report.scanned == ("local/one/app", "local/two/web")
    assert report.left_out == ("local/one/lib",)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("12h", datetime(2026, 4, 30, 12, tzinfo=UTC)),
        ("2w", datetime(2026, 4, 17, tzinfo=UTC)),
        ("2026-04-01", datetime(2026, 4, 1, tzinfo=UTC)),
        ("2026-04-01T08:00+08:00", datetime(2026, 4, 1, tzinfo=UTC)),
    ],
)
def test_since_is_a_date_or_a_span(text: str, moment: datetime) -> None:
    assert read_since(text, datetime(2026, 5, 1, tzinfo=UTC)) == moment


@pytest.mark.parametrize("text", ["yesterday", "7 months", "2026-13-01", "999999w"])
def test_since_that_means_nothing_says_what_would(text: str) -> None:
    with pytest.raises(PipelineError, match="not a date such as"):
        read_since(text, datetime(2026, 5, 1, tzinfo=UTC))


def test_estimate_follows_what_is_read_and_not_how_many_scans_have_ended() -> None:
    moment = [0.0]
    sizes = [500 << 20, 50 << 20, *[1 << 20] * 400]
    jobs = [job_of(f"r{number}", size) for number, size in enumerate(sizes)]
    estimate = ScanEstimate(jobs, lambda: moment[0])
    assert estimate.seconds_left is None
    total = 3 * sum(map(weight, jobs))  # a machine of a third of the speed
    for job in jobs[:-1]:
        moment[0] += 3 * weight(job)
        estimate.finish(job.repository.repo_id, job.scanner)
        assert estimate.seconds_left == pytest.approx(total - moment[0])
    estimate.finish(jobs[-1].repository.repo_id, "history")
    assert estimate.seconds_left == 0


def job_of(repo_id: str, pack_bytes: int) -> ScanJob:
    here = Path("here")
    repository = Repository(repo_id, "one", here, here, "here", None, "0" * 40, False, datetime.now(UTC))
    return ScanJob(repository, "history", "1", Limits(), here, here, pack_bytes=pack_bytes)
