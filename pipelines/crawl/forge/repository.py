"""Read one repository: what it is, its listings, and what no list tells of its threads.

Each endpoint ends with a row in `raw.forge_crawl`: complete, unchanged, partial, skipped, failed or
unsupported, and up to when its rows are complete.
"""

# ruff: noqa: S608 - table names come from warehouse.store.schema alone, values are parameters

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from duckdb import DuckDBPyConnection

from pipelines.crawl.forge.asking import Asker, Request
from pipelines.crawl.forge.errors import ForgeError, ForgeStopped, Gone, Unanswered
from pipelines.crawl.forge.interface import PER_PAGE, Detail, Forge, Listing, RepositoryKey
from pipelines.crawl.forge.paging import read_pages
from pipelines.crawl.forge.removal import mark_removed, mark_unrenewed, mark_unseen
from pipelines.crawl.forge.values import documents
from pipelines.crawl.forge.writing import Cursor, ForgeWriter, read_cursor, read_etag

_THREADS = ("change_request", "issue")
_DETAIL_PAGES = 50
"""Pages that are asked for of one list of one thread in a run; the next run goes on behind them."""
_FAILED_IN_A_ROW = 5
"""So many issues or change requests may fail one after another before the others are left alone too."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one endpoint of one subject ended; see `raw.forge_crawl`."""

    host: str
    subject: str
    endpoint: str
    status: str
    reason: str | None = None
    rows: int = 0
    requests: int = 0


class SubjectReader:
    """Reads what one forge has on one subject after another, and records how that ended."""

    def __init__(
        self,
        forge: Forge,
        asker: Asker,
        writer: ForgeWriter,
        report: Callable[[Outcome], None],
        *,
        details: int = 0,
        full: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.forge, self.asker, self.writer = forge, asker, writer
        self._report = report
        self._details = details
        self._full = full
        self._clock = clock

    def read(self, path: str) -> None:
        """All endpoints of a repository. Raises `ForgeStopped`; every other failure is recorded."""
        subject = f"{self.writer.host}/{path}"
        key = self._identified(subject, path)
        if key is None:
            return
        endpoints: list[tuple[str, Callable[[_Course], None]]] = [
            (listing.endpoint, lambda course, listing=listing: self._listing(course, key, listing))  # type: ignore[misc]
            for listing in self.forge.listings(key)
        ]
        endpoints.append(("details", lambda course: self._read_details(course, key)))
        for number, (endpoint, read) in enumerate(endpoints):
            try:
                self.course(subject, endpoint, key.id, read)
            except ForgeStopped as stop:
                for later, _ in endpoints[number + 1 :]:
                    self.skip(subject, later, str(stop), key.id)
                raise

    def course(
        self, subject: str, endpoint: str, repository_id: int | None, read: "Callable[[_Course], None]"
    ) -> None:
        """Read one endpoint, and record how it ended."""
        course = _Course(
            subject, endpoint, repository_id, self._clock(), self.writer.rows, self.asker.requests
        )
        self.writer.touch = False
        try:
            read(course)
        except ForgeError as error:
            self.writer.commit()
            is_stop = isinstance(error, ForgeStopped)
            went_on = self.writer.rows > course.rows_before
            course.status = ("partial" if went_on else "skipped") if is_stop else course.status_of(error)
            course.reason, course.covered_to = str(error), None
            self._record(course)
            if is_stop:
                raise
        else:
            self._record(course)

    def skip(self, subject: str, endpoint: str, reason: str, repository_id: int | None = None) -> None:
        """Record that an endpoint was not read."""
        course = _Course(
            subject, endpoint, repository_id, self._clock(), self.writer.rows, self.asker.requests
        )
        course.status, course.reason = "skipped", reason
        self._record(course)

    def _record(self, course: "_Course") -> None:
        rows = self.writer.rows - course.rows_before
        requests = self.asker.requests - course.requests_before
        where, known = [self.writer.host, course.subject, course.endpoint], (None, None)
        if found := self.writer.con.execute(
            "select covered_to, repository_id from raw.forge_crawl"
            " where forge = ? and subject = ? and endpoint = ?",
            where,
        ).fetchall():
            known = found[0]
        row = {
            "subject": course.subject,
            "repository_id": course.repository_id or known[1],
            "endpoint": course.endpoint,
            "status": course.status,
            "reason": course.reason,
            "covered_to": course.covered_to or known[0],
            "items_known": course.items_known,
            "items_done": course.items_done,
            "requests": requests,
            "rows": rows,
            "began_at": course.began_at,
            "ended_at": self._clock(),
        }
        limits = [
            {
                "token_mark": limit.token_mark,
                "resource": limit.resource,
                "remaining": limit.remaining,
                "reset_at": limit.reset_at,
                "observed_at": limit.observed_at,
            }
            for limit in self.asker.limits.values()
        ]
        self.writer.commit({"forge_crawl": [row], "forge_rate_limit": limits})
        self._report(
            Outcome(
                self.writer.host,
                course.subject,
                course.endpoint,
                course.status,
                course.reason,
                rows,
                requests,
            )
        )

    def _identified(self, subject: str, path: str) -> RepositoryKey | None:
        """The repository behind a name, which may be a former one; null if there is none."""
        found: list[RepositoryKey] = []

        def read(course: _Course) -> None:
            request = self.forge.repository(path)
            try:
                answer, _ = self.asker.get(request)
            except Gone:
                mark_removed(self.writer.con, self.writer.host, subject, self._clock())
                raise
            known = self.forge.read_repository(self.writer.host, answer.document)
            if known is None:
                raise Gone(f"{request.path}: the answer is no repository")
            key, rows = known
            found.append(key)
            course.repository_id, course.covered_to = key.id, answer.told_at
            [row] = rows["forge_repository"]
            row["in_workspace"] = True
            self.writer.add(rows, key.id, answer.told_at)
            self.writer.add(self._names(key, subject, row["repo_id"], answer.told_at), key.id, answer.told_at)
            counts = {name: row.get(name) for name in ("stars", "forks", "watchers", "open_issues")}
            day = {"day": answer.told_at.date(), **counts}
            self.writer.add({"forge_repository_count": [day]}, key.id, answer.told_at)
            give_up_name(self.writer.con, self.writer.host, key.id, row["repo_id"])

        self.course(subject, "repository", None, read)
        return found[0] if found else None

    def _names(self, key: RepositoryKey, subject: str, repo_id: str, at: datetime) -> dict[str, list[Any]]:
        known = dict(
            self.writer.con.execute(
                "select repo_id, first_seen_at from raw.forge_repository_name"
                " where forge = ? and repository_id = ?",
                [self.writer.host, key.id],
            ).fetchall()
        )
        names = dict.fromkeys((subject, repo_id))
        rows = [{"repo_id": n, "first_seen_at": known.get(n, at), "last_seen_at": at} for n in names]
        return {"forge_repository_name": rows}

    def _listing(self, course: "_Course", key: RepositoryKey, listing: Listing) -> None:
        con, host, subject = self.writer.con, self.writer.host, str(key.id)
        cursor = read_cursor(con, host, subject, listing.endpoint)
        if self._full and not cursor.is_full:
            cursor = Cursor(is_full=True)
        self.writer.touch = is_full = cursor.is_full
        is_whole_in_one = not listing.since and cursor.next_url is None
        seen: dict[str, list[dict[str, Any]]] = {}
        for page in read_pages(self.asker, listing, cursor, lambda r: read_etag(con, host, r)):
            rows = listing.rows(page.documents) if page.documents else {}
            for name in listing.replaces if is_whole_in_one and not page.is_unchanged else ():
                seen.setdefault(name, []).extend(rows.get(name, []))
            # the clocks of a forge's machines differ: what a pass reads is never older than its beginning
            self.writer.add(rows, key.id, max(page.told_at, page.began_at))
            self.writer.move(subject, listing.endpoint, page.cursor)
            if is_whole_in_one or (listing.since and page.is_last):
                self.writer.remember(page.etag)
            if self.writer.is_due():
                self.writer.commit()
            course.covered_to = page.told_at
            course.status = "unchanged" if page.is_unchanged else "complete"
        self._forget_etags(listing, page.etag.request)
        if course.status == "unchanged":
            return
        for name in listing.replaces if is_whole_in_one else ():
            self.writer.commit()
            mark_unseen(con, (host, key.id), name, seen.get(name, []), page.told_at)
        if is_full and listing.since:
            self.writer.commit()
            mark_unrenewed(con, (host, key.id), listing.renews, page.began_at)

    def _forget_etags(self, listing: Listing, kept: str) -> None:
        """Of a list that moves on, only the last answer can be asked for again."""
        if listing.since:
            self.writer.con.execute(
                "delete from raw.forge_etag where forge = ? and starts_with(request, ?) and request <> ?",
                [self.writer.host, f"{listing.path}?", kept],
            )

    def _read_details(self, course: "_Course", key: RepositoryKey) -> None:
        course.covered_to, left = course.began_at, self._details
        course.items_known, course.items_done = 0, 0
        failed, in_a_row, unfinished = list[str](), 0, list[str]()
        for table in _THREADS:
            if not self.forge.details(key, table, "0"):
                continue
            for number, updated_at in self._waiting(key, table, left):
                left -= 1
                try:
                    if not self._detail(key, table, number, updated_at):
                        unfinished.append(f"{table} {number}")
                except Unanswered as error:  # one that always fails must not hide all behind it
                    failed.append(str(error))
                    if (in_a_row := in_a_row + 1) >= _FAILED_IN_A_ROW:
                        raise
                else:
                    in_a_row = 0
                if self.writer.is_due():
                    self.writer.commit()
            self.writer.commit()
            known, done = self._detailed(key, table)
            course.items_known += known
            course.items_done += done
        if course.items_done < course.items_known:
            course.status, course.covered_to = "partial", None
            course.reason = f"details of {course.items_known - course.items_done} are still to be read"
            if unfinished:
                course.reason += (
                    f"; {len(unfinished)} have more than {_DETAIL_PAGES} pages left and go on in the next"
                    f" run, such as {unfinished[0]}"
                )
            if failed:
                course.reason += f"; {len(failed)} failed, such as {failed[0]}"

    def _waiting(self, key: RepositoryKey, table: str, limit: int) -> list[tuple[str, datetime | None]]:
        return self.writer.con.execute(
            f"select number, updated_at from raw.{table} where {_wanted(table)}"
            " and (detailed_at is null or detailed_at < updated_at) order by updated_at desc, number limit ?",
            [self.writer.host, key.id, max(limit, 0)],
        ).fetchall()

    def _detailed(self, key: RepositoryKey, table: str) -> tuple[int, int]:
        [(known, done)] = self.writer.con.execute(
            f"select count(*), count(*) filter (detailed_at >= updated_at) from raw.{table}"
            f" where {_wanted(table)}",
            [self.writer.host, key.id],
        ).fetchall()
        return known, done

    def _detail(self, key: RepositoryKey, table: str, number: str, updated_at: datetime | None) -> bool:
        """Read all details of a thread; false where one of its lists goes on in the next run.

        What is read over several runs is as of the first of them: if the thread has changed since, it is due
        once more.
        """
        values: dict[str, Any] = {}
        gathered: list[tuple[dict[str, list[Any]], datetime]] = []
        cursors: dict[str, Cursor] = {}
        for position, detail in enumerate(self.forge.details(key, table, number)):
            endpoint = f"details {position} of {table} {number}"
            cursor = read_cursor(self.writer.con, self.writer.host, str(key.id), endpoint)
            as_of = cursor.since if cursor.page else updated_at
            try:
                for page in self._pages(detail, cursor.page):
                    for patch in page.rows.pop("patch", []):
                        values |= patch
                    gathered.append((page.rows, page.told_at))
            except Gone:
                if not detail.is_optional:
                    self.writer.patch(table, key.id, number, {"removed_at": self._clock()})
                    return True
            else:
                if page.goes_on:
                    cursors[endpoint] = Cursor(since=as_of, page=page.number)
                elif cursor.page:
                    cursors[endpoint] = Cursor(since=as_of)
        is_whole = not any(cursor.page for cursor in cursors.values())
        if is_whole:
            begun = [cursor.since for cursor in cursors.values() if cursor.since is not None]
            values["detailed_at"] = min(begun, default=updated_at)
        for rows, told_at in gathered:
            self.writer.add(rows, key.id, told_at)
        for endpoint, cursor in cursors.items():
            self.writer.move(str(key.id), endpoint, cursor)
        self.writer.patch(table, key.id, number, values)
        return is_whole

    def _pages(self, detail: Detail, begun: int) -> Iterator["_DetailPage"]:
        """Pages from the one that was read last, as what follows it may have moved up; at least one."""
        size, number = ("per_page", str(PER_PAGE)), max(begun, 1)
        for page in range(number, number + _DETAIL_PAGES):
            query = (size, ("page", str(page))) if detail.is_list else ()
            answer, _ = self.asker.get(Request(detail.path, query))
            found = answer.document
            if detail.is_list and found is not None and not isinstance(found, list):
                raise Unanswered(f"{detail.path}: the answer is no list")
            entries = documents(found) if detail.is_list else found
            goes_on = detail.is_list and (len(entries) >= PER_PAGE or answer.next_url is not None)
            yield _DetailPage(detail.rows(entries), answer.told_at, page, goes_on)
            if not goes_on:
                return


@dataclass(frozen=True, slots=True)
class _DetailPage:
    """One answer about a thread."""

    rows: dict[str, list[Any]]
    told_at: datetime
    number: int
    goes_on: bool
    """More pages follow."""


@dataclass(slots=True)
class _Course:
    """What happens while one endpoint is read."""

    subject: str
    endpoint: str
    repository_id: int | None
    began_at: datetime
    rows_before: int
    requests_before: int
    status: str = "complete"
    reason: str | None = None
    covered_to: datetime | None = None
    items_known: int | None = None
    items_done: int | None = None

    def status_of(self, error: ForgeError) -> str:
        """A list that is not there is one that the forge does not offer; a repository that is not is none."""
        return "unsupported" if isinstance(error, Gone) and self.endpoint != "repository" else "failed"


def _wanted(table: str) -> str:
    """Threads whose details are wanted: an issue without comments has none."""
    is_wanted = "true" if table == "change_request" else "coalesce(comments, 1) > 0"
    return f"forge = ? and repository_id = ? and removed_at is null and {is_wanted}"


def give_up_name(con: DuckDBPyConnection, host: str, repository_id: int, repo_id: str) -> None:
    """Another repository carries the name now: the one that carried it before keeps its rows without it."""
    con.execute(
        "update raw.forge_repository set repo_id = null, in_workspace = false"
        " where forge = ? and repo_id = ? and repository_id <> ?",
        [host, repo_id, repository_id],
    )
