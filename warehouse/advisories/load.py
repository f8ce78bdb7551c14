"""Folders of advisories and enrichment as the raw tables, all of them or none."""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

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
from warehouse.store.schema import ADVISORY_TABLES, RAW_TABLES

_ENRICHMENTS = ("kev", "epss", "vulnrichment", "end_of_life")


def load_advisories(
    folders: Sequence[Path], on_file: Callable[[], None] = lambda: None
) -> dict[str, pa.Table]:
    """All advisory tables by name, as the files below the folders make them. `on_file` is called after each.

    A record that does not follow its schema is left out and recorded in `advisory_rejection`.

    Raises:
        WarehouseError: a folder is missing, or a file is damaged or cut off: nothing should be replaced then.
    """
    reading = _Reading()
    with _paused_collector():
        for folder in folders:
            for file in find_advisory_files(folder):
                reading.read(replace(file, name=reading.free_name(folder, file.name)))
                on_file()
        return reading.tables()


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

    def free_name(self, folder: Path, name: str) -> str:
        """The name of a file, with its folder's in front where another folder has a file of that name."""
        taken = {source["source"] for source in self.sources}
        parents = [part.name for part in (folder, *folder.parents) if part.name]
        while name in taken and parents:
            name = f"{parents.pop(0)}/{name}"
        return name

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
