"""A confined worker reads, writes its results, runs git, and can do nothing else."""

import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.confinement import Confinement, available
from pipelines.scan_pool import run_jobs

MEANS = " ".join(available())
landlocked = pytest.mark.skipif("Landlock" not in MEANS, reason="the kernel has no Landlock")


@dataclass(frozen=True)
class Deed:
    what: str
    where: str = ""
    seconds: float = 60.0


def attempt(deed: Deed) -> str:
    """Do something that a hostile repository might make a parser do."""
    try:
        return _do(deed)
    except (OSError, MemoryError) as error:
        return type(error).__name__


def _do(deed: Deed) -> str:
    path = Path(deed.where)
    if deed.what == "write":
        path.write_text("x")
    elif deed.what == "remove":
        path.unlink()
    elif deed.what == "link":
        path.with_name("link").symlink_to(path)
    elif deed.what == "run":
        return subprocess.run([deed.where], capture_output=True, text=True, check=True).stdout
    elif deed.what == "git":
        return subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout[:11]
    elif deed.what == "allocate":
        bytearray(1 << 30)
    elif deed.what == "connect":
        socket.create_connection(("127.0.0.1", int(deed.where)), timeout=5).close()
    elif deed.what == "send":
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.sendto(b"x", ("127.0.0.1", int(deed.where)))
    elif deed.what == "read":
        return path.read_text()
    return "done"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with a program in it, and a folder for results."""
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / "file").write_text("content")
    program = tmp_path / "repository" / "program"
    program.write_text("#!/bin/sh\necho owned\n")
    program.chmod(0o755)
    (tmp_path / "results").mkdir()
    return tmp_path


def outcomes(folder: Path, *deeds: Deed, memory_bytes: int = 2 << 30) -> list[str | None]:
    confinement = Confinement((folder / "results",), memory_bytes)
    return [end.result for end in run_jobs(attempt, deeds, 1, folder / "results", confinement=confinement)]


@landlocked
def test_worker_when_it_writes_then_only_among_its_results(folder: Path) -> None:
    repository, results = folder / "repository", folder / "results"
    assert outcomes(
        folder,
        Deed("read", str(repository / "file")),
        Deed("write", str(results / "new")),
        Deed("write", str(repository / "file")),
        Deed("write", str(repository / "new")),
        Deed("remove", str(repository / "file")),
        Deed("link", str(repository / "file")),
        Deed("write", "/dev/null"),
    ) == ["content", "done", *["PermissionError"] * 4, "done"]
    assert (repository / "file").read_text() == "content"


@landlocked
def test_worker_when_it_starts_programs_then_only_those_of_the_system(folder: Path) -> None:
    program = folder / "repository" / "program"
    assert outcomes(folder, Deed("git"), Deed("run", str(program))) == ["git version", "PermissionError"]


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.skipif(not MEANS, reason="the system has neither Landlock nor network namespaces")
def test_worker_when_it_connects_then_there_is_no_network(folder: Path, port: int) -> None:
    free = list(run_jobs(attempt, [Deed("connect", str(port))], 1))
    assert [end.result for end in free] == ["done"]
    (confined,) = outcomes(folder, Deed("connect", str(port)))
    assert confined in {"PermissionError", "OSError"}


@pytest.mark.skipif("network" not in MEANS, reason="the system has no network namespaces for us")
def test_worker_when_it_sends_datagrams_then_there_is_no_network(folder: Path, port: int) -> None:
    assert outcomes(folder, Deed("send", str(port))) == ["OSError"]


def test_worker_when_it_takes_too_much_memory_then_is_refused_it(folder: Path) -> None:
    assert outcomes(folder, Deed("allocate"), Deed("git"), memory_bytes=512 << 20) == [
        "MemoryError",
        "git version",
    ]
