"""Shocks: what fails directly, what by cascade, and what alternatives can still carry."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from duckdb import DuckDBPyConnection
from given_rows import insert_rows, insert_scoring
from test_models import AS_OF, FOLDER, KEY, REGION

from warehouse.errors import WarehouseError
from warehouse.runner import ModelContext, build_models
from warehouse.shocks import ShockResult, parse_shock, simulate
from warehouse.store.database import open_database

pytestmark = pytest.mark.slow

CASCADE = """
enterprise:
  - {enterprise_id: maker, kind: enterprise}
  - {enterprise_id: user, kind: enterprise}
  - {enterprise_id: far, kind: enterprise}
organization:
  - {organization_id: us, region: US, neutral: false, collective: false}
  - {organization_id: fund, region: US, neutral: true, collective: false}
  - {organization_id: cn, region: CN, neutral: false, collective: false}
segment:
  - {segment_id: s, chain_id: c, importance: 1.0, observability: high, keywords: [], topics: []}
evidence_rule:
  - {rule_id: base, segment_id: s, purl: pkg:npm/base, owner: us, weight: 1.0, verified: true}
  - {rule_id: kit, segment_id: s, purl: pkg:npm/kit, owner: fund, weight: 1.0, verified: true}
repository:
  - {repo_id: made, enterprise_id: maker, head_sha: a}
  - {repo_id: app, enterprise_id: user, head_sha: a}
  - {repo_id: end, enterprise_id: far, head_sha: a}
  - {repo_id: dev, enterprise_id: far, head_sha: a}
repository_scan:
  - {repo_id: made, scanner: sbom, status: succeeded}
  - {repo_id: app, scanner: sbom, status: succeeded}
  - {repo_id: end, scanner: sbom, status: succeeded}
  - {repo_id: dev, scanner: sbom, status: succeeded}
declared_package:
  - {repo_id: made, purl: pkg:npm/made, path: package.json}
component:
  - {repo_id: made, purl: pkg:npm/base@1, direct: true, scope: required, path: lock}
  - {repo_id: app, purl: pkg:npm/made@1, direct: true, scope: required, path: lock}
  - {repo_id: end, purl: pkg:npm/kit@1, direct: true, scope: required, path: lock}
  - {repo_id: end, purl: pkg:npm/base@1, direct: false, scope: required, path: lock}
  - {repo_id: dev, purl: pkg:npm/base@1, direct: true, scope: excluded, path: lock}
"""


@pytest.fixture(scope="module")
def cascade_file(empty_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("cascade")))
    with open_database(path) as con:
        _built(con, CASCADE)
    return path


@pytest.fixture
def cascade(cascade_file: Path, tmp_path: Path) -> Iterator[DuckDBPyConnection]:
    with open_database(Path(shutil.copy(cascade_file, tmp_path / "cascade.duckdb"))) as con:
        yield con


def _built(con: DuckDBPyConnection, text: str) -> DuckDBPyConnection:
    insert_scoring(con)
    for table, rows in yaml.load(text, Loader=yaml.CSafeLoader).items():
        insert_rows(con, table, rows)
    build_models(con, ModelContext(AS_OF, KEY, region=REGION))
    return con


def _of(con: DuckDBPyConnection, *shocks: str) -> ShockResult:
    return simulate(con, [parse_shock(shock) for shock in shocks])


def test_shock_when_a_component_goes_then_its_users_fail_directly_and_theirs_by_cascade(
    cascade: DuckDBPyConnection,
) -> None:
    result = _of(cascade, "component:pkg:npm/base")
    assert result.totals["repositories_direct"] == 1  # made; dev uses it for development only
    assert result.totals["repositories_cascade"] == 2  # app through made, end through kit
    assert result.totals["waves"] == 1
    assert {row["enterprise_id"] for row in result.enterprises} == {"maker", "user", "far"}
    [segment] = result.segments
    assert (segment["users"], segment["users_lost"], segment["users_lost_after"]) == (2, 1, 1)


def test_shock_when_the_listed_alternative_is_what_goes_then_it_replaces_nothing(
    con: DuckDBPyConnection,
) -> None:
    listed = """
alternative:
  - {segment_id: s, name: Base, organization_id: cn, open_source: true, packages: ["pkg:npm/base"]}
"""
    built = _built(con, CASCADE + listed)
    assert _of(built, "component:pkg:npm/base").totals["repositories_after"] == 2  # end has kit
    assert _of(built, "component:pkg:npm/kit").totals["repositories_after"] == 0


def test_shock_when_an_own_package_replaces_what_goes_then_the_enterprise_stands_after_alternatives(
    cascade: DuckDBPyConnection,
) -> None:
    after = {row["enterprise_id"]: row["repositories_after"] for row in _of(cascade, "owner:us").enterprises}
    assert after == {"maker": 1, "user": 1, "far": 0}  # far uses kit of the same segment


def test_shock_when_a_country_goes_then_its_neutral_foundations_stay(cascade: DuckDBPyConnection) -> None:
    assert _of(cascade, "country:US").totals["removed_packages"] == 1


def test_shock_when_maintainers_or_an_enterprise_go_then_what_they_publish_goes(
    cascade: DuckDBPyConnection,
) -> None:
    by_people, by_firm = _of(cascade, "maintainers:made"), _of(cascade, "enterprise:maker")
    assert by_people.totals["repositories_direct"] == by_firm.totals["repositories_direct"] == 1
    assert [row["enterprise_id"] for row in by_firm.enterprises] == ["user"]


def test_shocks_when_they_come_together_then_no_package_is_counted_twice(cascade: DuckDBPyConnection) -> None:
    both = _of(cascade, "owner:us", "component:pkg:npm/base", "component:pkg:npm/kit")
    assert both.totals["removed_packages"] == 2
    assert both.shock == "owner:us + component:pkg:npm/base + component:pkg:npm/kit"


def test_shock_when_repeated_then_result_is_the_same(cascade: DuckDBPyConnection) -> None:
    assert _of(cascade, "owner:us") == _of(cascade, "owner:us")


@pytest.mark.parametrize("text", ["vmware", "planet:mars", "owner:"])
def test_shock_when_it_is_none_then_the_kinds_are_named(text: str) -> None:
    with pytest.raises(WarehouseError, match="write component:PURL"):
        parse_shock(text)


def test_shock_when_nothing_here_would_go_then_that_is_said(cascade: DuckDBPyConnection) -> None:
    with pytest.raises(WarehouseError, match="owner:nobody: no package in this workspace"):
        _of(cascade, "owner:nobody")


def test_shock_when_the_worked_examples_lose_their_foreign_owner_then_alternatives_carry_them(
    con: DuckDBPyConnection,
) -> None:
    given = Path(FOLDER, "given", "ten_enterprises.yaml").read_text("utf-8")
    result = _of(_built(con, given), "owner:oracle")
    [segment] = result.segments
    assert segment["users"] == 8
    assert segment["users_hit"] == 2  # the other four have something else of equal weight
    assert (segment["users_lost"], segment["users_lost_after"]) == (2, 0)
