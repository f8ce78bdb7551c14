"""What got worse is told once, to a real server, and secrets stay secret."""

import json
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.notices import compose_notice
from reports.texts import Words

SECRET = "c4nary-token"


@pytest.fixture(scope="module")
def worse(region: Path) -> Path:
    """The region, in whose published copy a few things changed."""
    published = region / ".chainatlas" / "published" / "chainatlas.duckdb"
    with closing(duckdb.connect(str(published))) as con:
        con.execute("delete from meta.change_since")
        con.executemany(
            "insert into meta.change_since values (?, ?, ?, ?, ?, ?, ?, timestamptz '2026-10-01 00:00+00')",
            [
                [
                    "urgent_exposure",
                    "worse",
                    "enterprise",
                    "one",
                    f"app pkg:npm/p{n} CVE-2026-{n}",
                    None,
                    None,
                ]
                for n in range(7)
            ]
            + [
                ["critical_exposure", "worse", "enterprise", "one", "app pkg:npm/c CVE-2026-9", None, None],
                ["verdict", "changed", "segment", "s\u202e=1", "verdict", "sound", "weak"],
                ["silent_upstream", "worse", "component", "pkg:npm/quiet", "up", None, None],
                ["urgent_exposure", "better", "enterprise", "one", "fixed", None, None],
                ["component", "new", "component", "pkg:npm/new", None, None, None],
            ],
        )
    return region


class Inbox:
    """A server that keeps what it is told."""

    def __init__(self, status: int) -> None:
        inbox = self
        self.messages: list[dict[str, Any]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                inbox.messages.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"json://user:{SECRET}@127.0.0.1:{self.server.server_port}/"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    inbox = Inbox(200)
    yield inbox
    inbox.server.shutdown()
    inbox.server.server_close()


def notify(target: Path, *words: str, addresses: str = "") -> Result:
    return CliRunner().invoke(main, ["notify", str(target), *words], env={"CHAINATLAS_NOTIFY": addresses})


def test_notice_when_things_got_worse_then_names_these_alone(worse: Path) -> None:
    notice = compose_notice(worse / ".chainatlas" / "published" / "chainatlas.duckdb", Words("en"))
    assert notice is not None
    assert notice.title == "chainatlas: 10 things to note since 2026-10-01"
    lines = notice.body.splitlines()
    assert lines[0] == "exposures to act on soon: 7"
    assert lines[1] == "- one app pkg:npm/p0 CVE-2026-0"
    assert lines[6].endswith("2 more")
    assert lines[8:] == [
        *("other exposures of critical severity: 1", "- one app pkg:npm/c CVE-2026-9", ""),
        *("verdicts: 1", "- s\ufffd=1 verdict: sound → weak", ""),
        *("upstreams that fell silent: 1", "- pkg:npm/quiet up"),
    ]
    assert "pkg:npm/new" not in notice.body
    assert "fixed" not in notice.body


def test_message_when_sent_then_arrives_once(worse: Path, inbox: Inbox) -> None:
    first = notify(worse, addresses=inbox.address)
    assert (first.exit_code, first.output) == (0, "sent to 1 addresses\n")
    assert inbox.messages[0]["title"] == "链图：自 2026-10-01 以来有 10 项值得注意"
    assert "须尽快处置的漏洞：7 项" in inbox.messages[0]["message"]
    assert notify(worse, addresses=inbox.address).output == "sent already; --again sends it once more\n"
    assert len(inbox.messages) == 1
    assert notify(worse, "--again", addresses=inbox.address).exit_code == 0
    assert len(inbox.messages) == 2


def test_message_when_a_server_refuses_it_then_is_tried_again_and_no_secret_is_told(worse: Path) -> None:
    refusing = Inbox(500)
    told = notify(worse, "--again", addresses=refusing.address)
    refusing.server.shutdown()
    refusing.server.server_close()
    assert told.exit_code == 2
    assert "1 of 1 addresses did not take the message: 1 (json)" in told.output
    assert SECRET not in told.output


@pytest.mark.parametrize("address", [f"nonsense://{SECRET}", SECRET])
def test_address_when_it_is_none_then_says_so_without_telling_it(worse: Path, address: str) -> None:
    told = notify(worse, "--again", addresses=address)
    assert told.exit_code == 2
    assert "is none that a message can be sent to" in told.output
    assert SECRET not in told.output


def test_addresses_when_others_can_read_their_file_then_are_refused(
    worse: Path, inbox: Inbox, tmp_path: Path
) -> None:
    file = tmp_path / "addresses"
    file.write_text(f"# the team\n{inbox.address}\n")
    file.chmod(0o644)
    assert "others can read" in notify(worse, "--again", "--addresses", str(file)).output
    file.chmod(0o600)
    assert notify(worse, "--again", "--addresses", str(file)).exit_code == 0
    assert len(inbox.messages) == 1


def test_dry_run_when_asked_for_then_prints_and_sends_nothing(worse: Path, inbox: Inbox) -> None:
    told = notify(worse, "--dry-run", "--language", "en", addresses=inbox.address)
    assert "exposures to act on soon: 7" in told.output
    assert inbox.messages == []
    assert "nobody to tell" in notify(worse, "--again").output
