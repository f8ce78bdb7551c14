"""Folders of webhook payloads: one JSON file for each delivery of GitHub, GitLab or Gitee.

A file holds the payload, or an object with the payload under `payload` or `body` beside its `headers`.
Whether a delivery was signed cannot be told from a file: whoever may write into the folder is trusted.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from duckdb import DuckDBPyConnection

from pipelines.crawl.forge.values import Document, document
from pipelines.crawl.payload.told import Told
from pipelines.crawl.payload.webhooks import webhook_of, webhooks
from pipelines.payload_writer import PayloadWriter
from pipelines.progress import Progress
from warehouse.store.database import transaction
from warehouse.store.table_versions import bump_versions

_LARGEST = 32 << 20
"""GitHub sends payloads of at most 25 MB."""
_FILES_PER_COMMIT = 500
_PREFIX = "webhook:"

_Row = tuple[str, str, str, str | None, None, int, int, int]


def refresh_webhooks(
    con: DuckDBPyConnection, folders: Sequence[Path], person_key: bytes, progress: Progress
) -> int:
    """Read the payloads that are new or changed; returns how many.

    A file that is no payload becomes a row of `raw.event_file` with the reason.

    Raises:
        WarehouseError: the tables cannot be written.
    """
    known = dict(con.execute("select file, fingerprint from raw.event_file").fetchall())
    [(named,)] = con.execute(
        "select coalesce(md5(string_agg(repo_id, ',' order by repo_id)), '') from raw.repository"
    ).fetchall()
    due = []
    for folder in folders:
        for path in sorted(folder.rglob("*.json")):
            status = path.stat()
            fingerprint = f"{status.st_size} {status.st_mtime_ns} {named[:16]}"
            name = f"{_PREFIX}{folder.name}/{path.relative_to(folder).as_posix()}"
            if known.get(name) != fingerprint:
                due.append((path, name, fingerprint))
    if not due:
        return 0
    progress.begin("webhooks", len(due))
    writer, rows = PayloadWriter(con, person_key), list[_Row]()
    for path, name, fingerprint in due:
        rows.append(_read(writer, path, name, fingerprint))
        progress.advance()
        if len(rows) >= _FILES_PER_COMMIT:
            _commit(con, writer, rows)
    _commit(con, writer, rows)
    return len(due)


def _commit(con: DuckDBPyConnection, writer: PayloadWriter, rows: list[_Row]) -> None:
    """Rows first: a run that is killed in between reads the files again, which changes nothing."""
    writer.commit()
    with transaction(con):
        for row in rows:
            con.execute("delete from raw.event_file where file = ?", [row[0]])
            con.execute("insert into raw.event_file values (?, ?, ?, ?, ?, ?, ?, ?)", list(row))
        bump_versions(con, ["event_file"])
    rows.clear()


def _read(writer: PayloadWriter, path: Path, name: str, fingerprint: str) -> _Row:
    try:
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        told = _tell(path, at)
        is_kept = told is not None and writer.add(told, at)
    except (OSError, ValueError, TypeError) as error:
        reason = str(error)[:500] or type(error).__name__
        return (name, fingerprint, "failed", reason, None, 0, 0, 1)
    if told is None:
        reason = f"no payload of {', '.join(kind.forge for kind in webhooks())} about a repository"
        return (name, fingerprint, "failed", reason, None, 0, 0, 1)
    return (name, fingerprint, "read", None, None, 1, int(is_kept), 0)


def _tell(path: Path, at: datetime) -> Told | None:
    if path.stat().st_size > _LARGEST:
        raise ValueError(f"larger than {_LARGEST >> 20} MiB")
    payload = _unwrapped(document(orjson.loads(path.read_bytes())))
    return webhook_of(payload).read(payload, at)


def _unwrapped(content: Document) -> Document:
    """The payload in an envelope, which may be text in it."""
    inner: Any = content.get("payload") or content.get("body")
    if not isinstance(content.get("headers"), Mapping) or inner is None:
        return content
    return document(orjson.loads(inner) if isinstance(inner, str) else inner)
