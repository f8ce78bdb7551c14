"""`chainatlas crawl` and a run, against forges on loopback; no token is ever written anywhere."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from made_repositories import make_repository

sys.path.insert(0, str(Path(__file__).parent / "crawl" / "forge"))
from forge_routes import PREFIXES, ROUTES
from forge_server import ForgeServer, Reply, serve
from forge_world import make_world

from pipelines.cli import main
from pipelines.crawl.forge.tokens import read_tokens
from pipelines.errors import CrawlError
from warehouse.store.database import open_database, open_published

CANARY = "ghp_canary0123456789ABCDEF"
WORKSPACE = """\
[[enterprises]]
id = "acme"
repositories = ["engine", "local"]

[forges."forge.example"]
kind = "{kind}"
api = "{base}"
token_variables = ["FORGE_TEST_TOKENS"]
wait_seconds = 0

[taxonomy]
packaged = false
"""


@pytest.fixture
def region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, ForgeServer]]:
    """A workspace of one repository with a remote at a forge on loopback, and one without."""
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.setenv("FORGE_TEST_TOKENS", f"{CANARY}, {CANARY}2")
    for name in ("engine", "local"):
        make_repository(tmp_path / name, [{"README.md": "x"}])
    remote = "https://user:pw@forge.example/acme/engine.git"
    subprocess.run(["git", "-C", str(tmp_path / "engine"), "remote", "add", "origin", remote], check=True)
    server = ForgeServer(make_world(40), ROUTES["github"], PREFIXES["github"])
    with serve(server) as base:
        (tmp_path / "workspace.toml").write_text(WORKSPACE.format(kind="github", base=base), "utf-8")
        yield tmp_path, server


def crawl(folder: Path, *arguments: str) -> Any:
    return CliRunner().invoke(main, ["crawl", str(folder / "workspace.toml"), *arguments])


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(open_database(folder / ".chainatlas" / "warehouse.duckdb")) as con:
        return con.sql(query).fetchall()


def test_crawl_when_the_workspace_names_a_forge_then_its_repositories_are_read(
    region: tuple[Path, ForgeServer],
) -> None:
    folder, server = region
    done = crawl(folder)
    assert done.exit_code == 0, done.output
    assert "forge.example: " in done.output
    assert "next: chainatlas run" in done.output
    assert rows(folder, "select count(*) from raw.issue") == [(27,)]
    assert {a.headers["authorization"] for a in server.asked} == {f"token {CANARY}"}
    asked = json.loads(crawl(folder, "--format", "json", "-q").stdout)
    assert {entry["subject"] for entry in asked} >= {"forge.example/acme/engine"}


def test_crawl_when_something_fails_then_it_is_told_and_the_exit_code_says_so(
    region: tuple[Path, ForgeServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, server = region
    monkeypatch.setattr("pipelines.crawl.forge.asking.BACKOFF_SECONDS", 0.0)
    server.fault = lambda number, asked: (
        Reply(422, {"message": f"no, {asked.headers['authorization']} is not welcome"})
        if asked.path.endswith("/tags")
        else None
    )
    done = crawl(folder)
    assert done.exit_code == 2
    assert "failed: forge.example/acme/engine: tags" in done.output
    assert CANARY not in done.output, "the forge's message quotes the token"
    assert CANARY not in str(rows(folder, "from raw.forge_crawl"))


def test_crawl_without_token_is_skipped_and_recorded(
    region: tuple[Path, ForgeServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, server = region
    monkeypatch.delenv("FORGE_TEST_TOKENS")
    done = crawl(folder)
    assert done.exit_code == 0
    assert "no token: set FORGE_TEST_TOKENS" in done.output
    assert server.asked == []
    assert rows(folder, "select status from raw.forge_crawl") == [("skipped",)]


def test_crawl_when_no_forge_is_named_then_it_says_how(tmp_path: Path) -> None:
    make_repository(tmp_path / "one", [{"README.md": "x"}])
    done = CliRunner().invoke(main, ["crawl", str(tmp_path)])
    assert done.exit_code == 0
    assert '[forges."github.com"]' in done.output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[forges."git.acme.example"]', "is not known: say kind"),
        ('[forges."github.com"]\napi = "http://api.github.com"', "in the clear"),
        ('[forges."github.com"]\ntoken_file = "none"', "there is no such file"),
        ('[forges."github.com"]\nrepositories = ["acme"]', "is no owner/name"),
        ('[forges."github.com"]\nowners = ["../x y"]', "is no owner"),
        ('[forges."GitHub.com"]', "is no host in lower case"),
    ],
)
def test_workspace_when_a_forge_is_wrong_then_its_line_is_named(
    text: str, message: str, tmp_path: Path
) -> None:
    make_repository(tmp_path / "one", [{"README.md": "x"}])
    head = '[[enterprises]]\nid = "a"\nrepositories = ["one"]\n'
    (tmp_path / "workspace.toml").write_text(head + text, "utf-8")
    done = crawl(tmp_path)
    assert done.exit_code == 2
    assert message in done.output
    assert "workspace.toml:" in done.output


def test_tokens_when_their_file_can_be_read_by_others_then_none_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"# ours\n{CANARY}\n", "ascii")
    file.chmod(0o640)
    with pytest.raises(CrawlError, match="chmod 600") as error:
        read_tokens([], file, b"key")
    assert CANARY not in str(error.value)
    file.chmod(0o600)
    [token] = read_tokens(["NONE"], file, b"key", {})
    assert token.secret == CANARY
    assert CANARY not in repr(token)
    assert token.mark is not None
    assert token.mark not in CANARY
    with pytest.raises(CrawlError, match="is no token"):
        read_tokens(["A"], None, b"key", {"A": "wrong\u00e9token"})


@pytest.mark.slow
def test_run_when_it_crawls_then_the_answers_say_so_and_no_token_is_written(
    region: tuple[Path, ForgeServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = region
    home = folder / "dagster"
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    home.mkdir()
    done = CliRunner().invoke(main, ["run", str(folder / "workspace.toml"), "--format", "json"])
    assert done.exit_code == 0, done.output
    with closing(open_published(folder / ".chainatlas" / "published" / "chainatlas.duckdb")) as con:
        assert con.sql("select repository_id, stars from core.repository_forge").fetchall() == [(4711, 3)]
        [(covered, all_of_them)] = con.sql(
            "select count(*) filter (is_covered), count(*) from mart.forge_coverage"
        ).fetchall()
        assert covered == all_of_them > 5
        assert con.sql("select count(*) from raw.forge_account where login is not null").fetchall() == [(0,)]
    assert CANARY not in done.output
    found = [
        path
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.parts and CANARY.encode() in path.read_bytes()
    ]
    assert found == []
    assert os.environ["FORGE_TEST_TOKENS"].startswith(CANARY)
