"""Scans in buckets: who dies or stops in the middle costs time, and changes nothing in the tables."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from disturbed_runs import name_state, tables
from made_repositories import make_repository, package_lock, write_small_taxonomy

from pipelines.dagster_home import prepare_dagster_home
from pipelines.state import StateFolder

ROOT = Path(__file__).parents[2]
REPOSITORIES = 10
PATIENCE = 600
NO_CELERY = pytest.mark.skipif(
    importlib.util.find_spec("dagster_celery") is None or shutil.which("redis-server") is None,
    reason="chainatlas[celery] or redis-server is not here",
)
NO_DASK = pytest.mark.skipif(
    importlib.util.find_spec("dagster_dask") is None, reason="chainatlas[dask] is not here"
)


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Repositories that were run once on this machine alone into the state `calm`."""
    folder = tmp_path_factory.mktemp("region")
    for number in range(REPOSITORIES):
        owner = "one" if number % 3 else "two"
        lock = package_lock(f"app-{number}", {f"package-{n}": f"{number}.{n}.0" for n in range(20)})
        commits = [{"package-lock.json": lock}] + [{f"{n}.py": f"{number}\n" * n} for n in range(1, 20)]
        make_repository(folder / "code" / owner / f"app-{number}", commits)
    write_small_taxonomy(folder / "taxonomy")
    for state in ("calm", "workers", "broker", "dask"):
        name_state(folder, state)
    assert start_run(folder / "calm.toml").wait() == 0
    for state in ("workers", "broker", "dask"):  # the same key gives the same pseudonyms
        (folder / state).mkdir()
        shutil.copy(folder / "calm" / "secret.key", folder / state)
    return folder


def start_run(workspace: Path, *options: str, log: Path | None = None) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "pipelines.cli", "run", str(workspace), "--quiet", "--no-report", *options]
    environment = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
    with (log or Path(os.devnull)).open("ab") as output:
        return subprocess.Popen(words, stdout=output, stderr=output, env=environment)


class Processes:
    """What a test started, with what all workers need to know."""

    def __init__(self, folder: Path, state: Path) -> None:
        self.folder, self.running = folder, []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = os.environ | {
            "DAGSTER_HOME": str(prepare_dagster_home(state / "dagster")),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                words, env=self.environment, stdout=log, stderr=log, cwd=self.folder, start_new_session=True
            )
        self.running.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        for process in self.running:
            if process.poll() is None:
                self.kill(process)


class Cluster(Processes):
    """A Redis server and Celery workers of our own."""

    def __init__(self, folder: Path, state: Path) -> None:
        super().__init__(folder, state)
        self.config = folder / "celery.yaml"
        settings = yaml.safe_load((ROOT / "deploy" / "celery.yaml").read_text("utf-8"))
        source = settings["execution"]["config"]["config_source"]
        source["broker_transport_options"]["visibility_timeout"] = 5
        source["result_backend_transport_options"]["retry_policy"]["max_retries"] = 2
        self.config.write_text(yaml.safe_dump(settings), "utf-8")
        self.environment["CHAINATLAS_REDIS"] = f"redis://127.0.0.1:{self.port}/0"

    def redis(self) -> subprocess.Popen[bytes]:
        words = ["redis-server", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        server = self.start(*words, "--bind", "127.0.0.1")
        wait_until(lambda: b"PONG" in redis_says(self.port, "ping"))
        return server

    def worker(self) -> subprocess.Popen[bytes]:
        words = [str(Path(sys.executable).parent / "dagster-celery"), "worker", "start"]
        words += ["-A", "dagster_celery.app", "-y", str(self.config)]
        return self.start(*words, "--", "--pool", "solo", "--without-gossip", "--without-mingle")

    def run(self, workspace: Path) -> subprocess.Popen[bytes]:
        os.environ["CHAINATLAS_REDIS"] = self.environment["CHAINATLAS_REDIS"]
        options = ["--executor", "celery", "--executor-config", str(self.config), "--jobs", "1"]
        return start_run(workspace, *options, log=self.folder / "run.log")


@pytest.fixture
def cluster(tmp_path: Path, region: Path, request: pytest.FixtureRequest) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path, region / request.param)
    yield cluster
    cluster.end()


def redis_says(port: int, *words: str) -> bytes:
    return subprocess.run(["redis-cli", "-p", str(port), *words], capture_output=True, check=False).stdout


def wait_until(what: Callable[[], object], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def taken(state: Path) -> list[Path]:
    return list(state.glob("exchange/shards/*/taken/*"))


def published(region: Path, state: str) -> object:
    return tables(StateFolder(region / state).published)


@pytest.mark.slow
@NO_CELERY
@pytest.mark.parametrize("cluster", ["workers"], indirect=True)
def test_run_when_one_of_two_workers_is_killed_then_the_tables_are_the_same(
    region: Path, cluster: Cluster
) -> None:
    cluster.redis()
    first = cluster.worker()
    cluster.worker()
    run = cluster.run(region / "workers.toml")
    wait_until(lambda: taken(region / "workers") or run.poll() is not None)
    assert run.poll() is None, (cluster.folder / "run.log").read_text()
    cluster.kill(first)
    cluster.worker()  # what watches over workers starts another one
    assert run.wait(PATIENCE) == 0, (cluster.folder / "run.log").read_text()
    assert published(region, "workers") == published(region, "calm")


@pytest.mark.slow
@NO_CELERY
@pytest.mark.parametrize("cluster", ["broker"], indirect=True)
def test_run_when_redis_stops_in_the_middle_then_ends_and_the_next_one_carries_on(
    region: Path, cluster: Cluster
) -> None:
    server = cluster.redis()
    worker = cluster.worker()
    run = cluster.run(region / "broker.toml")
    wait_until(lambda: taken(region / "broker") or run.poll() is not None)
    cluster.kill(server)
    cluster.kill(worker)
    assert run.wait(PATIENCE) == 2
    assert "the next run goes on from there" in (cluster.folder / "run.log").read_text()
    assert not StateFolder(region / "broker").published.exists()
    cluster.redis()
    cluster.worker()
    last = cluster.run(region / "broker.toml").wait(PATIENCE)
    assert last == 0, (cluster.folder / "run.log").read_text() + (cluster.folder / "log").read_text()
    assert published(region, "broker") == published(region, "calm")


@pytest.mark.soak
@NO_DASK
def test_run_when_two_workers_of_dask_scan_then_the_tables_are_the_same(
    region: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dask = Processes(tmp_path, region / "dask")
    address = f"tcp://127.0.0.1:{dask.port}"
    dask.environment["CHAINATLAS_DASK"] = address  # workers read the configuration too
    monkeypatch.setenv("CHAINATLAS_DASK", address)
    here = ("--host", "127.0.0.1", "--no-dashboard")
    try:
        dask.start("dask", "scheduler", *here, "--port", str(dask.port))
        for number in (1, 2):
            names = ("--name", f"worker-{number}", "--local-directory", str(tmp_path / str(number)))
            dask.start("dask", "worker", address, *here, "--nthreads", "1", "--no-nanny", *names)
        log = tmp_path / "run.log"
        options = ["--executor", "dask", "--executor-config", str(ROOT / "deploy" / "dask.yaml")]
        run = start_run(region / "dask.toml", *options, "--jobs", "1", log=log)
        assert run.wait(PATIENCE) == 0, log.read_text() + (tmp_path / "log").read_text()
    finally:
        dask.end()
    assert published(region, "dask") == published(region, "calm")
