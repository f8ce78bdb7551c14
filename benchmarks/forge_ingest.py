"""Ingest issues and change requests from a forge on loopback: rows per second of processor time, and memory.

    python benchmarks/forge_ingest.py [--rows 1000000] [--recorded FOLDER]

A server in a process of its own serves pages of 100 issues as GitHub words them (about a third of them change
requests, 5 KB each, in ascending order of change). The crawler reads them with its cursors, ETags and commits
into a warehouse on disk. Counted is the crawler's own processor time, without the part that it spends in
asking (`Client.get`): what comes after an answer was received. With --recorded, a folder with the npm package
@octokit/fixtures installed, the issues are copies of recorded ones with other numbers and times.
"""

import argparse
import json
import multiprocessing
import resource
import socketserver
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pipelines.crawl.forge import asking
from pipelines.crawl.forge.crawl import ForgeTarget, crawl_forge
from pipelines.crawl.forge.kinds import KINDS
from pipelines.crawl.forge.tokens import Token
from warehouse.store.database import open_database

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
STEP = timedelta(seconds=3)
PAGE = 100
NAME = "acme/engine"


def template(recorded: Path | None) -> dict[str, Any]:
    """One issue with all that GitHub tells of one."""
    if recorded:
        name = (
            "node_modules/@octokit/fixtures/scenarios/api.github.com/paginate-issues/normalized-fixture.json"
        )
        return json.loads((recorded / name).read_text("utf-8"))[0]["response"][0]
    urls = {f"{kind}_url": f"https://api.forge.example/repos/acme/engine/{kind}/1" for kind in "abcdefghijkl"}
    user = {"login": "somebody", "id": 1, "type": "User", "site_admin": False, **urls}
    return {
        **urls,
        "user": user,
        "title": "Something does not work as it should",
        "state": "open",
        "labels": [
            {"id": n, "name": f"label {n}", "color": "ffffff", "description": "x" * 60} for n in range(3)
        ],
        "assignees": [user],
        "milestone": None,
        "comments": 3,
        "author_association": "NONE",
        "locked": False,
        "reactions": {"total_count": 2, "url": "x" * 80},
        "body": "What happened, and what should have happened? " * 30,
        "closed_at": None,
        "state_reason": None,
    }


def serve(pipe: Connection, rows: int, recorded: Path | None) -> None:
    """Send the port, then answer until killed."""
    issue = template(recorded)
    users = [dict(issue["user"], id=n, login=f"user{n}") for n in range(20_000)]

    def document(number: int) -> str:
        at = f"{EPOCH + STEP * number:%Y-%m-%dT%H:%M:%SZ}"
        entry = {
            **issue,
            "id": 10_000_000 + number,
            "number": number,
            "user": users[number * 7919 % len(users)],
            "created_at": at,
            "updated_at": at,
        }
        if number % 3 == 0:
            entry |= {"pull_request": {"merged_at": at}, "draft": False, "state": "closed", "closed_at": at}
        return json.dumps(entry)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = parse_qs(parts.query)
            if parts.path == f"/repos/{NAME}":
                body = json.dumps({"id": 1, "full_name": NAME, "owner": {}}).encode()
            elif parts.path == f"/repos/{NAME}/issues":
                first = 1
                if since := query.get("since"):
                    first = max(int((datetime.fromisoformat(since[0]) - EPOCH) / STEP), 1)
                numbers = range(first, min(first + PAGE, rows + 1))
                body = f"[{','.join(document(number) for number in numbers)}]".encode()
            else:
                body = b"[]"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            if parts.path.endswith("/issues") and len(body) > 2 and numbers[-1] < rows:
                self.send_header("Link", '<http://127.0.0.1/next>; rel="next"')
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        pipe.send(server.server_address[1])
        server.serve_forever()


class Quiet:
    def begin(self, what: str, total: int) -> None:
        pass

    def advance(self) -> None:
        pass

    def note(self, text: str) -> None:
        print(text)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--recorded", type=Path)
    arguments = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(
        target=serve, args=(theirs, arguments.rows, arguments.recorded), daemon=True
    )
    server.start()
    base = f"http://127.0.0.1:{ours.recv()}"

    asked = [0.0, 0]
    marks: list[tuple[int, int]] = []
    inner = asking.Asker._sent

    def sent(self: asking.Asker, *parts: Any) -> Any:
        began = time.process_time()
        answer = inner(self, *parts)
        asked[0] += time.process_time() - began
        asked[1] += len(answer.body)
        if self.requests % (arguments.rows // PAGE // 4) == 0:
            marks.append((self.requests * PAGE, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))
        return answer

    asking.Asker._sent = sent  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as folder, closing(open_database(Path(folder) / "w.duckdb")) as con:
        con.execute("set memory_limit = '1GB'")
        target = ForgeTarget(
            "forge.example", KINDS["github"], base, repositories=(NAME,), details=0, profiles=0
        )
        began, wall = time.process_time(), time.monotonic()
        crawl_forge(con, target, [Token("t" * 20, "t")], Quiet(), person_key=b"k" * 32)
        seconds, wall = time.process_time() - began, time.monotonic() - wall
        [(issues, changes)] = con.sql(
            "select (select count(distinct number) from raw.issue),"
            " (select count(distinct number) from raw.change_request)"
        ).fetchall()
    server.kill()
    rows = issues + changes
    print(f"{rows} rows ({issues} issues, {changes} change requests), {asked[1] / 2**20:.0f} MiB received")
    print(f"wall {wall:.1f} s; processor {seconds:.1f} s, of which asking {asked[0]:.1f} s")
    print(f"ingest: {rows / (seconds - asked[0]):,.0f} rows/s of processor time")
    print("memory by rows read: " + ", ".join(f"{count:,}: {mib} MiB" for count, mib in marks))


if __name__ == "__main__":
    main()
