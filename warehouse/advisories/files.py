"""Read the files of advisory folders: what each is, and the records in it.

`.json`, `.jsonl`, `.csv`, each also with `.gz`, and `.zip` archives of them. What a file holds is told by its
content, never by its name. Everything is bounded: a file that is damaged or too large is an error for the
whole file, a bad record only for itself.
"""

import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson

from warehouse.errors import WarehouseError

Kind = Literal["osv", "kev", "epss", "vulnrichment", "end_of_life"]
SUFFIXES = (".json", ".jsonl", ".csv", ".json.gz", ".jsonl.gz", ".csv.gz", ".zip")

_LARGEST_FILE = 4 << 30
_LARGEST_RECORD = 64 << 20
_PEEK = 4096


@dataclass(frozen=True, slots=True)
class AdvisoryFile:
    """A file as found; `read_bytes` and `members` read it."""

    path: Path
    name: str
    """Name in the tables, and what its format is told by: relative to its folder."""


def find_advisory_files(folder: Path) -> list[AdvisoryFile]:
    """All files below a folder, or the one file that is named, sorted by name.

    Raises:
        WarehouseError: there is no such folder.
    """
    if folder.is_file():
        return [AdvisoryFile(folder, folder.name)]
    if not folder.is_dir():
        raise WarehouseError(f"{folder}: no folder of advisories: create it or correct advisories.folders")
    paths = (path for path in folder.rglob("*") if path.name.endswith(SUFFIXES) and path.is_file())
    return [AdvisoryFile(path, path.relative_to(folder).as_posix()) for path in sorted(paths)]


def digest_file(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_members(file: AdvisoryFile) -> Iterator[tuple[str, bytes]]:
    """Decompressed contents, each with its name in an archive; the name is empty for a file that is none.

    Raises:
        WarehouseError: the file is damaged, cut off or too large.
    """
    try:
        if file.name.endswith(".zip"):
            yield from _zip_members(file.path)
        elif file.name.endswith(".gz"):
            with gzip.open(file.path) as stream:
                yield "", _bounded(stream, file.path, _LARGEST_FILE)
        else:
            with file.path.open("rb") as stream:
                yield "", _bounded(stream, file.path, _LARGEST_FILE)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise WarehouseError(f"{file.path}: damaged or incomplete: {error}") from error


def kind_of(content: bytes) -> Kind | None:
    """What a file holds, null if it is nothing that we read."""
    head = content[:_PEEK].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"{", b"[")):
        first = head.partition(b"\n")[0]
        if b'"catalogVersion"' in head or b'"vulnerabilities"' in first:
            return "kev"
        return "end_of_life" if b'"cycle"' in first and b'"product"' in first else "osv"
    header = next((line for line in head.splitlines() if not line.startswith(b"#")), b"")
    if header.startswith(b"cve,epss"):
        return "epss"
    return "vulnrichment" if header.startswith(b"cve,") and b"ssvc_" in header else None


def json_records(content: bytes) -> Iterator[tuple[str, Any]]:
    """Place and value of each record: the document, the items of a list, or the lines. Errors are values."""
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        document = error
    if isinstance(document, list):
        yield from ((f"[{index}]", record) for index, record in enumerate(document))
    elif isinstance(document, dict) or b"\n" not in content.strip():
        yield "", document
    else:
        for number, line in enumerate(io.BytesIO(content), start=1):
            if line.strip():
                yield f"line {number}", _loads(line)


def _loads(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return error


def _zip_members(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        total = 0
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            if info.is_dir() or not info.filename.endswith((".json", ".jsonl", ".csv")):
                continue
            with archive.open(info) as stream:
                content = _bounded(
                    stream, path, _LARGEST_RECORD if info.filename.endswith(".json") else _LARGEST_FILE
                )
            total += len(content)
            if total > _LARGEST_FILE:
                raise WarehouseError(f"{path}: holds more than {_LARGEST_FILE >> 30} GiB")
            yield info.filename, content


def _bounded(stream: Any, path: Path, limit: int) -> bytes:
    content: bytes = stream.read(limit + 1)
    if len(content) > limit:
        raise WarehouseError(f"{path}: holds more than {limit >> 20} MiB in one piece")
    return content
