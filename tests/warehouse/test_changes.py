"""What a publication says of the one before."""

from pathlib import Path

import duckdb
import pytest

from warehouse.store.changes import compared_facts, note_changes


def made_copy(file: Path, exposures: list[str], weak: int, verdict: str) -> Path:
    with duckdb.connect(str(file)) as con:
        con.execute("create schema mart; create schema meta")
        con.execute(
            "create table meta.run as select 'succeeded' as status,"
            " timestamptz '2026-01-02 03:04Z' as ended_at"
        )
        con.execute(
            "create table mart.vulnerability_exposure as select 'acme' as enterprise_id, 'r' as repo_id,"
            " 'p' as package_key, unnest($1::varchar[]) as group_id, 'affected' as status,"
            " false as in_test_data, null::varchar as informational",
            [exposures],
        )
        con.execute(
            "create table mart.crypto_posture as select 'enterprise' as subject_kind, 'acme' as subject_id,"
            " 'national' as policy, $1::integer as weak",
            [weak],
        )
        con.execute(
            "create table mart.segment_gap as select 's' as segment_id, $1 as verdict, 50.0 as score,"
            " 3 as users",
            [verdict],
        )
    return file


def changes(file: Path) -> list[tuple]:
    with duckdb.connect(str(file), read_only=True) as con:
        return con.execute(
            "select kind, change, item, before, after from meta.change_since order by all"
        ).fetchall()


@pytest.fixture
def before(tmp_path: Path) -> Path:
    copy = made_copy(tmp_path / "before.duckdb", ["CVE-1", "CVE-2"], 3, "weak")
    note_changes(copy, tmp_path / "none.duckdb")
    return copy


def test_changes_when_there_was_no_publication_before_then_there_are_none(before: Path) -> None:
    assert changes(before) == []


def test_changes_when_facts_come_go_rise_and_turn_then_each_says_how(before: Path, tmp_path: Path) -> None:
    now = made_copy(tmp_path / "now.duckdb", ["CVE-2", "CVE-3"], 1, "missing")
    note_changes(now, before)
    assert changes(now) == [
        ("exposure", "better", "r p CVE-1", None, None),
        ("exposure", "worse", "r p CVE-3", None, None),
        ("verdict", "changed", "verdict", "weak", "missing"),
        ("weak_cryptography", "better", "national", "3", "1"),
    ]
    with duckdb.connect(str(now), read_only=True) as con:
        [(since,)] = con.execute("select distinct since::date from meta.change_since").fetchall()
    assert str(since) == "2026-01-02"


def test_changes_when_a_publication_changes_nothing_then_those_of_the_one_before_stay(
    before: Path, tmp_path: Path
) -> None:
    now = made_copy(tmp_path / "now.duckdb", ["CVE-1"], 3, "weak")
    note_changes(now, before)
    again = made_copy(tmp_path / "again.duckdb", ["CVE-1"], 3, "weak")
    note_changes(again, now)
    assert changes(again) == changes(now) != []


def test_changes_when_compared_then_every_kind_names_the_same_columns() -> None:
    for kind, fact in compared_facts().items():
        for column in ("subject_kind", "subject_id", "item", "value"):
            assert f"as {column}" in fact["query"] or f"{column}," in fact["query"], (kind, column)
        assert fact.get("appears", "worse") in ("better", "worse")
        assert fact.get("rises", "worse") in ("better", "worse")
