"""OSV records as rows of the advisory tables, with the keys of their versions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from warehouse.advisories.ecosystems import OsvPackage, named_package
from warehouse.advisories.ranges import affected_intervals
from warehouse.store.schema import RAW_TABLES
from warehouse.versions import VersionKey, keys_of

TABLES = ("advisory", "advisory_package", "advisory_affected", "advisory_version")

_MALWARE_WEAKNESS = "CWE-506"
_MALWARE_ID = "MAL-"
_GIT_RANGE = "a GIT range names commits, which are not compared with versions"
_NO_PACKAGE = "the entry names no package"
_NOTHING_LISTED = "the entry lists neither versions nor ranges of versions"

Record = dict[str, Any]
Rows = dict[str, list[tuple[Any, ...]]]


def osv_tables(records: Iterable[tuple[str, Record]]) -> dict[str, pa.Table]:
    """Tables of valid records, each with the file that it stands in; rows in the order of the records."""
    read = list(records)
    keys = _VersionKeys(record for _, record in read)
    rows: Rows = {name: [] for name in TABLES}
    for source, record in read:
        _add_record(rows, source, record, keys)
    return {name: _table(name, rows[name]) for name in TABLES}


class _VersionKeys:
    """Keys of all versions that records name, each distinct one computed once."""

    def __init__(self, records: Iterable[Record]) -> None:
        versions: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for record in records:
            for entry in record.get("affected") or ():
                package = _package(entry)
                if package is not None:
                    versions[package.scheme].update(dict.fromkeys(_versions(entry)))
        self._keys = {scheme: keys_of(scheme, names) for scheme, names in versions.items()}

    def of(self, scheme: str) -> Mapping[str, VersionKey]:
        return self._keys.get(scheme, {})


def _package(entry: Record) -> OsvPackage | None:
    package = entry.get("package")
    return named_package(package["ecosystem"], package["name"]) if package else None


def _versions(entry: Record) -> Iterator[str]:
    yield from entry.get("versions") or ()
    for each in entry.get("ranges") or ():
        if each["type"] != "GIT":
            for event in each["events"]:
                yield from event.values()


def _add_record(rows: Rows, source: str, record: Record, keys: _VersionKeys) -> None:
    advisory = (source, record["id"])
    specific = record.get("database_specific") or {}
    cwes = _texts(specific.get("cwe_ids"))
    rows["advisory"].append(
        (
            *advisory,
            _time(record.get("published")),
            _time(record["modified"]),
            _time(record.get("withdrawn")),
            record.get("summary"),
            _texts(record.get("aliases")),
            _texts(record.get("upstream")),
            _texts(record.get("related")),
            cwes,
            record["id"].startswith(_MALWARE_ID) or _MALWARE_WEAKNESS in cwes,
            [f"{reference['type']} {reference['url']}" for reference in record.get("references") or ()],
            *_severity(record.get("severity"), specific),
        )
    )
    for index, entry in enumerate(record.get("affected") or ()):
        _add_entry(rows, (*advisory, index), entry, keys)


def _add_entry(rows: Rows, place: tuple[str, str, int], entry: Record, keys: _VersionKeys) -> None:
    package, named = _package(entry), entry.get("package") or {}
    known = keys.of(package.scheme) if package is not None else {}
    target = (package.match_key, package.release) if package is not None else (None, None)
    unknown = _NO_PACKAGE if not named else f"no order of versions is known for {named['ecosystem']}"
    reasons = []
    for index, each in enumerate(entry.get("ranges") or ()):
        is_git = each["type"] == "GIT"
        reason = _GIT_RANGE if is_git else None if package is not None else unknown
        found = [] if reason else affected_intervals(each["events"], known)
        for interval in found:
            rows["advisory_affected"].append(
                (*place, index, each["type"], *target, *interval, each.get("repo"), None)
            )
        if not found:
            if reason:
                reasons.append(reason)
            reason = reason or "the events of the range leave no version affected"
            rows["advisory_affected"].append(
                (*place, index, each["type"], *target, *(None,) * 5, None, each.get("repo"), reason)
            )
    listed = dict.fromkeys(entry.get("versions") or ())
    if package is not None:
        rows["advisory_version"] += [(*place, *target, version, *known[version]) for version in listed]
    matchable = package is not None and (listed or len(reasons) < len(entry.get("ranges") or ()))
    unmatched = (
        None if matchable else reasons[0] if reasons else unknown if package is None else _NOTHING_LISTED
    )
    specific = entry.get("database_specific") or {}
    rows["advisory_package"].append(
        (
            *place,
            named.get("ecosystem"),
            named.get("name"),
            named.get("purl"),
            target[0],
            package.scheme if package is not None else None,
            target[1],
            unmatched,
            _text(specific.get("informational")),
            *_severity(entry.get("severity"), specific | (entry.get("ecosystem_specific") or {})),
        )
    )


def _severity(entries: Sequence[Mapping[str, str]] | None, specific: Mapping[str, Any]) -> tuple[Any, ...]:
    """Word, vectors by version of CVSS, score; the first vector of each version counts."""
    vectors: dict[str, str] = {}
    for entry in entries or ():
        vectors.setdefault(entry["type"], entry["score"])
    word, score = specific.get("severity"), specific.get("cvss_v3")
    return (
        word.lower() if isinstance(word, str) else None,
        *(vectors.get(f"CVSS_V{version}") for version in (2, 3, 4)),
        float(score) if isinstance(score, int | float) and 0 <= score <= 10 else None,
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _table(name: str, rows: list[tuple[Any, ...]]) -> pa.Table:
    schema = RAW_TABLES[name].schema
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
