"""What got worse is told once, to a real server, and secrets stay secret."""

import json
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

import apprise
import duckdb
import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.crawl.send import send_message
from pipelines.errors import CrawlError
from pipelines.notices import compose_notice
from reports.texts import Words

SECRET = "c4nary-token"
TOKEN = "c4narytoken"


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
        self.answer = b""
        self.messages: list[dict[str, Any]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                inbox.messages.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(inbox.answer)

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


ROBOTS = {"dingtalk": ("text", "content"), "feishu": ("content", "text"), "wecombot": ("text", "content")}
"""Where the message stands in what each robot is sent, as its maker documents it."""


@pytest.fixture(params=sorted(ROBOTS))
def robot(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Inbox]]:
    """The kind of a robot, and a server in place of its maker's."""
    inbox = Inbox(200)
    plugin = type(apprise.Apprise.instantiate(f"{request.param}://{TOKEN}"))
    monkeypatch.setattr(plugin, "notify_url", f"http://127.0.0.1:{inbox.server.server_port}/")
    monkeypatch.setattr(plugin, "request_rate_per_sec", 0)
    yield request.param, inbox
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


def test_robot_when_it_is_sent_a_message_then_gets_it_in_its_own_form(robot: tuple[str, Inbox]) -> None:
    kind, inbox = robot
    assert send_message([f"{kind}://{TOKEN}"], "标题", "正文") == 1
    outer, inner = ROBOTS[kind]
    assert inbox.messages[0][outer][inner].split() == ["标题", "正文"]


def test_robot_when_it_refuses_with_status_200_then_it_is_told(robot: tuple[str, Inbox]) -> None:
    kind, inbox = robot
    inbox.answer = b'{"errcode": 310000, "code": 310000, "errmsg": "keywords not in content"}'
    with pytest.raises(CrawlError, match=rf"1 of 1 addresses did not take the message: 1 \({kind}"):
        send_message([f"{kind}://{TOKEN}"], "标题", "正文")


def test_message_when_it_is_longer_than_a_robot_takes_then_comes_in_parts(robot: tuple[str, Inbox]) -> None:
    kind, inbox = robot
    send_message([f"{kind}://{TOKEN}"], "标题", "\n".join(f"{n} 须尽快处置" for n in range(300)))
    outer, inner = ROBOTS[kind]
    texts = [message[outer][inner] for message in inbox.messages]
    assert max(len(text.encode()) for text in texts) <= (2048 if kind == "wecombot" else 20_000)
    assert [int(word) for text in texts for word in text.split() if word.isdigit()] == list(range(300))


def test_message_when_sent_by_mail_then_arrives() -> None:
    mails = []

    class Server(StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            for line in self.rfile:
                if line.upper().startswith(b"DATA"):
                    self.wfile.write(b"354 go on\r\n")
                    mails.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.wfile.write(b"250 fine\r\n")

    with ThreadingTCPServer(("127.0.0.1", 0), Server) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        send_message([f"mailto://127.0.0.1:{port}/?from=atlas@a.example&to=team@b.example"], "title", "body")
        server.shutdown()
    assert b"Subject: title" in mails[0]
    assert b"To: team@b.example" in mails[0]
    assert mails[0].endswith(b"body\r\n")


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
