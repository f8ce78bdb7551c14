"""Files of advisories as tables: what is loaded, what is rejected and why, what ends the reading."""

import gzip
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from warehouse.advisories.load import keep_earlier, load_advisories
from warehouse.errors import WarehouseError
from warehouse.store.schema import ADVISORY_TABLES, RAW_TABLES


def record(advisory_id: str = "GHSA-1", **more: Any) -> dict[str, Any]:
    return {"id": advisory_id, "modified": "2026-01-02T00:00:00Z", "affected": [entry()], **more}


def entry(**more: Any) -> dict[str, Any]:
    return {"package": {"ecosystem": "npm", "name": "lib"}, "versions": ["1.0.0"], **more}


def ranged(*events: dict[str, str], kind: str = "SEMVER") -> dict[str, Any]:
    return {"type": kind, "events": list(events)}


def write(folder: Path, name: str, *records: Any) -> Path:
    folder.mkdir(exist_ok=True)
    content = "\n".join(r if isinstance(r, str) else json.dumps(r) for r in records).encode()
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def rows(tables: dict[str, pa.Table], name: str, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in tables[name].to_pylist()]


def test_folder_when_it_holds_every_form_then_all_are_read(tmp_path: Path) -> None:
    write(tmp_path, "one.json", record("A-1"))
    write(tmp_path, "list.json", f"[{json.dumps(record('A-2'))}]")
    write(tmp_path, "lines.jsonl", record("A-3"), "", record("A-4"))
    write(tmp_path, "packed.jsonl.gz", record("A-5"))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("A-6.json", json.dumps(record("A-6")))
        archive.writestr("deep/A-7.json", json.dumps(record("A-7")))
        archive.writestr("README", "no record")
    (tmp_path / "notes.txt").write_text("not read")
    tables = load_advisories([tmp_path])
    assert tables.keys() == set(ADVISORY_TABLES)
    assert all(table.schema.equals(RAW_TABLES[name].schema) for name, table in tables.items())
    assert sorted(rows(tables, "advisory", "advisory_id")) == [(f"A-{n}",) for n in range(1, 8)]
    assert tables["advisory_rejection"].num_rows == 0


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{not json", "not JSON"),
        ("[1, 2]", "is not of type"),
        ({"id": "GHSA-2"}, "modified"),
        (record("GHSA-2", modified="yesterday"), "modified"),
        (record("GHSA-2", modified="2026-02-30T00:00:00Z"), "day is out of range"),
        (record("GHSA-2", affected=[entry(ranges=[ranged({"fixed": "1.0.0"})])]), "events"),
        (record("GHSA-2", affected=[entry(ranges=[ranged()])]), "events"),
        (record("GHSA-2", affected=[entry(versions=[1])]), "versions"),
        (record("GHSA-2", severity=[{"type": "CVSS_V3", "score": "9.8"}]), "severity"),
        (
            record(
                "GHSA-2",
                affected=[
                    entry(ranges=[ranged({"introduced": "0"}, {"fixed": "1"}, {"last_affected": "2"})])
                ],
            ),
            "ranges",
        ),
        (
            record(
                "GHSA-2", affected=[entry(ranges=[ranged({"introduced": "0"}, {"fixed": "x y"}, kind="GIT")])]
            ),
            "repo",
        ),
    ],
)
def test_record_when_bad_then_it_is_rejected_with_reason_and_the_others_load(
    tmp_path: Path, bad: Any, reason: str
) -> None:
    write(tmp_path, "npm.jsonl", record("GHSA-1"), bad, record("GHSA-3"))
    tables = load_advisories([tmp_path])
    assert rows(tables, "advisory", "advisory_id") == [("GHSA-1",), ("GHSA-3",)]
    [(place, advisory_id, why)] = rows(tables, "advisory_rejection", "place", "advisory_id", "reason")
    assert place == "line 2"
    assert advisory_id == (bad["id"] if isinstance(bad, dict) else None)
    assert reason in why


def test_record_when_it_says_all_that_it_can_then_each_word_stands_in_its_column(tmp_path: Path) -> None:
    full = record(
        "GHSA-1",
        published="2026-01-01T00:00:00Z",
        withdrawn="2026-01-03T00:00:00Z",
        summary="bad",
        aliases=["CVE-1", "CVE-1"],
        upstream=["CVE-2"],
        related=["CVE-3"],
        references=[{"type": "WEB", "url": "https://web.example"}],
        severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        database_specific={"cwe_ids": ["CWE-506", 7], "severity": "HIGH", "cvss_v3": 10},
        affected=[entry(database_specific={"informational": "notice", "cvss_v3": 10.5})],
    )
    write(tmp_path, "npm.jsonl", full)
    tables = load_advisories([tmp_path])
    assert not rows(tables, "advisory_rejection", "reason")
    times = ("published", "modified", "withdrawn")
    assert [tuple(t.isoformat() for t in row) for row in rows(tables, "advisory", *times)] == [
        ("2026-01-01T00:00:00+00:00", "2026-01-02T00:00:00+00:00", "2026-01-03T00:00:00+00:00")
    ]
    words = ("summary", "aliases", "upstream", "related", "cwes", "malicious", "reference_urls")
    assert rows(tables, "advisory", *words) == [
        ("bad", ["CVE-1", "CVE-1"], ["CVE-2"], ["CVE-3"], ["CWE-506"], True, ["WEB https://web.example"])
    ]
    vectors = ("severity_word", "cvss_v2", "cvss_v3", "cvss_v4", "stated_score")
    assert rows(tables, "advisory", *vectors) == [("high", None, full["severity"][0]["score"], None, 10.0)]
    assert rows(tables, "advisory_package", "informational", *vectors) == [("notice", *[None] * 5)]


def test_record_when_it_stands_twice_in_a_file_then_the_newest_counts(tmp_path: Path) -> None:
    newer = record("GHSA-1", modified="2026-02-01T00:00:00Z", summary="newer")
    write(tmp_path, "npm.jsonl", record("GHSA-1"), newer, record("GHSA-1"))
    tables = load_advisories([tmp_path])
    assert rows(tables, "advisory", "summary") == [("newer",)]
    assert tables["advisory_rejection"].num_rows == 2


def test_range_when_its_events_make_no_sense_then_it_is_kept_with_the_reason(tmp_path: Path) -> None:
    nonsense = ranged({"introduced": "2.0.0"}, {"fixed": "2.0.0"})
    git = {**ranged({"introduced": "0"}, kind="GIT"), "repo": "https://git.example/lib"}
    write(tmp_path, "npm.jsonl", record(affected=[entry(ranges=[nonsense, git], versions=[])]))
    tables = load_advisories([tmp_path])
    found = rows(tables, "advisory_affected", "range_index", "lower_key", "unmatched")
    assert [(index, key) for index, key, _ in found] == [(0, None), (1, None)]
    assert "no version affected" in found[0][2]
    assert "GIT" in found[1][2]


def test_ecosystem_when_unknown_then_the_entry_says_that_it_cannot_be_matched(tmp_path: Path) -> None:
    write(tmp_path, "x.json", record(affected=[entry(package={"ecosystem": "Nowhere", "name": "a"})]))
    [(key, why)] = rows(load_advisories([tmp_path]), "advisory_package", "match_key", "unmatched")
    assert key is None
    assert "Nowhere" in why


def test_severity_when_the_entry_has_its_own_then_both_are_kept(tmp_path: Path) -> None:
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    own = entry(severity=[{"type": "CVSS_V3", "score": vector}])
    write(tmp_path, "x.json", record(affected=[own], database_specific={"severity": "MODERATE"}))
    tables = load_advisories([tmp_path])
    assert rows(tables, "advisory", "severity_word", "cvss_v3") == [("moderate", None)]
    assert rows(tables, "advisory_package", "cvss_v3") == [(vector,)]


def test_package_when_it_is_malware_then_the_record_says_so(tmp_path: Path) -> None:
    marked = record("GHSA-2", database_specific={"cwe_ids": ["CWE-506"]})
    write(tmp_path, "x.jsonl", record("MAL-2026-1"), marked, record("GHSA-3"))
    assert rows(load_advisories([tmp_path]), "advisory", "malicious") == [(True,), (True,), (False,)]


def cut_archive(folder: Path, name: str = "all.zip") -> Path:
    """An archive of whose two records only the first can still be decompressed."""
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("A-1.json", json.dumps(record("A-1")))
        archive.writestr("B-2.json", json.dumps(record("B-2", details="x" * 2000)))
    content = bytearray((folder / name).read_bytes())
    with zipfile.ZipFile(folder / name) as archive:
        start = archive.getinfo("B-2.json").header_offset + 40
    content[start : start + 8] = b"\xff" * 8
    (folder / name).write_bytes(content)
    return folder / name


def test_archive_when_damaged_then_all_of_it_is_rejected_and_the_other_files_load(tmp_path: Path) -> None:
    path = write(tmp_path, "npm.jsonl.gz", *(record(f"GHSA-{n}") for n in range(50)))
    path.write_bytes(path.read_bytes()[:-20])
    cut_archive(tmp_path)
    write(tmp_path, "good.jsonl", record("GHSA-good"))
    tables = load_advisories([tmp_path])
    assert rows(tables, "advisory", "advisory_id") == [("GHSA-good",)]
    found = rows(tables, "advisory_rejection", "source", "place", "reason")
    assert [(source, place) for source, place, _ in found] == [("all.zip", None), ("npm.jsonl.gz", None)]
    assert all("damaged or incomplete" in reason for _, _, reason in found)
    assert rows(tables, "advisory_source", "source", "records", "rejected") == [
        ("all.zip", 0, 1),
        ("good.jsonl", 1, 0),
        ("npm.jsonl.gz", 0, 1),
    ]


def test_archives_when_all_are_damaged_then_that_is_an_error(tmp_path: Path) -> None:
    cut_archive(tmp_path)
    with pytest.raises(WarehouseError, match=r"all\.zip: damaged or incomplete"):
        load_advisories([tmp_path])


def test_archive_when_damaged_later_then_what_it_said_before_stays_in_force(tmp_path: Path) -> None:
    kev = {"catalogVersion": "1", "vulnerabilities": [{"cveID": "CVE-2026-0001", "dateAdded": "2026-01-01"}]}
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("A-1.json", json.dumps(record("A-1")))
        archive.writestr("bad.json", "{")
        archive.writestr("kev.json", json.dumps(kev))
    write(tmp_path, "good.jsonl", record("GHSA-old"))
    before = load_advisories([tmp_path])
    cut_archive(tmp_path)
    write(tmp_path, "good.jsonl", record("GHSA-new"))
    write(tmp_path, "kev.json", kev)
    once = keep_earlier(load_advisories([tmp_path]), before)
    twice = keep_earlier(load_advisories([tmp_path]), once)
    for tables in (once, twice):
        assert sorted(rows(tables, "advisory", "advisory_id")) == [("A-1",), ("GHSA-new",)]
        assert rows(tables, "kev", "cve", "source") == [("CVE-2026-0001", "kev.json")]
        assert sorted(rows(tables, "advisory_source", "source", "kind", "records"), key=str) == [
            ("all.zip", "kev", 1),
            ("all.zip", "osv", 1),
            ("all.zip", None, 0),
            ("good.jsonl", "osv", 1),
            ("kev.json", "kev", 1),
        ]
        places = sorted(str(place) for _, place in rows(tables, "advisory_rejection", "source", "place"))
        assert places == ["None", "bad.json"]
        assert all(table.schema.equals(RAW_TABLES[name].schema) for name, table in tables.items())


def test_folder_when_missing_then_says_so(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="no folder of advisories"):
        load_advisories([tmp_path / "absent"])


def test_file_when_it_is_something_else_then_says_so(tmp_path: Path) -> None:
    write(tmp_path, "prices.csv", "item,price", "tea,3")
    tables = load_advisories([tmp_path])
    assert rows(tables, "advisory_source", "source", "kind", "records") == [("prices.csv", None, 0)]
    assert "neither" in rows(tables, "advisory_rejection", "reason")[0][0]


def test_files_when_two_folders_have_one_of_the_same_name_then_sources_differ(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path / name, "npm.jsonl", record(f"GHSA-{name}"))
    tables = load_advisories([tmp_path / "a", tmp_path / "b"])
    assert rows(tables, "advisory", "source") == [("npm.jsonl",), ("b/npm.jsonl",)]


def test_enrichment_when_read_then_rows_carry_their_day_and_source(tmp_path: Path) -> None:
    kev = {
        "catalogVersion": "2026.01.02",
        "dateReleased": "2026-01-02T10:00:00Z",
        "vulnerabilities": [
            {"cveID": "CVE-2026-0001", "dateAdded": "2026-01-01", "knownRansomwareCampaignUse": "Known"},
            {"cveID": "CVE-2026-0002"},
        ],
    }
    write(tmp_path, "kev.json", kev)
    write(
        tmp_path,
        "epss.csv.gz",
        "#model_version:v2026.01,score_date:2026-01-02T00:00:00Z",
        "cve,epss,percentile",
        "CVE-2026-0001,0.5,0.9",
        "CVE-2026-0002,five,0.1",
    )
    write(
        tmp_path,
        "vulnrichment.csv",
        "cve,date_updated,ssvc_exploitation,ssvc_automatable,ssvc_technical_impact,cvss_v3,cwes",
        "CVE-2026-0001,2026-01-03T00:00:00Z,poc,yes,total,,CWE-79 CWE-20",
    )
    write(
        tmp_path,
        "eol.jsonl",
        {"product": "node", "cycle": "20", "eol": "2026-04-30", "lts": "True", "purls": ["pkg:generic/node"]},
        {"product": "node", "cycle": "26", "eol": "False"},
        {"product": "node"},
    )
    tables = load_advisories([tmp_path])
    assert rows(tables, "kev", "cve", "date_added", "ransomware", "as_of", "source") == [
        ("CVE-2026-0001", date(2026, 1, 1), "Known", date(2026, 1, 2), "kev.json")
    ]
    assert rows(tables, "epss", "cve", "epss", "percentile", "model_version", "as_of") == [
        ("CVE-2026-0001", 0.5, 0.9, "v2026.01", date(2026, 1, 2))
    ]
    assert rows(tables, "vulnrichment", "exploitation", "automatable", "cwes") == [
        ("poc", "yes", ["CWE-79", "CWE-20"])
    ]
    assert rows(tables, "end_of_life", "cycle", "eol_date", "is_eol", "is_lts") == [
        ("20", date(2026, 4, 30), None, True),
        ("26", None, False, None),
    ]
    rejected = rows(tables, "advisory_rejection", "source", "place")
    assert rejected == [
        ("eol.jsonl", "line 3"),
        ("epss.csv.gz", "line 4"),
        ("kev.json", "vulnerabilities[1]"),
    ]
    assert rows(tables, "advisory_source", "kind", "as_of", "rejected") == [
        ("end_of_life", None, 1),
        ("epss", date(2026, 1, 2), 1),
        ("kev", date(2026, 1, 2), 1),
        ("vulnrichment", date(2026, 1, 3), 0),
    ]
