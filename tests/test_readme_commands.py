"""Every command of the READMEs and tutorials is run, in a home of its own."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CLI = f"{sys.executable} -m pipelines.cli"
SERVERS = {"serve": 0, "ui": 38_471}
"""Commands that go on until they are stopped, with the port that they are given."""
FINDINGS = ("audit",)
"""Commands whose exit code 1 says that something was found."""


def lines(page: Path) -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    found = [re.sub(r"\s+#.*", "", line).strip() for block in blocks for line in block.splitlines()]
    return [line for line in found if line and line != "python3 run.py test"]


def run(line: str, home: Path) -> str:
    """Run a line of a page and return what it printed."""
    command = re.sub(r"(?<!\S)(?:python3 run\.py|chainatlas) ", f"{CLI} ", line)
    environment = {**os.environ, "HOME": str(home), "LC_ALL": "C.UTF-8", "DAGSTER_HOME": ""}
    name = re.sub(r"^(?:python3 run\.py|chainatlas) ", "", line).split()[0]
    if name in SERVERS:
        return start_and_stop(f"exec {command} --port {SERVERS[name]}", environment)
    done = subprocess.run(
        ["bash", "-c", command], cwd=home, env=environment, capture_output=True, text=True, check=False
    )
    allowed = (0, 1) if name in FINDINGS or name == "run" else (0,)
    assert done.returncode in allowed, f"{line}\n{done.stdout}\n{done.stderr}"
    assert done.stdout.strip() or done.stderr.strip() or "-o " in line, f"{line}: says nothing"
    return done.stdout


def start_and_stop(command: str, environment: dict[str, str]) -> str:
    # a signal that the caller of the tests ignores would be lost until the server takes it over
    process = subprocess.Popen(
        ["env", "--default-signal=INT,TERM", "bash", "-c", command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    timer = threading.Timer(120, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    assert process.stdout is not None
    said = ""
    for text in process.stdout:
        said += text
        if "http://" in text:
            break
    timer.cancel()
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise AssertionError(f"does not end when it is asked to: {command}") from None
    process.stdout.close()
    assert "http://" in said, said
    return said


@pytest.fixture
def archives(tmp_path: Path) -> Iterator[str]:
    """A bucket of advisories on loopback."""
    folder = tmp_path / "bucket"
    shutil.copytree(ROOT / "examples" / "sample_region" / "advisories", folder)
    handler = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *a: handler(*a, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow
def test_readme_when_its_commands_are_run_in_order_then_each_works(tmp_path: Path, archives: str) -> None:
    home = tmp_path / "home"
    copy_code(home / "code")
    (home / "bring").mkdir()
    (home / "bring" / "workspace.toml").write_text(
        f'[advisories]\necosystems = []\nfeeds = ["{archives}/sample.jsonl", "{archives}/kev.json"]\n',
        "utf-8",
    )
    for line in lines(ROOT / "README.md"):
        run(line, home)
    bill = json.loads((home / "shop.cdx.json").read_text("utf-8"))
    assert bill["components"]
    exposed = run("chainatlas query ~/code 'select count(*) as n from mart.risk_score' --format json", home)
    assert json.loads(exposed)[0]["n"] > 0, "the advisories that were carried over found nothing"


def copy_code(folder: Path) -> None:
    """Two repositories, one of them with what the sample's advisories are about."""
    for name, source in (("shop", "clinic-server"), ("portal", "panshi-gateway")):
        target = folder / name
        shutil.copytree(ROOT / "examples" / "sample_region" / "files" / source, target)
        for words in (
            ["init", "-q", "-b", "main"],
            ["add", "-A"],
            ["-c", "user.name=Ada", "-c", "user.email=ada@acme.example", "commit", "-q", "-m", "first"],
        ):
            subprocess.run(["git", "-C", str(target), *words], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("reader", ["planner", "security", "enterprise"])
def test_tutorial_when_its_commands_are_run_in_order_then_each_works(
    reader: str, region: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "chainatlas-demo").symlink_to(region)
    page = ROOT / "docs" / "tutorials" / f"{reader}.md"
    for line in lines(page):
        if not line.startswith("chainatlas demo "):
            run(line, home)
    chinese = page.with_name(f"{reader}.zh-CN.md")
    assert lines(chinese) == lines(page)


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tutorial") / "region"
    done = subprocess.run([*CLI.split(), "demo", str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder
