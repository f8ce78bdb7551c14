"""A forge that replays recorded public answers of GitHub: what is stored equals them field by field.

The recordings are the npm packages @octokit/fixtures (answers of the API) and @octokit/webhooks-examples
(change requests, reviews and comments as the API words them); they are installed for the test.
"""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from forge_peer import KEY, MakePeer, Peer
from forge_server import Asked, Reply
from forge_world import World

from pipelines.crawl.forge.writing import make_table
from warehouse.people import account_id
from warehouse.store.upsert import upsert_rows

pytestmark = pytest.mark.slow

PACKAGES = ("@octokit/fixtures@23.1.2", "@octokit/webhooks-examples@7.6.1")
NAME = "octokit-fixture-org/hello-world"
Read = Callable[[dict[str, Any]], Any]


def path(*names: str) -> Read:
    def read(document: dict[str, Any]) -> Any:
        value: Any = document
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return value or None if isinstance(value, str) else value

    return read


def moment(*names: str) -> Read:
    return lambda d: (text := path(*names)(d)) and text.replace("Z", "+00:00").replace("T", " ")


def person(*names: str) -> Read:
    def read(document: dict[str, Any]) -> Any:
        number = path(*names, "id")(document)
        return account_id(KEY, Peer.host, str(number)) if number else None

    return read


def text(*names: str) -> Read:
    return lambda d: (value := path(*names)(d)) and str(value)


def size(*names: str) -> Read:
    def read(document: dict[str, Any]) -> Any:
        value: Any = document
        for name in names:
            value = value.get(name)
        return None if value is None else len(value)

    return read


def names_of(key: str) -> Read:
    return lambda d: [entry["name"] for entry in d[key]] if key in d else None


def number_in(key: str) -> Read:
    return lambda d: d[key].rstrip("/").rpartition("/")[2]


THREAD: dict[str, Read] = {
    "title": path("title"),
    "author_id": person("user"),
    "author_association": path("author_association"),
    "labels": names_of("labels"),
    "milestone": path("milestone", "title"),
    "comments": path("comments"),
    "is_locked": path("locked"),
    "body_length": size("body"),
    "created_at": moment("created_at"),
    "updated_at": moment("updated_at"),
    "closed_at": moment("closed_at"),
}
EXPECTED: dict[str, dict[str, Read]] = {
    "issue": THREAD
    | {
        "number": text("number"),
        "issue_id": text("id"),
        "state": path("state"),
        "state_detail": path("state_reason"),
        "reactions": path("reactions", "total_count"),
    },
    "change_request": {
        "number": text("number"),
        "change_request_id": text("id"),
        "merged_by_id": person("merged_by"),
        "source_branch": path("head", "ref"),
        "target_branch": path("base", "ref"),
        "head_commit_sha": path("head", "sha"),
        "commits": path("commits"),
        "files": path("changed_files"),
        "added": path("additions"),
        "deleted": path("deletions"),
        "review_comments": path("review_comments"),
        "merge_commit_sha": lambda d: d["merge_commit_sha"] if d["merged_at"] else None,
        "is_from_fork": lambda d: d["head"]["repo"]["id"] != d["base"]["repo"]["id"],
    },
    "review": {
        "review_id": text("id"),
        "state": lambda d: d["state"].lower(),
        "author_id": person("user"),
        "author_association": path("author_association"),
        "commit_sha": path("commit_id"),
        "submitted_at": moment("submitted_at"),
        "body_length": size("body"),
    },
    "comment": {
        "comment_id": text("id"),
        "number": lambda d: number_in("pull_request_url" if "pull_request_url" in d else "issue_url")(d),
        "on_code": lambda d: "pull_request_url" in d,
        "review_id": text("pull_request_review_id"),
        "in_reply_to_id": text("in_reply_to_id"),
        "author_id": person("user"),
        "author_association": path("author_association"),
        "body_length": size("body"),
        "created_at": moment("created_at"),
        "updated_at": moment("updated_at"),
    },
    "release": {
        "tag": path("tag_name"),
        "release_id": text("id"),
        "name": path("name"),
        "author_id": person("author"),
        "is_prerelease": path("prerelease"),
        "is_draft": path("draft"),
        "target": path("target_commitish"),
        "assets": size("assets"),
        "body_length": size("body"),
        "created_at": moment("created_at"),
        "published_at": moment("published_at"),
    },
    "forge_repository": {
        "repository_id": path("id"),
        "repo_id": lambda d: f"{Peer.host}/{d['full_name']}",
        "description": path("description"),
        "homepage": path("homepage"),
        "language": path("language"),
        "topics": path("topics"),
        "licence": path("license", "spdx_id"),
        "default_branch": path("default_branch"),
        "stars": path("stargazers_count"),
        "forks": path("forks_count"),
        "watchers": path("subscribers_count"),
        "open_issues": path("open_issues_count"),
        "size_kib": path("size"),
        "is_fork": path("fork"),
        "is_archived": path("archived"),
        "is_private": path("private"),
        "owner_id": person("owner"),
        "created_at": moment("created_at"),
        "updated_at": moment("updated_at"),
        "pushed_at": moment("pushed_at"),
    },
}


class Recorded:
    """The recordings, by what they are."""

    def __init__(self, modules: Path) -> None:
        scenarios = modules / "@octokit" / "fixtures" / "scenarios" / "api.github.com"

        def answers(name: str) -> list[dict[str, Any]]:
            return json.loads((scenarios / name / "normalized-fixture.json").read_text("utf-8"))

        self.repository = answers("get-repository")[0]
        self.issues = [answer for answer in answers("paginate-issues") if answer["method"] == "get"]
        self.moved = [answer for answer in answers("rename-repository") if answer["method"] == "get"]
        self.releases = [answers("release-assets")[0]["response"]]
        examples = modules / "@octokit" / "webhooks-examples" / "api.github.com" / "index.json"
        events = {entry["name"]: entry["examples"] for entry in json.loads(examples.read_text("utf-8"))}
        self.changes = {
            e["pull_request"]["number"]: e["pull_request"]
            for e in events["pull_request"]
            if e["pull_request"]
        }
        self.reviews = [e["review"] for e in events["pull_request_review"] if e["action"] != "dismissed"]
        found = [e["comment"] for e in events["issue_comment"]]
        self.comments = list({comment["id"]: comment for comment in found}.values())
        self.code_comments = [e["comment"] for e in events["pull_request_review_comment"]]

    def routes(self, world: World, asked: Asked) -> Reply | None:
        base = f"/repos/{NAME}"
        if asked.path == base:
            return self._reply(self.repository)
        if asked.path in (f"{base}/issues", "/repositories/1000/issues"):
            return self._reply(self.issues[int(asked.query.get("page", "1")) - 1])
        lists = {
            "/releases": self.releases,
            "/issues/comments": self.comments,
            "/pulls/comments": self.code_comments,
        }
        for end, found in lists.items():
            if asked.path == base + end:
                return Reply(200, found)
        for number, change in self.changes.items():
            if asked.path == f"{base}/pulls/{number}":
                return Reply(200, change)
            if asked.path == f"{base}/pulls/{number}/reviews":
                return Reply(200, self.reviews if number == min(self.changes) else [])
        for answer in self.moved:
            if asked.path == answer["path"]:
                return self._reply(answer)
        return None

    @staticmethod
    def _reply(answer: dict[str, Any]) -> Reply:
        kept = {"location": "Location", "x-ratelimit-remaining": "X-RateLimit-Remaining", "link": "Link"}
        headers = {
            shown: answer["headers"][name] for name, shown in kept.items() if name in answer["headers"]
        }
        for name in ("Location", "Link"):
            if name in headers:
                headers[name] = headers[name].replace("https://api.github.com", "BASE")
        return Reply(answer["status"], answer["response"], headers)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("npm")
    command = ["npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", *PACKAGES]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"the recordings cannot be installed: {error}")
    return Recorded(folder / "node_modules")


def replay(recorded: Recorded, peer: MakePeer) -> Peer:
    forge = peer("github", World([], []))
    inner = recorded.routes

    def routes(world: World, asked: Asked) -> Reply | None:
        reply = inner(world, asked)
        if reply is not None:
            reply.headers = {name: v.replace("BASE", forge.base) for name, v in reply.headers.items()}
        return reply

    forge.server._routes = routes
    return forge


def stored(forge: Peer, table: str) -> list[tuple[str | None, ...]]:
    columns = ", ".join(f"cast({name} as varchar)" for name in EXPECTED[table])
    return forge.rows(f"select {columns} from raw.{table} order by all")


def told(forge: Peer, table: str, documents: list[dict[str, Any]]) -> list[tuple[str | None, ...]]:
    """The recorded fields, put through the database for its way of writing values."""
    rows = [{name: read(document) for name, read in EXPECTED[table].items()} for document in documents]
    schema = {
        n: t
        for n, t, *_ in forge.rows(
            f"select column_name, data_type from duckdb_columns() where table_name = '{table}'"
        )
    }
    result = []
    for row in rows:
        values = ", ".join(f"cast(cast(? as {schema[name]}) as varchar)" for name in row)
        result += forge.con.execute(f"select {values}", list(row.values())).fetchall()
    return sorted(set(result), key=lambda r: tuple((v is not None, v or "") for v in r))


def test_rows_when_the_recorded_answers_are_crawled_then_every_field_is_equal(
    recorded: Recorded, peer: MakePeer
) -> None:
    forge = replay(recorded, peer)
    numbers = [{"number": str(n), "updated_at": None, "created_at": None} for n in recorded.changes]
    shared = {"forge": forge.host, "repository_id": 1000, "parser": "test", "parser_version": "1"}
    table, _ = make_table("change_request", numbers, shared)
    upsert_rows(forge.con, {"change_request": table})
    forge.crawl(NAME, profiles=0)
    issues = [issue for answer in recorded.issues for issue in answer["response"]]
    assert len(issues) == 13
    documents = {
        "forge_repository": [recorded.repository["response"]],
        "issue": issues,
        "change_request": list(recorded.changes.values()),
        "review": recorded.reviews,
        "comment": recorded.comments + recorded.code_comments,
        "release": recorded.releases,
    }
    for name, expected in documents.items():
        found = sorted(set(stored(forge, name)), key=lambda r: tuple((v is not None, v or "") for v in r))
        assert found == told(forge, name, expected), name


def test_repository_when_the_recorded_rename_is_met_then_it_is_followed(
    recorded: Recorded, peer: MakePeer
) -> None:
    forge = replay(recorded, peer)
    forge.crawl("octokit-fixture-org/rename-repository", profiles=0)
    assert forge.rows("select repository_id, repo_id from raw.forge_repository") == [
        (1000, f"{forge.host}/octokit-fixture-org/rename-repository-newname")
    ]
