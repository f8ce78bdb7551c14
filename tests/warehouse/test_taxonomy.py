"""The taxonomy loader: the default taxonomy, overriding by id, and mistakes named by file and line."""

import hashlib
import textwrap
from pathlib import Path

import pyarrow as pa
import pytest

from warehouse.errors import WarehouseError
from warehouse.store.schema import RAW_TABLES, TAXONOMY_TABLES
from warehouse.taxonomy import DEFAULT_FOLDER, load_taxonomy

ORGANIZATIONS = """\
organizations:
  apache: {name_zh: 基金会, name_en: Foundation, kind: foundation, region: US, neutral: true}
  home: {name_zh: 本地, name_en: Local, kind: company, region: CN, neutral: false}
"""
CHAIN = """\
id: database
name: {zh: 数据库, en: Databases}
kind: base
segments:
  - id: db-relational
    name: {zh: 关系数据库, en: Relational databases}
    layer: midstream
    observability: high
    importance: 0.8
    keywords: {zh: [数据库], en: [sql database]}
    topics: [sql]
    rules:
      - {purl: pkg:maven/org.apache.derby/derby, owner: apache, weight: 1.0, verified: true, via: pom:a/b}
      - {purl: pkg:npm/%40scope/db, owner: home, initiated_in: US, weight: 0.5, verified: false}
    alternatives:
      - {name: 本地库, organization: home, open_source: true, repository: https://git.example, verified: true}
"""


def _write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(textwrap.dedent(text), encoding="utf-8")
    return folder


def _mistakes(folder: Path) -> list[str]:
    """The reported mistakes as `file:line: what`, without the folder."""
    with pytest.raises(WarehouseError) as caught:
        load_taxonomy([folder])
    return [line.removeprefix(f"{folder}/") for line in str(caught.value).split("\n")]


def _rows(table: pa.Table) -> list[dict[str, object]]:
    return table.to_pylist()


def test_default_taxonomy_when_loaded_then_every_table_has_its_raw_schema() -> None:
    tables = load_taxonomy([DEFAULT_FOLDER])
    assert set(tables) == set(TAXONOMY_TABLES)
    for name, table in tables.items():
        assert table.schema.equals(RAW_TABLES[name].schema)
    rows = {name: table.num_rows for name, table in tables.items()}
    assert rows == {
        "organization": 225,
        "chain": 23,
        "segment": 145,
        "evidence_rule": 4028,
        "algorithm_rule": 19,
        "alternative": 482,
        "scoring": 34,
        "verdict_condition": 22,
        "taxonomy_file": 25,
    }


def test_default_taxonomy_when_loaded_then_its_sources_point_at_the_lines_of_the_rules() -> None:
    rules = _rows(load_taxonomy([DEFAULT_FOLDER])["evidence_rule"])
    for rule in rules[::97]:
        name, line = str(rule["source"]).split("/")[1].split(":")
        assert (
            f"{{purl: {rule['purl']},"
            in (DEFAULT_FOLDER / name).read_text("utf-8").splitlines()[int(line) - 1]
        )


def test_segment_without_rules_when_it_is_a_planners_own_then_a_warning_names_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load_taxonomy([DEFAULT_FOLDER])
    assert not caplog.records
    chain = CHAIN[: CHAIN.index("    rules:")] + "    rules: []\n"
    load_taxonomy([_write(tmp_path / "t", organizations=ORGANIZATIONS, database=chain)])
    assert [r.message for r in caplog.records] == [
        "t/database.yaml:5: segment db-relational has no rules: nothing can match it"
    ]


def test_small_taxonomy_when_loaded_then_rows_are_what_the_files_say(tmp_path: Path) -> None:
    tables = load_taxonomy([_write(tmp_path / "t", organizations=ORGANIZATIONS, database=CHAIN)])
    assert _rows(tables["segment"]) == [
        {
            "segment_id": "db-relational",
            "chain_id": "database",
            "name_zh": "关系数据库",
            "name_en": "Relational databases",
            "layer": "midstream",
            "observability": "high",
            "importance": 0.8,
            "keywords": ["数据库", "sql database"],
            "topics": ["sql"],
            "source": "t/database.yaml:5",
        }
    ]
    assert _rows(tables["evidence_rule"])[1] == {
        "rule_id": "db-relational pkg:npm/%40scope/db",
        "segment_id": "db-relational",
        "purl": "pkg:npm/%40scope/db",
        "owner": "home",
        "initiated_in": "US",
        "weight": 0.5,
        "verified": False,
        "source": "t/database.yaml:14",
    }
    assert _rows(tables["alternative"])[0]["repository"] == "https://git.example"
    assert _rows(tables["chain"])[0]["source"] == "t/database.yaml:1"


def test_later_folder_when_it_repeats_an_id_then_it_overrides(tmp_path: Path) -> None:
    default = _write(tmp_path / "default", organizations=ORGANIZATIONS, database=CHAIN)
    own = _write(
        tmp_path / "own",
        database="""\
            id: database
            name: {zh: 我的数据库, en: My databases}
            kind: cluster
            segments:
              - id: db-relational
                name: {zh: 关系库, en: Relational}
                layer: upstream
                observability: low
                importance: 1
                rules: [{purl: pkg:pypi/duckdb, owner: own, weight: 1.0, verified: true}]
              - id: db-more
                name: {zh: 更多, en: More}
                layer: upstream
                observability: low
                importance: 1
                rules: []
            """,
        organizations="""\
            organizations:
              own: {name_zh: 自己, name_en: Own, kind: company, region: CN, neutral: false}
            """,
    )
    tables = load_taxonomy([default, own])
    assert [(c["name_en"], c["kind"]) for c in _rows(tables["chain"])] == [("My databases", "cluster")]
    assert [(s["segment_id"], s["observability"]) for s in _rows(tables["segment"])] == [
        ("db-relational", "low"),
        ("db-more", "low"),
    ]
    assert [r["purl"] for r in _rows(tables["evidence_rule"])] == ["pkg:pypi/duckdb"]
    assert [o["organization_id"] for o in _rows(tables["organization"])] == ["apache", "home", "own"]


def test_mistakes_when_there_are_several_then_all_are_reported_with_file_and_line(tmp_path: Path) -> None:
    chain = (
        CHAIN.replace("owner: apache", "owner: apachee")
        .replace("kind: base", "kind: base\nrequires: [os]\ncolour: red")
        .replace("weight: 0.5", "weight: 0.4")
        .replace("    topics: [sql]", "    topics: [sql]\n    layer: downstream")
        .replace("organization: home", "organization: nobody")
    )
    organizations = ORGANIZATIONS.replace("region: CN", "region: China")
    assert _mistakes(_write(tmp_path, organizations=organizations, database=chain)) == [
        "database.yaml:4: unknown chain os",
        "database.yaml:5: Additional properties are not allowed ('colour' was unexpected)",
        "database.yaml:14: key layer appears twice",
        "database.yaml:16: unknown owner apachee",
        "database.yaml:17: segments.0.rules.1.weight: 0.4 is not one of 1.0, 0.5 or 0.25",
        "database.yaml:19: unknown organization nobody",
        'organizations.yaml:3: organizations.home.region: "China" does not match "^([A-Z]{2}|INT)$"',
    ]


@pytest.mark.parametrize(
    ("purl", "said"),
    [
        ("pkg:npm/@scope/db", "pkg:npm/@scope/db is not canonical: write pkg:npm/%40scope/db"),
        ("pkg:pypi/Django_X", "pkg:pypi/Django_X is not canonical: write pkg:pypi/django-x"),
        ("pkg:pypi/django@4.2", "a rule names a package without version, qualifiers and subpath"),
        ("pkg:maven/a/b?type=jar", "a rule names a package without version, qualifiers and subpath"),
        ("npm/left-pad", "is no package URL"),
        ("pkg:maven/org.apache.derby/derby", "is already given in line 13"),
    ],
)
def test_purl_when_it_is_not_a_canonical_name_given_once_then_its_line_says_so(
    tmp_path: Path, purl: str, said: str
) -> None:
    chain = CHAIN.replace("pkg:npm/%40scope/db", f'"{purl}"')
    [mistake] = _mistakes(_write(tmp_path, organizations=ORGANIZATIONS, database=chain))
    assert mistake.startswith("database.yaml:14: ")
    assert said in mistake


def test_id_when_given_twice_in_one_folder_then_both_places_are_named(tmp_path: Path) -> None:
    folder = _write(tmp_path / "t", organizations=ORGANIZATIONS, database=CHAIN, later=CHAIN)
    assert _mistakes(folder) == [
        "later.yaml:1: chain database is already defined in t/database.yaml:1",
        "later.yaml:5: segment db-relational is already defined in t/database.yaml:5",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id: [unclosed\n", "other.yaml:2: not YAML"),
        ("", "other.yaml:1: the file is empty"),
        ("- a\n- b\n", "other.yaml:1: "),
        ("id: other\nname: 2026-01-01\n", 'other.yaml:2: 2026-01-01 reads as timestamp: write "2026-01-01"'),
        ("id: other\nsegments:\n  - {id: {}}\n", "other.yaml:3: segments.0.id: "),
        ("requires: [[a]]\n", "other.yaml:1: requires.0: "),
        ("? [a, b]\n: c\n", "other.yaml:1: a key must be a single word"),
    ],
)
def test_file_when_it_is_no_chain_then_the_mistake_is_named_and_nothing_crashes(
    tmp_path: Path, text: str, said: str
) -> None:
    mistakes = _mistakes(_write(tmp_path, organizations=ORGANIZATIONS, database=CHAIN, other=text))
    assert any(mistake.startswith(said) for mistake in mistakes), mistakes


def test_folder_when_it_holds_no_taxonomy_then_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="nowhere:0: no taxonomy here"):
        load_taxonomy([DEFAULT_FOLDER, tmp_path / "nowhere"])


def test_additions_when_a_folder_has_them_then_a_segment_keeps_its_rules_and_gains_theirs(
    tmp_path: Path,
) -> None:
    base = _write(tmp_path / "base", organizations=ORGANIZATIONS, database=CHAIN)
    own = _write(
        tmp_path / "own",
        additions="""\
            additions:
              - segment: db-relational
                rules:
                  - {purl: pkg:pypi/local-db, owner: home, weight: 1.0, verified: true}
                alternatives:
                  - {name: 另一个库, organization: home, open_source: false, verified: true}
            """,
    )
    tables = load_taxonomy([base, own])
    rules = {row["purl"]: row for row in _rows(tables["evidence_rule"])}
    assert set(rules) == {
        "pkg:maven/org.apache.derby/derby",
        "pkg:npm/%40scope/db",
        "pkg:pypi/local-db",
    }
    assert rules["pkg:pypi/local-db"]["segment_id"] == "db-relational"
    assert rules["pkg:pypi/local-db"]["source"] == "own/additions.yaml:4"
    assert [row["name"] for row in _rows(tables["alternative"])] == ["本地库", "另一个库"]
    assert [row["segment_id"] for row in _rows(tables["segment"])] == ["db-relational"]


def test_additions_when_they_name_no_segment_or_repeat_a_rule_then_the_line_says_so(tmp_path: Path) -> None:
    base = _write(tmp_path / "base", organizations=ORGANIZATIONS, database=CHAIN)
    rule = "{purl: pkg:npm/%40scope/db, owner: home, weight: 1.0, verified: true}"
    lost = _write(tmp_path / "lost", own=f"additions:\n  - segment: db-graph\n    rules: [{rule}]\n")
    with pytest.raises(WarehouseError, match=r"lost/own.yaml:2: unknown segment db-graph"):
        load_taxonomy([base, lost])
    again = _write(tmp_path / "again", own=f"additions:\n  - segment: db-relational\n    rules: [{rule}]\n")
    with pytest.raises(
        WarehouseError, match=r"again/own.yaml:3: rule .*scope/db of db-relational is already given in base/"
    ):
        load_taxonomy([base, again])


def _scoring(tmp_path: Path, text: str) -> dict[str, float]:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "scoring.yaml").write_text(text, encoding="utf-8")
    tables = load_taxonomy([DEFAULT_FOLDER, folder])
    return {row["name"]: row["value"] for row in _rows(tables["scoring"])}


def test_scoring_when_a_planner_moves_points_then_only_these_weights_change(tmp_path: Path) -> None:
    values = _scoring(tmp_path, "scoring:\n  weights: {demand: 25, supply: 20}\n")
    weights = {name: value for name, value in values.items() if name.startswith("weights.")}
    assert sum(weights.values()) == 100
    assert (weights["weights.demand"], weights["weights.talent"]) == (25, 10)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "scoring:\n  weights: {demand: 25}\n",
            r"own/scoring.yaml:2: the weights add up to 105, not 100: demand 25 \+ supply 25",
        ),
        ("scoring:\n  weights: {demands: 20}\n", r"own/scoring.yaml:2: .*demands"),
        (
            'scoring:\n  verdicts:\n    - {id: odd, name: {zh: 怪, en: odd}, any: [["luck > 3"]]}\n',
            r'own/scoring.yaml:3: "luck > 3" is no condition: write MEASURE >= NUMBER .*users, supply_total',
        ),
        ("scoring:\n  sureness: {draws: 1}\n", r"own/scoring.yaml:2: .*draws.*1"),
    ],
)
def test_scoring_when_a_planner_errs_then_file_line_and_mistake_are_named(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(WarehouseError, match=message):
        _scoring(tmp_path, text)


def test_scoring_when_own_folders_have_none_then_the_packaged_one_holds(tmp_path: Path) -> None:
    tables = load_taxonomy([_write(tmp_path / "t", organizations=ORGANIZATIONS, database=CHAIN)])
    assert {row["verdict_id"] for row in _rows(tables["verdict_condition"])} >= {"choke", "missing"}


def test_taxonomy_when_loaded_then_the_version_of_each_file_is_its_digest(tmp_path: Path) -> None:
    folder = _write(tmp_path / "t", organizations=ORGANIZATIONS, database=CHAIN)
    versions = {row["file"]: row["sha256"] for row in _rows(load_taxonomy([folder])["taxonomy_file"])}
    assert versions == {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.glob("*.yaml")
    }
