"""What a forge is: where its things are listed, and what their documents mean as rows.

A kind of forge is one module with a class that is a `Forge`, and an entry of `hosts.toml` that names it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from pipelines.crawl.forge.asking import Request
from pipelines.crawl.forge.values import Document

PER_PAGE = 100

Rows = dict[str, list[dict[str, Any]]]
"""Rows by raw table, without the columns that all rows of a crawl share."""


@dataclass(frozen=True, slots=True)
class RepositoryKey:
    """A repository that is crawled."""

    id: int
    path: str
    """Owner and name (or groups and name) as the forge spells it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that is read page by page."""

    endpoint: str
    path: str
    rows: Callable[[Sequence[Document]], Rows]
    query: Mapping[str, str] = field(default_factory=dict)
    since: str | None = None
    """Parameter for "changed since", if the list comes in ascending order of change."""
    changed: str = "updated_at"
    """Field with the time of the last change."""
    replaces: tuple[str, ...] = ()
    """Tables whose rows of the repository are what the whole list says, and no others."""
    renews: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Tables that the whole list of changes holds all rows of, as far as their columns have these values."""

    def request(self, since: datetime | None = None, page: int = 1) -> Request:
        query = {**self.query, "per_page": str(PER_PAGE), "page": str(page)}
        if self.since and since:
            query[self.since] = f"{since:%Y-%m-%dT%H:%M:%SZ}"
        return Request(self.path, tuple(query.items()))


@dataclass(frozen=True, slots=True)
class Detail:
    """A request that tells more of one issue or change request; its rows belong to that thread."""

    path: str
    rows: Callable[[Any], Rows]
    """Of one document, or of the documents of one page where `is_list`."""
    is_list: bool = False
    is_optional: bool = False
    """Forges that do not offer it answer 404, which then says nothing of the thread."""


class Forge(Protocol):
    """A kind of forge."""

    kind: str
    parser: str
    """Stands in every row."""

    def repository(self, path: str) -> Request:
        """Asks for a repository by its present or former name."""

    def read_repository(self, host: str, document: Any) -> tuple[RepositoryKey, Rows] | None:
        """The repository with its row and its owner's; null if the document is none."""

    def owner(self, path: str) -> Sequence[Listing]:
        """Lists of the repositories of an organisation, group or user: the first that is there is meant."""

    def listings(self, repository: RepositoryKey) -> Sequence[Listing]:
        """What is listed of a repository, in the order in which it is read."""

    def details(self, repository: RepositoryKey, table: str, number: str) -> Sequence[Detail]:
        """What is asked of a single issue or change request (`table`) because no list tells it."""

    def profile(self, account_id: str, login: str) -> Request:
        """Asks for the profile of an account."""

    def read_profile(self, document: Any) -> Rows:
        """The account with its profile."""
