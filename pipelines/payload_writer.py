"""Put what payloads tell into the forge tables, for repositories of the workspace."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from duckdb import DuckDBPyConnection

from pipelines.crawl.forge.writing import ForgeWriter
from pipelines.crawl.payload.told import Told
from warehouse.store.database import quote_name

_THREADS = ("issue", "change_request")


class PayloadWriter:
    """Gathers rows of payloads of any forge; `commit` writes them."""

    def __init__(self, con: DuckDBPyConnection, person_key: bytes) -> None:
        self._con, self._person_key = con, person_key
        self._writers: dict[tuple[str, str], ForgeWriter] = {}
        rows = con.execute("select repo_id from raw.repository").fetchall()
        self._named = {repo_id.lower() for (repo_id,) in rows}
        found = con.execute("select forge, repository_id from raw.forge_repository").fetchall()
        self._known: set[tuple[str, int]] = set(found)
        self._pending: set[tuple[str, int, str]] = set()
        """Change requests that are gathered and not written."""

    def add(self, told: Told, at: datetime) -> bool:
        """Gather what a payload tells; false if its repository is none of the workspace."""
        key = (told.host, told.repository.id)
        if told.repo_id.lower() not in self._named and key not in self._known:
            return False
        writer = self._writers.get((told.host, told.parser))
        if writer is None:
            writer = ForgeWriter(self._con, told.host, told.parser, self._person_key)
            self._writers[told.host, told.parser] = writer
        if key not in self._known:
            self._known.add(key)
            writer.add(self._repository(told), told.repository.id, at)
        changes = {(*key, row["number"]) for row in told.rows.get("change_request", ())}
        if changes & self._pending:  # of two rows in one commit the later counts, with all that it leaves out
            self.commit()
        self._pending |= changes
        for table in _THREADS:
            rows = told.rows.get(table)
            if rows and told.untold:
                told.rows[table] = list(self._new(writer, told, table, rows))
        writer.add(told.rows, told.repository.id, at)
        return True

    def commit(self) -> None:
        """Write everything gathered; each forge's rows at once or not at all."""
        for writer in self._writers.values():
            writer.commit()
        self._pending.clear()

    def _repository(self, told: Told) -> dict[str, list[dict[str, Any]]]:
        """The repository's row, where no crawl made one: what payloads leave out must not replace it."""
        rows = dict(told.repository_rows)
        known: Mapping[str, Any] = next(iter(rows.get("forge_repository", ())), {})
        return rows | {"forge_repository": [{"repo_id": told.repo_id, **known, "in_workspace": True}]}

    def _new(
        self, writer: ForgeWriter, told: Told, table: str, rows: Iterable[dict[str, Any]]
    ) -> Iterable[dict[str, Any]]:
        """Rows that are not stored yet; in stored ones only what the payload tells is changed."""
        writer.commit()
        for row in rows:
            stored = self._con.execute(
                f"select updated_at from raw.{quote_name(table)}"  # noqa: S608  # a name of ours
                " where forge = ? and repository_id = ? and number = ?",
                [told.host, told.repository.id, row["number"]],
            ).fetchall()
            if not stored:
                yield row
            elif stored[0][0] is None or row["updated_at"] is None or row["updated_at"] >= stored[0][0]:
                values = {name: value for name, value in row.items() if name not in told.untold}
                writer.patch(table, told.repository.id, row["number"], values)
