"""Folders of advisories and enrichment as the raw tables, all of them or none."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.advisories.enrichment import (
    Row,
    enrichment_table,
    read_end_of_life,
    read_epss,
    read_kev,
    read_vulnrichment,
)
from warehouse.advisories.files import (
    AdvisoryFile,
    Kind,
    digest_file,
    find_advisory_files,
    json_records,
    kind_of,
    read_members,
)
from warehouse.advisories.osv import Record, osv_tables
from warehouse.advisories.validation import find_fault
from warehouse.errors import WarehouseError
from warehouse.store.schema import ADVISORY_TABLES, RAW_TABLES

_ENRICHMENTS = ("kev", "epss", "vulnrichment", "end_of_life")


def load_advisories(
    folders: Sequence[Path], on_file: Callable[[], None] = lambda: None
) -> dict[str, pa.Table]:
    """All advisory tables by name, as the files below the folders make them. `on_file` is called after each.

    A record that does not follow its schema is left out and recorded in `advisory_rejection`; so is a file
    that is damaged or cut off, as a whole: half of an archive is no statement about the other half. Its row
    of `advisory_source` has no digest.

    Raises:
        WarehouseError: a folder is missing, or there are files and none of them can be read.
    """
    reading = _Reading()
    with _paused_collector():
        for folder in folders:
            for file in find_advisory_files(folder):
                reading.read_or_reject(replace(file, name=reading.free_name(folder, file.name)))
                on_file()
        if reading.damaged and len(reading.damaged) == len({row["source"] for row in reading.sources}):
            raise WarehouseError("; ".join(reading.damaged.values()))
        return reading.tables()


def keep_earlier(tables: dict[str, pa.Table], earlier: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """`tables` with the rows of `earlier` of those files that are damaged now.

    What such a file said before it was damaged stays in force; that it is damaged stays in
    `advisory_rejection`. Of what is known of one CVE or release cycle, a file that can be read comes first.
    """
    sources = tables["advisory_source"]
    damaged = sources.filter(pc.is_null(sources["sha256"]))["source"].combine_chunks()
    if not len(damaged):
        return tables
    kept = {name: table.filter(pc.is_in(table["source"], damaged)) for name, table in earlier.items()}
    readable = kept["advisory_source"]
    known = readable.filter(pc.is_valid(readable["sha256"]))["source"].combine_chunks()
    merged = {}
    for name, table in tables.items():
        rows = kept[name].filter(pc.is_in(kept[name]["source"], known)).cast(table.schema)
        if name in _ENRICHMENTS:
            keys = ["cve"] if "cve" in table.column_names else ["product", "cycle"]
            taken = {tuple(row.values()) for row in table.select(keys).to_pylist()}
            free = [tuple(row.values()) not in taken for row in rows.select(keys).to_pylist()]
            rows = rows.filter(pa.array(free, pa.bool_()))
        merged[name] = pa.concat_tables([table, rows])
    still = readable.filter(pc.is_valid(readable["sha256"]))
    merged["advisory_source"] = pa.concat_tables([tables["advisory_source"], still])
    reasons = merged["advisory_rejection"]
    merged["advisory_rejection"] = reasons.group_by(reasons.column_names).aggregate([]).cast(reasons.schema)
    return merged


def count_records(file: AdvisoryFile) -> tuple[int, int]:
    """Records of a file that can be loaded, and records that are rejected.

    Raises:
        WarehouseError: the file is damaged or cut off.
    """
    reading = _Reading()
    reading.read(file)
    return sum(source["records"] for source in reading.sources), len(reading.rejections)


@contextmanager
def _paused_collector() -> Iterator[None]:
    """Reading makes millions of objects that stay: to look through them for garbage takes a third of it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Reading:
    """What the files read so far hold."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], Record] = {}
        self.enrichments: dict[str, list[tuple[str, Row]]] = {name: [] for name in _ENRICHMENTS}
        self.sources: list[Row] = []
        self.rejections: list[Row] = []
        self.damaged: dict[str, str] = {}
        """By file that cannot be read: why."""

    def free_name(self, folder: Path, name: str) -> str:
        """The name of a file, with its folder's in front where another folder has a file of that name."""
        taken = {source["source"] for source in self.sources}
        parents = [part.name for part in (folder, *folder.parents) if part.name]
        while name in taken and parents:
            name = f"{parents.pop(0)}/{name}"
        return name

    def read_or_reject(self, file: AdvisoryFile) -> None:
        """Read a file, or record why it cannot be read and forget what it has given so far."""
        rejections = len(self.rejections)
        try:
            self.read(file)
        except WarehouseError as error:
            del self.rejections[rejections:]
            for place in [place for place in self.records if place[0] == file.name]:
                del self.records[place]
            for name, rows in self.enrichments.items():
                self.enrichments[name] = [row for row in rows if row[0] != file.name]
            self.damaged[file.name] = str(error)
            self._reject(file.name, "", None, str(error))
            nothing = {"kind": None, "sha256": None, "as_of": None, "records": 0, "rejected": 1}
            self.sources.append({"source": file.name, **nothing})

    def read(self, file: AdvisoryFile) -> None:
        count: dict[Kind, int] = {}
        newest: dict[Kind, list[date]] = {}
        rejected = len(self.rejections)
        for member, content in read_members(file):
            kind = kind_of(content)
            if kind is None:
                self._reject(file.name, member, None, "neither OSV, KEV, EPSS, vulnrichment nor ends of life")
                continue
            days = newest.setdefault(kind, [])
            count[kind] = count.get(kind, 0) + self._read_content(kind, file.name, member, content, days)
        rejected = len(self.rejections) - rejected
        digest = digest_file(file.path)
        facts = {"source": file.name, "sha256": digest, "rejected": rejected}
        if not count:
            self.sources.append(facts | {"kind": None, "as_of": None, "records": 0})
        for kind, records in count.items():
            as_of = max(newest[kind], default=None)
            self.sources.append(facts | {"kind": kind, "as_of": as_of, "records": records})

    def _read_content(self, kind: Kind, source: str, member: str, content: bytes, days: list[date]) -> int:
        if kind == "osv":
            return self._read_osv(source, member, content, days)

        def reject(place: str, record_id: str | None, reason: str) -> None:
            self._reject(source, " ".join(filter(None, (member, place))), record_id, reason)

        rows = list(self._enrichment_rows(kind, content, reject))
        days += [day for row in rows for name in ("as_of", "date_updated") if (day := row.get(name))]
        self.enrichments[kind] += [(source, row) for row in rows]
        return len(rows)

    @staticmethod
    def _enrichment_rows(kind: Kind, content: bytes, reject: Any) -> Iterable[Row]:
        if kind == "kev":
            return read_kev(content, reject)
        if kind == "end_of_life":
            return read_end_of_life(content.splitlines(), reject)
        lines = content.decode("utf-8-sig", "replace").splitlines()
        return read_epss(lines, reject) if kind == "epss" else read_vulnrichment(lines, reject)

    def _read_osv(self, source: str, member: str, content: bytes, days: list[date]) -> int:
        loaded = 0
        for place, record in json_records(content):
            where = " ".join(filter(None, (member, place)))
            fault = find_fault(record)
            if fault is not None:
                record_id = record.get("id") if isinstance(record, dict) else None
                self._reject(source, where, record_id if isinstance(record_id, str) else None, fault)
                continue
            if not self._is_newest(source, where, record):
                continue
            self.records[source, record["id"]] = record
            days.append(date.fromisoformat(max(record["modified"], record.get("published") or "")[:10]))
            loaded += 1
        return loaded

    def _is_newest(self, source: str, where: str, record: Record) -> bool:
        """Whether the file has not given a record of this id that was changed later."""
        earlier = self.records.get((source, record["id"]))
        if earlier is None:
            return True
        self._reject(
            source,
            where,
            record["id"],
            "one of several records of this id in the file; the one changed last counts",
        )
        return bool(record["modified"] > earlier["modified"])

    def _reject(self, source: str, place: str, record_id: str | None, reason: str) -> None:
        self.rejections.append(
            {"source": source, "place": place or None, "advisory_id": record_id, "reason": reason}
        )

    def tables(self) -> dict[str, pa.Table]:
        tables = osv_tables((source, record) for (source, _), record in self.records.items())
        tables |= {name: enrichment_table(name, rows) for name, rows in self.enrichments.items()}
        for name, rows in (("advisory_source", self.sources), ("advisory_rejection", self.rejections)):
            tables[name] = pa.Table.from_pylist(rows, RAW_TABLES[name].schema)
        assert tables.keys() == set(ADVISORY_TABLES)
        return tables
