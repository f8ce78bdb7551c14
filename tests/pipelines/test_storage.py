"""Files in a folder and in a server that speaks S3: whole or not at all, and told when the store fails."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

import pytest
from made_repositories import make_repository

from pipelines.errors import PipelineError
from pipelines.storage import PUBLISHED_KEY, Store, open_store

ROOT = Path(__file__).parents[2]


def test_folder_when_files_are_put_then_they_come_back_whole(tmp_path: Path) -> None:
    check_round_trip(open_store(str(tmp_path / "store")), tmp_path)


def test_address_when_it_is_none_or_holds_credentials_then_is_refused() -> None:
    with pytest.raises(PipelineError, match="is no storage"):
        open_store("gopher://somewhere/else")
    with pytest.raises(PipelineError, match="holds credentials") as error:
        open_store("s3://key:secret@bucket/atlas")
    assert "secret@" not in str(error.value)


def test_folder_when_a_file_cannot_be_put_then_the_earlier_one_stays(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "store"))
    store.write(b"before", "a")
    with pytest.raises(PipelineError, match="cannot take a"):
        store.put(tmp_path / "missing", "a")
    assert store.read("a") == b"before"
    assert store.keys("") == ["a"]


def check_round_trip(store: Store, folder: Path) -> None:
    file = folder / "file"
    file.write_bytes(os.urandom(20_000_000))
    assert store.keys("some") == []
    store.put(file, "some/where/a+b%20.bin")
    store.write(b"", "some/empty")
    assert store.keys("some") == ["some/empty", "some/where/a+b%20.bin"]
    assert store.has("some/empty")
    assert not store.has("some/where")
    store.get("some/where/a+b%20.bin", folder / "new" / "back")
    assert (folder / "new" / "back").read_bytes() == file.read_bytes()
    store.remove("some")
    store.remove("some")
    assert store.keys("") == []
    with pytest.raises(PipelineError, match="cannot give"):
        store.get("some/empty", folder / "not")
    assert not (folder / "not").exists()


class Server:
    """A server that speaks S3, with a bucket `atlas`; `refuses` says what it answers with an error."""

    def __init__(self) -> None:
        from moto.server import DomainDispatcherApplication, create_backend_app
        from werkzeug.serving import WSGIRequestHandler, make_server

        class Quiet(WSGIRequestHandler):
            def log(self, *_: object, **__: object) -> None:
                return

        self._atlas = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=Quiet)
        self.port = self._server.port
        self.refuses: Callable[[str], bool] = lambda _: False
        self.refused = 0
        Thread(target=self._server.serve_forever, daemon=True).start()
        urlopen(Request(f"http://127.0.0.1:{self.port}/atlas", method="PUT")).close()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']}"
        if self.refuses(request):
            self.refused += 1
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start_response("500 Internal Server Error", [("Content-Type", "application/xml")])
            return [b"<Error><Code>InternalError</Code></Error>"]
        return self._atlas(environ, start_response)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    pytest.importorskip("moto.server")
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def failing(server: Server) -> Iterator[Server]:
    yield server
    server.refuses = lambda _: False


def s3_address(port: int, folder: str) -> str:
    return f"s3://atlas/{folder}?endpoint_override=127.0.0.1:{port}&scheme=http&region=us-east-1"


@pytest.mark.slow
def test_s3_when_files_are_put_then_they_come_back_whole(server: Server, tmp_path: Path) -> None:
    check_round_trip(open_store(s3_address(server.port, "trip")), tmp_path)


@pytest.mark.slow
def test_s3_when_the_first_answer_to_each_request_is_an_error_then_it_is_repeated(
    failing: Server, tmp_path: Path
) -> None:
    seen: set[str] = set()
    failing.refuses = lambda request: not (request in seen or seen.add(request))
    store = open_store(s3_address(failing.port, "half"))
    (tmp_path / "file").write_bytes(b"whole")
    store.put(tmp_path / "file", "a/b")
    assert store.read("a/b") == b"whole"
    assert failing.refused > 1


@pytest.mark.slow
def test_s3_when_it_takes_nothing_then_put_fails(failing: Server, tmp_path: Path) -> None:
    """Arrow's own copying of files loses this error."""
    store = open_store(s3_address(failing.port, "none"))
    (tmp_path / "file").write_bytes(b"whole")
    failing.refuses = lambda request: request.startswith(("PUT", "POST"))
    with pytest.raises(PipelineError, match="cannot take a/b"):
        store.put(tmp_path / "file", "a/b")
    failing.refuses = lambda _: False
    assert store.keys("") == []


@pytest.mark.slow
def test_run_when_the_store_fails_then_says_so_and_what_was_published_there_stays(
    failing: Server, tmp_path: Path
) -> None:
    address = s3_address(failing.port, "region")
    make_repository(tmp_path / "code" / "app")
    workspace = tmp_path / "workspace.toml"
    workspace.write_text(
        '[[enterprises]]\nid = "one"\nrepositories = ["code/*"]\n'
        f'[taxonomy]\npackaged = true\n[storage]\naddress = "{address}"\n'
    )

    def chainatlas(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pipelines.cli", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    run = ("run", str(workspace), "--quiet", "--no-report", "--jobs", "1")
    assert chainatlas(*run).returncode == 0
    store = open_store(address)
    first = store.read(PUBLISHED_KEY)
    failing.refuses = lambda _: True
    make_repository(tmp_path / "code" / "other")
    failed = chainatlas(*run)
    assert failed.returncode == 2
    assert "cannot take published/chainatlas.duckdb" in failed.stderr
    failing.refuses = lambda _: False
    assert store.read(PUBLISHED_KEY) == first
    assert chainatlas(*run).returncode == 0
    assert store.read(PUBLISHED_KEY) != first
    (tmp_path / ".chainatlas" / "published" / "chainatlas.duckdb").unlink()
    assert chainatlas("pull", str(workspace)).returncode == 0
    assert (tmp_path / ".chainatlas" / "published" / "chainatlas.duckdb").read_bytes() == store.read(
        PUBLISHED_KEY
    )
