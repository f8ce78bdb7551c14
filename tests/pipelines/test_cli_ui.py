"""The Dagster UI serves the same assets, and what is launched there is what `chainatlas run` does."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pipelines.dagster_home import prepare_dagster_home
from pipelines.state import StateFolder
from warehouse.store.database import open_published

LAUNCH = """
mutation ($parameters: ExecutionParams!) {
  launchRun(executionParams: $parameters) { __typename ... on LaunchRunSuccess { run { runId } } }
}
"""
STATUS = "query ($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
ASSETS = "{ assetNodes { assetKey { path } description } }"


@pytest.mark.slow
def test_home_of_dagster_has_our_configuration(tmp_path: Path) -> None:
    home = prepare_dagster_home(tmp_path / "a" / "dagster")
    (home / "dagster.yaml").write_text("telemetry: {enabled: true}")
    prepare_dagster_home(home)
    assert "enabled: false" in (home / "dagster.yaml").read_text()


@pytest.fixture
def address(region: Path) -> Iterator[str]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    words = ["env", "--default-signal=INT"]  # whatever the caller of the tests ignores
    words += [sys.executable, "-m", "pipelines.cli", "ui", str(region), "--port", str(port)]
    environment = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
    with (region / "ui.log").open("w") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log, env=environment, start_new_session=True)
        try:
            yield f"http://127.0.0.1:{port}/graphql"
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def ask(address: str, query: str, **variables: Any) -> Any:
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["data"]


def ask_patiently(address: str, query: str, seconds: float) -> Any:
    """The first answer of a server that is starting."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return ask(address, query)
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


@pytest.mark.slow
def test_run_launched_in_the_ui_publishes_the_answers(region: Path, address: str) -> None:
    nodes = ask_patiently(address, ASSETS, 240)["assetNodes"]
    keys = {"/".join(node["assetKey"]["path"]) for node in nodes}
    assert {"raw/component", "mart/component_use", "published", "report"} <= keys
    state = StateFolder(region / ".chainatlas")
    state.published.unlink()
    selector = {
        "repositoryLocationName": "pipelines.definitions",
        "repositoryName": "__repository__",
        "jobName": "region",
    }
    launched = ask(address, LAUNCH, parameters={"selector": selector, "runConfigData": {}})["launchRun"]
    assert launched["__typename"] == "LaunchRunSuccess"
    run_id = launched["run"]["runId"]
    deadline = time.monotonic() + 240
    status = "QUEUED"
    while status not in ("SUCCESS", "FAILURE", "CANCELED") and time.monotonic() < deadline:
        time.sleep(0.5)
        status = ask(address, STATUS, id=run_id)["runOrError"]["status"]
    assert status == "SUCCESS", (region / "ui.log").read_text()[-3000:]
    with closing(open_published(state.published)) as con:
        runs = con.execute("select run_id, status from meta.run order by started_at").fetchall()
    assert runs[-1] == (run_id, "succeeded")
    assert not (state.dagster / ".telemetry").exists()


@pytest.mark.slow
def test_run_keeps_its_record_in_a_home_of_dagster_and_tells_nobody(region: Path, tmp_path: Path) -> None:
    home = tmp_path / "dagster"
    environment = os.environ | {"DAGSTER_HOME": str(home), "HOME": str(tmp_path / "home")}
    words = [sys.executable, "-m", "pipelines.cli", "run", str(region), "--quiet", "--no-report"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    assert "elemetry" not in done.stderr
    assert (home / "history" / "runs.db").is_file()
    assert "enabled: false" in (home / "dagster.yaml").read_text()
    assert not list(tmp_path.rglob(".telemetry"))
