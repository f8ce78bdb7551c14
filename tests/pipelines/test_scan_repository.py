"""One scan ends in one shard that the warehouse takes, whatever the repository is."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_repositories import add_commits, git, make_repository, package_lock

from pipelines.crawl.local import Repository
from pipelines.scan_job import ScanJob, Scanner, ScanOutcome, bom_path
from pipelines.scan_repository import scan_repository
from pipelines.shard_files import ShardWriter, find_shards, rows_to_table
from sbom.bom_validation import validate_bom
from sbom.git import find_git_dir, resolve_head
from sbom.limits import Limits
from sbom.model import Unknown, UnknownKind
from warehouse.store.database import open_database
from warehouse.store.load import load_shards

COMMITS = [
    {"package-lock.json": package_lock("app", {"left-pad": "1.3.0", "lodash": "4.17.21"}), "a.js": "1\n2\n"},
    {"a.js": "1\n3\n", "b.py": "x\n"},
]


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "app", COMMITS)


@pytest.fixture
def scan(tmp_path: Path) -> Callable[..., ScanOutcome]:
    def scan_one(path: Path, scanner: Scanner = "sbom", **changes: Any) -> ScanOutcome:
        git_dir = find_git_dir(path)
        repository = Repository(
            repo_id=f"forge.example/one/{path.name}",
            enterprise_id="one",
            path=path,
            git_dir=git_dir,
            location=path.name,
            url=f"https://forge.example/one/{path.name}",
            head_sha=resolve_head(git_dir) if git_dir is not None else None,
            is_shallow=False if git_dir is not None else None,
            observed_at=datetime.now(UTC),
        )
        job = {
            "repository": repository,
            "scanner": scanner,
            "scanner_version": "v",
            "limits": Limits(),
            "shards": tmp_path / "shards" / "run",
            "boms": tmp_path / "boms",
        }
        return scan_repository(ScanJob(**(job | changes)))

    return scan_one


def rows(outcome: ScanOutcome, table: str) -> list[dict[str, Any]]:
    path = outcome.shard / f"{table}.parquet"
    return pq.read_table(path).to_pylist() if path.exists() else []


def load(tmp_path: Path, *outcomes: ScanOutcome) -> dict[str, int]:
    with closing(open_database(tmp_path / "w.duckdb")) as con:
        report = load_shards(con, [outcome.shard for outcome in outcomes])
        assert report.refused == {}
        tables = [
            name
            for (name,) in con.execute(
                "select table_name from duckdb_tables() where schema_name='raw'"
            ).fetchall()
        ]
        return {name: con.execute(f'select count(*) from raw."{name}"').fetchall()[0][0] for name in tables}


def test_sbom_scan_leaves_components_and_a_bom(
    tmp_path: Path, app: Path, scan: Callable[..., ScanOutcome]
) -> None:
    outcome = scan(app)
    assert outcome.status == "succeeded"
    assert {row["purl"] for row in rows(outcome, "component")} == {
        "pkg:npm/left-pad@1.3.0",
        "pkg:npm/lodash@4.17.21",
    }
    (scan_row,) = rows(outcome, "repository_scan")
    assert scan_row["head_sha"] == git(app, "rev-parse", "HEAD")
    assert (scan_row["scanner"], scan_row["scanner_version"], scan_row["status"]) == (
        "sbom",
        "v",
        "succeeded",
    )
    bom = json.loads(bom_path(tmp_path / "boms", outcome.repo_id).read_bytes())
    assert {component["purl"] for component in bom["components"]} == {
        "pkg:npm/left-pad@1.3.0",
        "pkg:npm/lodash@4.17.21",
    }
    assert load(tmp_path, outcome)["component"] == 2


def test_bom_when_both_scans_ended_then_holds_cryptography_whichever_came_last(
    tmp_path: Path, scan: Callable[..., ScanOutcome]
) -> None:
    code = "from cryptography.hazmat.primitives import hashes\nhashes.Hash(hashes.SM3())\n"
    app = make_repository(tmp_path / "web", [{"requirements.txt": "cryptography==46.0.1\n", "a.py": code}])
    path = bom_path(tmp_path / "boms", scan(app, "crypto").repo_id)
    assert not path.exists()
    scan(app)
    both = path.read_bytes()
    assert validate_bom(both) == []
    provided = {
        target
        for entry in json.loads(both)["dependencies"]
        if entry["ref"] == "pkg:pypi/cryptography@46.0.1"
        for target in entry["provides"]
    }
    assert any(ref.startswith("crypto/algorithm/SM3/") for ref in provided)
    path.unlink()
    scan(app, "crypto")
    assert path.read_bytes() == both
    add_commits(app, [{"a.py": "x = 1\n"}], first=2)
    scan(app)
    assert b"cryptographic-asset" not in path.read_bytes()


def test_history_scan_leaves_commits_and_the_next_one_only_new_ones(
    tmp_path: Path, app: Path, scan: Callable[..., ScanOutcome]
) -> None:
    first = scan(app, "history")
    assert sorted(row["name"] for row in rows(first, "identity")) == ["Alice", "Bob"]
    assert {row["language"] for row in rows(first, "commit_language")} >= {"JavaScript", "Python"}
    counts = load(tmp_path, first)
    state = rows(first, "repository_scan")[0]["state"]
    add_commits(app, [{"b.py": "x\ny\n"}], first=2)
    second = scan(app, "history", state=state)
    assert [row["added"] for row in rows(second, "commit")] == [1]
    assert json.loads((second.shard / "shard.json").read_text())["mode"] == "append"
    assert load(tmp_path, second)["commit"] == counts["commit"] + 1


def test_unchanged_history_that_is_scanned_again_keeps_its_commits(
    tmp_path: Path, app: Path, scan: Callable[..., ScanOutcome]
) -> None:
    first = scan(app, "history")
    counts = load(tmp_path, first)
    again = scan(app, "history", state=rows(first, "repository_scan")[0]["state"])
    assert rows(again, "commit") == []
    assert load(tmp_path, again) == counts


def test_broken_lock_file_is_a_partial_scan_with_an_unknown(
    tmp_path: Path, scan: Callable[..., ScanOutcome]
) -> None:
    outcome = scan(make_repository(tmp_path / "cut", [{"package-lock.json": '{"lockfileVersion": 3, "pack'}]))
    assert outcome.status == "partial"
    (unknown,) = rows(outcome, "unknown")
    assert (unknown["scanner"], unknown["kind"], unknown["path"]) == ("sbom", "broken", "package-lock.json")


def test_authors_when_files_name_them_then_they_are_in_the_shard_and_not_in_the_bom(
    tmp_path: Path, scan: Callable[..., ScanOutcome]
) -> None:
    author = "Li Si <li@city.example>"
    status = f"Package: a\nStatus: install ok installed\nMaintainer: {author}\nVersion: 1\n"
    folder = tmp_path / "app"
    (folder / "var/lib/dpkg").mkdir(parents=True)
    (folder / "var/lib/dpkg/status").write_text(status)
    (folder / "package.json").write_text(json.dumps({"name": "app", "author": author}))
    outcome = scan(folder)
    assert [row["authors"] for row in rows(outcome, "component")] == [[author]]
    assert [row["authors"] for row in rows(outcome, "declared_package")] == [[author]]
    assert "Li Si" not in bom_path(tmp_path / "boms", outcome.repo_id).read_text()
    assert load(tmp_path, outcome)["component"] == 1


@pytest.mark.parametrize("scanner", ["sbom", "history"])
def test_repository_whose_commit_is_missing_fails_with_its_reason(
    tmp_path: Path, app: Path, scan: Callable[..., ScanOutcome], scanner: Scanner
) -> None:
    head = git(app, "rev-parse", "HEAD")
    git(app, "repack", "-adq")
    shutil.rmtree(app / ".git" / "objects" / "pack")
    outcome = scan(app, scanner, state="kept")
    assert outcome.status == "failed"
    (row,) = rows(outcome, "repository_scan")
    assert (row["status"], row["error_kind"], row["head_sha"]) == ("failed", "SourceError", head)
    assert row["error"]
    assert row["state"] == "kept"


def test_failed_scan_keeps_what_an_earlier_one_found(
    tmp_path: Path, app: Path, scan: Callable[..., ScanOutcome]
) -> None:
    before = load(tmp_path, scan(app), scan(app, "history"))
    shutil.rmtree(app / ".git" / "objects")
    (app / ".git" / "objects").mkdir()
    after = load(tmp_path, scan(app), scan(app, "history"))
    assert after == before
    with closing(open_database(tmp_path / "w.duckdb")) as con:
        assert con.execute("select distinct status from raw.repository_scan").fetchall() == [("failed",)]


def test_empty_repository_fails_in_the_bom_and_has_no_history(
    tmp_path: Path, scan: Callable[..., ScanOutcome]
) -> None:
    empty = make_repository(tmp_path / "empty", [])
    assert "no commits" in (scan(empty).error or "")
    history = scan(empty, "history")
    assert history.status == "succeeded"
    assert rows(history, "commit") == []


def test_plain_folder_is_scanned_without_a_commit(tmp_path: Path, scan: Callable[..., ScanOutcome]) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "package-lock.json").write_text(package_lock("plain", {"lodash": "4.17.21"}))
    outcome = scan(folder, state="fingerprint")
    assert [row["head_sha"] for row in rows(outcome, "component")] == [None]
    assert rows(outcome, "repository_scan")[0]["state"] == "fingerprint"


def test_whatever_a_scanner_raises_is_a_failed_row(
    app: Path, scan: Callable[..., ScanOutcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("pipelines.scan_repository.scan_path", explode)
    outcome = scan(app)
    (row,) = rows(outcome, "repository_scan")
    assert (row["status"], row["error_kind"], row["error"]) == ("failed", "MemoryError", "MemoryError")


def test_text_that_is_not_unicode_is_written_with_escapes() -> None:
    row = Unknown(UnknownKind.BROKEN, "lone \ud800", "p", None, "parser", "1")
    table = rows_to_table("unknown", [row], {"repo_id": "r", "head_sha": None, "scanner": "sbom"})
    assert table["reason"].to_pylist() == ["lone \\ud800"]


def test_shard_that_was_not_completed_is_not_there(tmp_path: Path) -> None:
    table = pa.table({"a": [1]})
    with ShardWriter(tmp_path / "run", "h/o/n", "sbom") as shard:
        shard.write("component", table)
        assert find_shards(tmp_path) == []
    assert find_shards(tmp_path) == []
    with ShardWriter(tmp_path / "run", "h/o/n", "sbom") as shard:
        shard.write("component", table)
        path = shard.complete("replace")
    assert find_shards(tmp_path) == [path]
    assert {file.name for file in path.iterdir()} == {"component.parquet", "shard.json"}
