"""Each check passes on tables that are right and fails on tables that are not."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from duckdb import DuckDBPyConnection

from pipelines import quality
from warehouse.store.database import open_database

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBPyConnection]:
    """An enterprise with a git repository and a plain folder, both scanned; edges between its packages."""
    with closing(open_database(tmp_path_factory.mktemp("quality") / "w.duckdb")) as con:
        con.execute("insert into raw.enterprise (enterprise_id, kind) values ('one', 'enterprise')")
        con.execute(
            "insert into raw.repository (repo_id, enterprise_id, kind, head_sha)"
            " values ('r', 'one', 'git', 'abc'), ('f', 'one', 'folder', null)"
        )
        con.execute(
            "insert into raw.repository_scan (repo_id, scanner, head_sha, status) values ('r', 'sbom', 'abc',"
            " 'succeeded'), ('r', 'history', 'abc', 'partial'), ('r', 'crypto', 'abc', 'succeeded'),"
            " ('f', 'sbom', null, 'succeeded'), ('f', 'crypto', null, 'succeeded')"
        )
        con.execute(
            "insert into raw.component (repo_id, path, parser, purl) values"
            " ('r', 'lock', 'p', 'pkg:npm/a@1'), ('r', 'lock', 'p', 'pkg:npm/b@1')"
        )
        con.execute(
            "insert into raw.declared_package (repo_id, path, parser, purl)"
            " values ('r', 'lock', 'p', 'pkg:npm/own@1')"
        )
        con.execute(
            "insert into raw.dependency (repo_id, path, parser, from_purl, to_purl) values"
            " ('r', 'lock', 'p', null, 'pkg:npm/a@1'), ('r', 'lock', 'p', 'pkg:npm/a@1', 'pkg:npm/b@1'),"
            " ('r', 'lock', 'p', 'pkg:npm/own@1', 'pkg:npm/a@1')"
        )
        yield con


@pytest.fixture
def con(warehouse: DuckDBPyConnection) -> Iterator[DuckDBPyConnection]:
    """The warehouse, whose damage is undone after the test."""
    warehouse.execute("begin transaction")
    yield warehouse
    warehouse.execute("rollback")


def test_tables_that_are_right_pass_every_check(con: DuckDBPyConnection) -> None:
    assert quality.check_keys(con, {"raw.repository": ["repo_id"]}).passed
    assert quality.check_edges(con).passed
    assert quality.check_owners(con).passed
    assert quality.check_coverage(con).passed
    assert quality.check_freshness(con, NOW - timedelta(hours=1), NOW).passed


def test_double_key_fails_and_is_named_with_its_table(con: DuckDBPyConnection) -> None:
    con.execute("insert into raw.repository_scan (repo_id, scanner) values ('r', 'sbom')")
    keys = {"raw.repository": ["repo_id"], "raw.repository_scan": ["repo_id", "scanner"]}
    finding = quality.check_keys(con, keys)
    assert not finding.passed
    assert finding.facts["doubles"] == {"raw.repository_scan": [["r", "sbom", "2"]]}


def test_nulls_in_a_key_count_as_equal(con: DuckDBPyConnection) -> None:
    con.execute("insert into raw.commit (repo_id, sha) values ('r', null), ('r', null)")
    assert not quality.check_keys(con, {"raw.commit": ["repo_id", "sha"]}).passed


@pytest.mark.parametrize("column", ["from_purl", "to_purl"])
def test_edge_to_a_package_that_nothing_names_fails(con: DuckDBPyConnection, column: str) -> None:
    con.execute(
        "insert into raw.dependency (repo_id, path, parser, from_purl, to_purl)"
        " select 'r', 'lock', 'p', 'pkg:npm/a@1', 'pkg:npm/b@1'"
    )
    con.execute(f"update raw.dependency set {column} = 'pkg:npm/ghost@1' where from_purl = 'pkg:npm/a@1'")
    finding = quality.check_edges(con)
    assert not finding.passed
    assert ["r", "lock", "pkg:npm/ghost@1"] in finding.facts["examples"]


@pytest.mark.parametrize(("repo_id", "passes"), [("r", True), ("other", False)])
def test_edge_to_a_component_of_another_file_passes_only_within_the_repository(
    con: DuckDBPyConnection, repo_id: str, passes: bool
) -> None:
    con.execute(
        "insert into raw.dependency (repo_id, path, parser, to_purl)"
        " values (?, 'pom.xml', 'p', 'pkg:npm/a@1')",
        [repo_id],
    )
    assert quality.check_edges(con).passed is passes


def test_repository_without_owner_fails(con: DuckDBPyConnection) -> None:
    con.execute("delete from raw.enterprise")
    assert quality.check_owners(con).facts["without owner"] == 2
    assert not quality.check_owners(con).passed


def test_scan_of_a_repository_that_is_not_in_the_workspace_fails(con: DuckDBPyConnection) -> None:
    con.execute("insert into raw.repository_scan (repo_id, scanner) values ('gone', 'sbom')")
    assert quality.check_owners(con).facts["examples"] == ["gone"]
    assert not quality.check_owners(con).passed


@pytest.mark.parametrize(
    "damage",
    [
        "update raw.repository_scan set status = 'failed' where scanner = 'history'",
        "delete from raw.repository_scan where scanner = 'history'",
        "delete from raw.repository_scan where scanner = 'crypto' and repo_id = 'r'",
        "delete from raw.repository_scan where repo_id = 'f'",
        "delete from raw.repository",
    ],
)
def test_coverage_fails_where_repositories_were_not_scanned(con: DuckDBPyConnection, damage: str) -> None:
    con.execute(damage)
    assert not quality.check_coverage(con).passed


def test_coverage_of_no_repositories_is_unknown_not_zero(con: DuckDBPyConnection) -> None:
    con.execute("delete from raw.repository")
    assert quality.check_coverage(con).facts["share"] is None


@pytest.mark.parametrize(
    "damage",
    [
        "update raw.repository set head_sha = 'new' where repo_id = 'r'",
        "update raw.repository_scan set status = 'failed' where repo_id = 'r'",
    ],
)
def test_freshness_fails_where_facts_are_of_an_older_commit(con: DuckDBPyConnection, damage: str) -> None:
    con.execute(damage)
    finding = quality.check_freshness(con, NOW, NOW)
    assert not finding.passed
    assert finding.facts["examples"] == ["r"]


@pytest.mark.parametrize("published_at", [None, NOW - timedelta(hours=quality.FRESH_HOURS, seconds=1)])
def test_freshness_fails_where_nothing_was_published_lately(
    con: DuckDBPyConnection, published_at: datetime | None
) -> None:
    assert not quality.check_freshness(con, published_at, NOW).passed
