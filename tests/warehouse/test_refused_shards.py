"""Shards that are damaged or claim what is not theirs: each is refused with its reason, the others load."""

import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from duckdb import DuckDBPyConnection
from made_shards import raw_table, write_shard

from warehouse.store.load import load_shards

A, B = "git.example/org/a", "git.example/org/b"


def _without_description(shard: Path) -> None:
    (shard / "shard.json").unlink()


def _without_scan(shard: Path) -> None:
    (shard / "repository_scan.parquet").unlink()


def _two_scans(shard: Path) -> None:
    scan = {"repo_id": A, "scanner": "sbom"}
    pq.write_table(raw_table("repository_scan", [scan, scan]), shard / "repository_scan.parquet")


def _cut_off(shard: Path) -> None:
    file = shard / "component.parquet"
    os.truncate(file, file.stat().st_size // 2)


def _damaged_page(shard: Path) -> None:
    file = shard / "component.parquet"
    content = bytearray(file.read_bytes())
    content[4:200] = b"\xff" * 196
    file.write_bytes(content)


def _wrong_type(shard: Path) -> None:
    file = shard / "component.parquet"
    table = pq.read_table(file)
    pq.write_table(
        table.set_column(table.schema.get_field_index("line"), "line", pa.array(["1"] * len(table))), file
    )


def _column_missing(shard: Path) -> None:
    file = shard / "component.parquet"
    pq.write_table(pq.read_table(file).drop_columns(["licence"]), file)


def _other_repository(shard: Path) -> None:
    pq.write_table(raw_table("component", [{"repo_id": B, "purl": "smuggled"}]), shard / "component.parquet")


def _null_repository(shard: Path) -> None:
    pq.write_table(raw_table("component", [{"purl": "nobody's"}]), shard / "component.parquet")


def _other_scanner(shard: Path) -> None:
    pq.write_table(raw_table("unknown", [{"repo_id": A, "scanner": "history"}]), shard / "unknown.parquet")


def _other_table(shard: Path) -> None:
    pq.write_table(raw_table("commit", [{"repo_id": A, "sha": "c"}]), shard / "commit.parquet")


def _unfinished_file(shard: Path) -> None:
    (shard / "component.parquet.tmp").write_bytes(b"")


def _broken_description(shard: Path) -> None:
    (shard / "shard.json").write_text('{"repo_id": "x", "scan')


def _unknown_scanner(shard: Path) -> None:
    (shard / "shard.json").write_text(json.dumps({"repo_id": A, "scanner": "weather", "mode": "replace"}))


def _failed_with_components(shard: Path) -> None:
    (shard / "shard.json").write_text(json.dumps({"repo_id": A, "scanner": "sbom", "mode": "failed"}))


def _appended_components(shard: Path) -> None:
    (shard / "shard.json").write_text(json.dumps({"repo_id": A, "scanner": "sbom", "mode": "append"}))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_without_description, "incomplete: .*shard.json: No such file"),
        (_broken_description, "shard.json: Invalid JSON"),
        (_unknown_scanner, "shard.json: scanner: Input should be 'sbom', 'crypto' or 'history'"),
        (_appended_components, "only history can be appended to"),
        (_failed_with_components, "component.parquet: not a file of a failed sbom shard"),
        (_without_scan, "incomplete: repository_scan.parquet is missing"),
        (_two_scans, "repository_scan.parquet: 2 rows, should be one"),
        (_cut_off, "component.parquet: not a readable Parquet file"),
        (_damaged_page, "component.parquet: damaged"),
        (_wrong_type, "component.parquet: columns differ: line string, line int32"),
        (_column_missing, "component.parquet: columns differ: licence string"),
        (_other_repository, f"component.parquet: repo_id is not {A} in every row"),
        (_null_repository, "component.parquet: repo_id has nulls"),
        (_other_scanner, "unknown.parquet: scanner is not sbom in every row"),
        (_other_table, "commit.parquet: not a file of a replace sbom shard"),
        (_unfinished_file, "component.parquet.tmp: not a file of a replace sbom shard"),
    ],
)
def test_load_shards_when_one_is_bad_then_it_is_refused_with_its_reason_and_the_others_load(
    con: DuckDBPyConnection, tmp_path: Path, spoil: Any, reason: str
) -> None:
    load_shards(con, [write_shard(tmp_path / "before", A, component=[{"purl": "kept"}])])
    bad = write_shard(tmp_path / "bad", A, component=[{"purl": "lost"}] * 100)
    good = write_shard(tmp_path / "good", B, component=[{"purl": "good"}])
    spoil(bad)
    report = load_shards(con, [bad, good])
    assert report.loaded == (good,)
    assert report.refused.keys() == {bad}
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(report.refused[bad])
    rows = con.execute("select repo_id, purl from raw.component order by all").fetchall()
    assert rows == [(A, "kept"), (B, "good")]
