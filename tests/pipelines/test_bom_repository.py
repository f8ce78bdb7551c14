"""A BOM file of the workspace stands for a repository."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from pipelines.crawl.local import observe_repositories
from pipelines.errors import WorkspaceError
from pipelines.progress import LoggedProgress
from pipelines.scan_plan import ScanRequest
from pipelines.scan_stage import ScanReport, scan_repositories
from pipelines.state import StateFolder
from pipelines.workspace import load_workspace
from sbom.limits import Limits
from warehouse.store.database import open_database

BOMS = Path(__file__).parents[1] / "fixtures" / "boms"
WORKSPACE = """
[[enterprises]]
id = "acme"
repositories = ["{entry}"]
"""


def workspace(folder: Path, entry: str) -> Path:
    path = folder / "workspace.toml"
    path.write_text(WORKSPACE.format(entry=entry))
    return path


@pytest.fixture
def con(tmp_path: Path) -> Iterator[DuckDBPyConnection]:
    StateFolder(tmp_path / "state").prepare()
    with closing(open_database(tmp_path / "state" / "warehouse.duckdb")) as connection:
        yield connection


def run(con: DuckDBPyConnection, tmp_path: Path, run_id: str) -> ScanReport:
    repositories = observe_repositories(load_workspace(tmp_path / "workspace.toml")).repositories
    request = ScanRequest(StateFolder(tmp_path / "state"), run_id, Limits(), workers=1)
    return scan_repositories(con, repositories, request, LoggedProgress())


def test_bom_files_when_in_the_workspace_then_their_components_are_in_the_warehouse(
    tmp_path: Path, con: DuckDBPyConnection
) -> None:
    for path in BOMS.iterdir():
        shutil.copy(path, tmp_path / path.name)
    (tmp_path / "notes.json").write_text("{}")
    workspace(tmp_path, "*.json")
    assert not run(con, tmp_path, "first").failures
    rows = con.execute(
        "select repo_id, count(*), any_value(path) from raw.component group by all order by all"
    ).fetchall()
    assert rows == [
        ("local/acme/npm_shop.cdx.json", 7, "npm_shop.cdx.json"),
        ("local/acme/npm_shop.spdx.json", 7, "npm_shop.spdx.json"),
    ]
    (scans,) = con.execute("select list(distinct scanner) from raw.repository_scan").fetchall()
    assert scans == (["sbom"],)
    assert run(con, tmp_path, "second").scanned == ()
    (tmp_path / "npm_shop.cdx.json").write_text('{"bomFormat": "CycloneDX"}')
    assert run(con, tmp_path, "third").scanned == ("local/acme/npm_shop.cdx.json",)


def test_bom_file_when_it_is_none_then_its_scan_fails_and_says_why(
    tmp_path: Path, con: DuckDBPyConnection
) -> None:
    (tmp_path / "broken.cdx.json").write_text("{")
    workspace(tmp_path, "broken.cdx.json")
    (failure,) = run(con, tmp_path, "first").failures
    assert "not JSON" in (failure.error or "")


def test_file_when_it_is_not_called_like_a_bom_then_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("words")
    with pytest.raises(WorkspaceError, match="no such folder or BOM file"):
        load_workspace(workspace(tmp_path, "notes.txt"))
