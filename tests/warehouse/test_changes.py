"""What a publication says of the one before."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from warehouse.runner import discover_models
from warehouse.store import changes as module
from warehouse.store.changes import compared_facts, note_changes
from warehouse.store.database import quote_name


def made_copy(file: Path, exposures: list[str], weak: int, verdict: str) -> Path:
    with duckdb.connect(str(file)) as con:
        con.execute("create schema mart; create schema meta")
        con.execute(
            "create table meta.run as from (values ('succeeded', timestamptz '2026-01-01 03:04Z'),"
            " ('succeeded', timestamptz '2026-01-02 03:04Z'), ('failed', timestamptz '2026-01-03 03:04Z'))"
            " as run(status, ended_at)"
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


Fact = tuple[str | None, ...]


def noted(folder: Path, *states: Sequence[Fact], **fact: str) -> Path:
    """The last of some publications of facts (id, item, value, kind), which are compared as `fact` says."""
    query = "select kind as subject_kind, id as subject_id, item, value from mart.fact"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "compared_facts", lambda: {"fact": {"query": query, **fact}})
        for number, state in enumerate(states):
            now = folder / f"{number}.duckdb"
            if number:
                shutil.copy(folder / f"{number - 1}.duckdb", now)  # as a publication begins
            with duckdb.connect(str(now)) as con:
                con.execute("create schema if not exists mart")
                columns = "id varchar, item varchar, value varchar, kind varchar"
                con.execute(f"create or replace table mart.fact ({columns})")
                for row in state:
                    con.execute("insert into mart.fact values (?, ?, ?, ?)", [*row, "component"][:4])
            note_changes(now, folder / f"{number - 1}.duckdb")
    return now


@pytest.mark.parametrize(
    ("before", "after", "fact", "change"),
    [
        (None, "1", {}, "new"),
        ("1", None, {}, "gone"),
        (None, "1", {"appears": "worse"}, "worse"),
        ("1", None, {"appears": "worse"}, "better"),
        (None, "1", {"appears": "better"}, "better"),
        ("1", None, {"appears": "better"}, "worse"),
        ("1", "2", {}, "changed"),
        ("9", "10", {"rises": "worse"}, "worse"),
        ("10", "9", {"rises": "worse"}, "better"),
        ("9", "10", {"rises": "better"}, "better"),
        ("10", "9", {"rises": "better"}, "worse"),
        ("9", "many", {"rises": "better"}, "changed"),
        ("many", "9", {"rises": "better"}, "changed"),
        ("9", "", {"rises": "better"}, "changed"),
        ("", "9", {"rises": "better"}, "changed"),
        ("9", "9", {"rises": "better"}, None),
        ("", "", {}, None),
    ],
)
def test_change_when_a_fact_has_two_values_then_it_is_called_as_the_kind_says(
    tmp_path: Path, before: str | None, after: str | None, fact: dict[str, str], change: str | None
) -> None:
    """None: there is no such fact; empty: it has no value."""
    states = [[] if value is None else [("a", "i", value or None)] for value in (before, after)]
    rows = changes(noted(tmp_path, *states, **fact))
    assert rows == ([] if change is None else [("fact", change, "i", before or None, after or None)])


def test_changes_when_facts_are_told_apart_then_by_subject_and_item_null_among_them(tmp_path: Path) -> None:
    before: list[Fact] = [("b", "i", "1"), ("a", "j", "1"), ("a", None, "1"), (None, "i", "1")]
    after: list[Fact] = [
        ("b", "i", "1"),
        ("a", "j", "2"),
        ("a", None, "2"),
        (None, "i", "2"),
        ("b", "j", "1"),
    ]
    with duckdb.connect(str(noted(tmp_path, before, after)), read_only=True) as con:
        rows = con.execute("select change, subject_id, item, before, after from meta.change_since").fetchall()
    assert rows == [  # in an order of their own
        ("changed", "a", "j", "1", "2"),
        ("changed", "a", None, "1", "2"),
        ("changed", None, "i", "1", "2"),
        ("new", "b", "j", None, "1"),
    ]


def test_changes_when_subjects_of_two_kinds_have_one_id_then_they_are_two(tmp_path: Path) -> None:
    last = noted(tmp_path, [("a", "i", "1", "enterprise")], [("a", "i", "1", "segment")])
    with duckdb.connect(str(last), read_only=True) as con:
        rows = con.execute("select change, subject_kind from meta.change_since order by all").fetchall()
    assert rows == [("gone", "enterprise"), ("new", "segment")]


def test_changes_when_two_publications_follow_then_only_those_since_the_last_are_told(tmp_path: Path) -> None:
    last = noted(tmp_path, [("a", "i", "1")], [("a", "i", "2")], [("a", "i", "3")])
    assert changes(last) == [("fact", "changed", "i", "2", "3")]
    with duckdb.connect(str(last), read_only=True) as con:
        comments = con.execute(
            "select comment from duckdb_columns() where table_name = 'change_since'"
            " union all select comment from duckdb_tables() where table_name = 'change_since'"
        ).fetchall()
        since = con.execute("select since from meta.change_since").fetchall()
    assert len(comments) == 9
    assert all(comment for (comment,) in comments)
    assert since == [(None,)]  # a copy without runs


def test_changes_when_the_copy_before_is_of_an_earlier_version_then_other_kinds_are_compared(
    before: Path, tmp_path: Path
) -> None:
    now = made_copy(tmp_path / "now.duckdb", ["CVE-1", "CVE-2"], 4, "weak")
    with duckdb.connect(str(before)) as con:
        con.execute("drop table meta.change_since")
        con.execute("drop table mart.segment_gap")
    note_changes(now, before)
    assert changes(now) == [("weak_cryptography", "worse", "national", "3", "4")]
    same = made_copy(tmp_path / "same.duckdb", ["CVE-1", "CVE-2"], 3, "weak")
    note_changes(same, before)
    assert changes(same) == []


def test_changes_when_compared_then_every_kind_says_how_it_is_judged() -> None:
    for fact in compared_facts().values():
        assert fact.get("appears", "worse") in ("better", "worse")
        assert fact.get("rises", "worse") in ("better", "worse")


def test_changes_when_compared_then_every_kind_asks_for_columns_that_the_models_have() -> None:
    """A query that does not fit is passed over when a copy is published, so nothing else would notice."""
    needed = {"mart", "core"}
    with duckdb.connect(":memory:") as con:
        for schema in needed:
            con.execute(f"create schema {schema}")
        for name, model in discover_models().items():
            if model.schema in needed:
                nothing = ", ".join(f"null as {quote_name(column)}" for column in model.columns)
                con.execute(f"create view {name} as select {nothing}")
        for fact in compared_facts().values():
            con.execute(f"select subject_kind, subject_id, item, value from ({fact['query']})")
