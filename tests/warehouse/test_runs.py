"""The record of runs."""

from duckdb import DuckDBPyConnection

from warehouse.store.runs import begin_run, end_run


def test_begin_run_when_an_earlier_one_never_ended_then_that_was_killed(con: DuckDBPyConnection) -> None:
    for run in ("one", "two", "three"):
        begin_run(con, run)
        if run == "two":
            end_run(con, run, "disk full")
    end_run(con, "three")
    runs = con.execute(
        "select run_id, status, error, ended_at is not null, ended_at >= started_at"
        " from meta.run order by started_at"
    ).fetchall()
    assert runs == [
        ("one", "killed", None, False, None),
        ("two", "failed", "disk full", True, True),
        ("three", "succeeded", None, True, True),
    ]


def test_end_run_when_a_run_succeeds_then_the_versions_of_its_taxonomy_stay_with_it(
    con: DuckDBPyConnection,
) -> None:
    for run, digest in (("one", "aa"), ("two", "bb"), ("three", "cc")):
        con.execute("delete from raw.taxonomy_file")
        con.execute("insert into raw.taxonomy_file values ('taxonomy', 'ai.yaml', ?)", [digest])
        begin_run(con, run)
        end_run(con, run, "disk full" if run == "two" else None)
    rows = con.execute("from meta.run_taxonomy order by run_id").fetchall()
    assert rows == [("one", "taxonomy", "ai.yaml", "aa"), ("three", "taxonomy", "ai.yaml", "cc")]
