"""A run whose models a standalone Spark cluster of two workers builds ends in the tables of DuckDB."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from disturbed_runs import name_state, tables
from made_repositories import make_repository, package_lock, write_small_taxonomy

from pipelines.state import StateFolder

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="chainatlas[spark]"),
    pytest.mark.skipif(shutil.which("java") is None, reason="no Java"),
]
PATIENCE = 1800


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a master with two workers, each of them a process of its own."""
    import pyspark

    folder = tmp_path_factory.mktemp("cluster")
    spark = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
    port, page = free_port(), free_port()
    environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOG_DIR": str(folder)}
    running = []

    def start(*words: str) -> None:
        with (folder / "log").open("ab") as log:
            running.append(
                subprocess.Popen(words, env=environment, stdout=log, stderr=log, start_new_session=True)
            )

    address = f"spark://127.0.0.1:{port}"
    at = ("--host", "127.0.0.1", "--webui-port")
    start(spark, "org.apache.spark.deploy.master.Master", *at, str(page), "--port", str(port))
    for number in (1, 2):
        limits = ("--cores", "1", "--memory", "1g", "-d", str(folder / f"worker-{number}"))
        start(spark, "org.apache.spark.deploy.worker.Worker", *at, "0", *limits, address)
    try:
        end = time.monotonic() + 300
        while not has_workers(page, 2):
            assert time.monotonic() < end, (folder / "log").read_text()
            time.sleep(0.5)
        yield address
    finally:
        for process in running:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def has_workers(page: int, count: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{page}/json/") as answer:
            return answer.read().count(b'"ALIVE"') >= count + 1  # the master says so of itself too
    except OSError:
        return False


def test_run_when_a_cluster_builds_the_models_then_tables_are_those_of_duckdb(
    master: str, tmp_path: Path
) -> None:
    for number in range(3):
        lock = package_lock(f"app-{number}", {f"package-{n}": f"{number}.{n}.0" for n in range(5)})
        make_repository(
            tmp_path / "code" / ("one" if number else "two") / f"app-{number}", [{"package-lock.json": lock}]
        )
    write_small_taxonomy(tmp_path / "taxonomy")
    for state in ("calm", "spark"):
        name_state(tmp_path, state)
    run(tmp_path / "calm.toml")
    (tmp_path / "spark").mkdir()
    shutil.copy(tmp_path / "calm" / "secret.key", tmp_path / "spark")
    run(tmp_path / "spark.toml", "--engine", "spark", "--master", master)
    found, wanted = (tables(StateFolder(tmp_path / state).published) for state in ("spark", "calm"))
    assert {name for name in wanted if found.get(name) != wanted[name]} == set()


def run(workspace: Path, *options: str) -> None:
    words = [sys.executable, "-m", "pipelines.cli", "run", str(workspace), "--no-report", "--quiet", *options]
    environment = os.environ | {
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_SUBMIT_ARGS": "--executor-memory 512m --conf spark.sql.shuffle.partitions=2"
        " --conf spark.sql.codegen.wholeStage=false --conf spark.sql.adaptive.enabled=false pyspark-shell",
    }
    done = subprocess.run(
        words, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
