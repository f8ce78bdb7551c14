"""Which data files the tables were read from is remembered in the warehouse itself."""

from contextlib import closing
from pathlib import Path

from warehouse.store.database import open_database
from warehouse.store.sources import record_digest, recorded_digest


def test_recorded_digest_when_recorded_twice_then_the_last_one_counts(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "w.duckdb")) as con:
        assert recorded_digest(con, "taxonomy") is None
        record_digest(con, "taxonomy", "a")
        record_digest(con, "taxonomy", "b")
    with closing(open_database(tmp_path / "w.duckdb")) as con:
        assert recorded_digest(con, "taxonomy") == "b"
