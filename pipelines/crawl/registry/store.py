"""What registries said, kept on disk: one small file for each package that was asked for.

A file appears complete or not at all, so that an update which is killed goes on where it was. It holds facts,
not documents: those name people.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import orjson

from pipelines.crawl.registry.facts import Package, PackageFacts, Release

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_RELEASE_COLUMNS = tuple(field.name for field in fields(Release))
_FACT_COLUMNS = tuple(field.name for field in fields(PackageFacts) if field.name != "releases")

Status = Literal["read", "absent", "failed"]


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of one package, and how it came to be known."""

    purl: str
    type: str
    namespace: str | None
    name: str
    registry: str
    """Address of the registry without credentials, or the folder."""
    reader: str
    """Kind and version of the module that read it."""
    status: Status
    """`failed` only where nothing was ever read; a later failure leaves the facts and stands in `error`."""
    checked_at: str
    """When it was last asked for, ISO 8601."""
    read_at: str | None = None
    """When the registry last said or confirmed the facts."""
    error: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    versions: tuple[str, ...] = ()
    """Versions in use when it was asked for."""
    facts: dict[str, Any] | None = None
    """The columns of `PackageFacts` but its releases."""
    releases: dict[str, list[Any]] | None = None
    """The releases by column; times in epoch seconds."""

    @property
    def checked(self) -> datetime:
        return datetime.fromisoformat(self.checked_at)


def begin_record(package: Package, registry: str, reader: str) -> Record:
    """A record of a package that is about to be asked for."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Record(
        package.purl,
        package.type,
        package.namespace,
        package.name,
        registry,
        reader,
        "failed",
        now,
        versions=package.versions,
    )


def with_facts(record: Record, facts: PackageFacts) -> Record:
    """The record of a package that was read."""
    releases = {release.version: release for release in facts.releases if release.version}
    columns: dict[str, list[Any]] = {
        column: [getattr(release, column) for release in releases.values()] for column in _RELEASE_COLUMNS
    }
    columns["published_at"] = [time and int(time.timestamp()) for time in columns["published_at"]]
    told = {column: getattr(facts, column) for column in _FACT_COLUMNS}
    return replace(record, status="read", read_at=record.checked_at, facts=told, releases=columns)


def record_path(folder: Path, package: Package) -> Path:
    """The package's file; names from outside cannot lead out of the folder or meet each other there."""
    digest = hashlib.sha256(package.purl.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    readable = _UNFIT.sub("-", package.full_name)[:60].strip(".-") or "package"
    return folder / package.type / f"{readable}~{digest}.json"


def write_record(folder: Path, package: Package, record: Record) -> None:
    path = record_path(folder, package)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        fresh.write_bytes(orjson.dumps(asdict(record)))
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def read_record(path: Path) -> Record | None:
    """The record in a file; null if there is none or it is damaged."""
    try:
        values = orjson.loads(path.read_bytes())
        record = Record(**values | {"versions": tuple(values.get("versions", ()))})
        record.checked  # noqa: B018  # raises on a damaged time
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return record


def list_records(folder: Path) -> Iterator[Path]:
    """The files of all records, in the order of their names."""
    for kind in sorted(folder.iterdir()) if folder.is_dir() else ():
        if kind.is_dir():
            with os.scandir(kind) as listing:
                yield from sorted(Path(item.path) for item in listing if item.name.endswith(".json"))
