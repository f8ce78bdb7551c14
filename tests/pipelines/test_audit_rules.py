"""Rules over what registries and forges tell: deprecated, yanked, single maintainer, dead upstream."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from duckdb import DuckDBPyConnection

from pipelines.audit.findings import read_coverage
from pipelines.audit.policy import judge, load_policy
from pipelines.audit.rules import Subject, upstream
from pipelines.audit.subject import open_subjects
from pipelines.errors import PolicyError
from sbom.scan import scan_path
from warehouse.store.schema import RAW_TABLES

AS_OF = date(2026, 6, 30)
DAY = datetime(2026, 6, 1, tzinfo=UTC)
LOCK = """\
# yarn lockfile v1


left@1.0.0:
  version "1.0.0"
  dependencies:
    right "1.0.0"

right@1.0.0:
  version "1.0.0"

never@1.0.0:
  version "1.0.0"
"""
NPM = {"type": "npm", "status": "read", "read_at": DAY}
PACKAGES = [
    {**NPM, "purl": "pkg:npm/left", "maintainers": 1, "deprecated": False},
    {**NPM, "purl": "pkg:npm/right", "maintainers": 1, "deprecated": True, "deprecation": "use west"},
]
RELEASES = [
    {"purl": "pkg:npm/left", "version": "1.0.0", "yanked": True, "yanked_reason": "broken build"},
    {"purl": "pkg:npm/right", "version": "1.0.0", "yanked": False},
]


def rows(name: str, given: list[dict[str, Any]]) -> pa.Table:
    schema = RAW_TABLES[name].schema
    return pa.Table.from_pylist([{c: row.get(c) for c in schema.names} for row in given], schema)


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBPyConnection]:
    """A project that asks for `left` and, through it, for `right`; of `never` no registry was asked."""
    folder = tmp_path_factory.mktemp("rules")
    (folder / "shop").mkdir()
    (folder / "shop" / "yarn.lock").write_text(LOCK)
    manifest = '{"name": "shop", "dependencies": {"left": "1.0.0", "never": "1.0.0"}}'
    (folder / "shop" / "package.json").write_text(manifest)
    (folder / "osv").mkdir()
    (folder / "osv" / "kev.json").write_text('{"catalogVersion": "1", "vulnerabilities": []}')
    facts = {"package": rows("package", PACKAGES), "package_release": rows("package_release", RELEASES)}
    con = open_subjects({"shop": scan_path(folder / "shop", None)}, [], [], AS_OF, more=facts)
    yield con
    con.close()


Told = tuple[str, str | None, int | None, str]


def judged(con: DuckDBPyConnection, tmp_path: Path, text: str) -> list[Told]:
    policy = tmp_path / "policy.toml"
    policy.write_text(text)
    found = judge(Subject(con, (), AS_OF), load_policy(policy))
    return [(v.rule, v.purl, v.line, v.message.partition(": ")[2]) for v in found]


def test_rules_about_registries_when_nothing_is_asked_then_nothing_fails(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    assert judged(con, tmp_path, "") == []


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (
            "[deprecated]\nforbid = true",
            [("deprecated.forbid", "pkg:npm/right@1.0.0", 9, "deprecated by its registry: use west")],
        ),
        ("[deprecated]\nforbid = true\ndirect_only = true", []),
        ("[deprecated]\nforbid = true\nallow = ['pkg:npm/right']", []),
        (
            "[yanked]\nforbid = true",
            [("yanked.forbid", "pkg:npm/left@1.0.0", 4, "taken back by its registry: broken build")],
        ),
        (
            "[single_maintainer]\nforbid = true",
            [("single_maintainer.forbid", "pkg:npm/left@1.0.0", 4, "one account alone may release it")],
        ),
        (
            "[single_maintainer]\nforbid = true\ndirect_only = false\nallow = ['pkg:npm/left']",
            [("single_maintainer.forbid", "pkg:npm/right@1.0.0", 9, "one account alone may release it")],
        ),
        ("[upstream]\narchived = true\nsilent_days = 1", []),
    ],
)
def test_rule_when_the_registry_says_so_then_names_the_line_and_the_reason(
    con: DuckDBPyConnection,
    tmp_path: Path,
    policy: str,
    expected: list[Told],
) -> None:
    assert judged(con, tmp_path, policy) == expected


def test_coverage_when_registries_were_asked_for_some_then_counts_these(con: DuckDBPyConnection) -> None:
    coverage = read_coverage(con)
    assert (coverage["components"], coverage["components_told_of_by_registries"]) == (3, 2)
    assert (coverage["kev"], coverage["epss"], coverage["advisories_changed_on"]) == (0, 0, None)


def test_allow_when_it_is_no_package_then_the_line_is_told(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("[yanked]\nallow = ['left-pad']\n")
    with pytest.raises(PolicyError, match=r"policy.toml:2: .*no purl without version"):
        load_policy(policy)


@pytest.mark.parametrize(
    ("settings", "rules"),
    [
        (upstream.Settings(archived=True), ["upstream.archived"]),
        (upstream.Settings(silent_days=100), ["upstream.silent_days"]),
        (upstream.Settings(silent_days=101), []),
    ],
)
def test_upstream_when_it_is_archived_or_silent_then_is_a_violation(
    settings: upstream.Settings, rules: list[str]
) -> None:
    with duckdb.connect() as con:
        con.execute("create schema core; create schema mart")
        con.execute(
            "create table core.component as select 'r' as repo_id, 'lock' as path, 'pkg:npm/kit@1' as purl,"
            " true as direct, false as is_own, false as in_test_data"
        )
        con.execute(
            "create table mart.component_freshness as select 'r' as repo_id, 'lock' as path, 3 as line,"
            " 'pkg:npm/kit@1' as purl, 'pkg:npm/kit' as package_key, 'kit' as upstream_repo_id,"
            " true as upstream_is_archived, 101 as upstream_silent_days"
        )
        assert [v.rule for v in upstream.check(Subject(con, (), AS_OF), settings)] == rules
