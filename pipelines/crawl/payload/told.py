"""What one payload tells."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pipelines.crawl.forge.interface import RepositoryKey, Rows


@dataclass(slots=True)
class Told:
    """Rows about one repository, without the columns that all rows share."""

    host: str
    repository: RepositoryKey
    parser: str
    rows: Rows = field(default_factory=dict)
    repository_rows: Rows = field(default_factory=dict)
    """The repository itself, as far as the payload tells it."""
    untold: frozenset[str] = frozenset()
    """Columns of issues and change requests that payloads of this forge leave out, which is no null."""

    @property
    def repo_id(self) -> str:
        return f"{self.host}/{self.repository.path}"

    def add(self, rows: Rows) -> None:
        """Add the rows of another part of the payload."""
        for table, entries in rows.items():
            self.rows.setdefault(table, []).extend(entries)


def host_of(address: object) -> str | None:
    """The host of a page of the forge."""
    try:
        return urlsplit(address).hostname if isinstance(address, str) and len(address) < 2000 else None
    except ValueError:
        return None
