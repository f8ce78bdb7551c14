"""From where to where a listing is read, so that nothing is skipped while the forge changes.

A list that can be asked for "changed since" and comes in ascending order of change is read by asking again
from the last time seen: what changes meanwhile moves to its end. Where a whole page changed in one second, or
a forge does not sort as it was asked to, the next page is asked for, and after that the page before it once
more: whatever slid from the one to the other in between is there. Other lists are read whole.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pipelines.crawl.forge.answer import Answer
from pipelines.crawl.forge.asking import Asker, Request
from pipelines.crawl.forge.errors import Unanswered
from pipelines.crawl.forge.interface import PER_PAGE, Listing
from pipelines.crawl.forge.values import Document, documents, time
from pipelines.crawl.forge.writing import Cursor, Etag

OVERLAP = timedelta(minutes=10)
"""How far before the last change seen a later pass begins: a forge's replicas may lag behind each other."""
LONGEST_PASS = 100_000
"""Pages: a forge that never ends its list is stopped there."""
Known = Callable[[str], Etag | None]


@dataclass(frozen=True, slots=True)
class Page:
    """One page, and where the listing goes on when its rows are stored."""

    documents: list[Document]
    """Empty where the answer was that nothing changed."""
    cursor: Cursor
    etag: Etag
    told_at: datetime
    began_at: datetime
    """When the pass began, by the forge's clock."""
    is_unchanged: bool = False
    is_last: bool = False


def read_pages(asker: Asker, listing: Listing, cursor: Cursor, known: Known) -> Iterator[Page]:
    """The pages of a listing from its cursor to its present end; raises what `Asker.get` raises."""
    if listing.since:
        yield from _changes(asker, listing, cursor, known)
    else:
        yield from _whole(asker, listing, cursor, known)


def _changes(asker: Asker, listing: Listing, cursor: Cursor, known: Known) -> Iterator[Page]:
    is_new_pass = cursor.began_at is None
    since = cursor.since - OVERLAP if is_new_pass and cursor.since else cursor.since
    newest, page = cursor.since, 1 if is_new_pass else max(cursor.page, 1)
    began_at, before = cursor.began_at, None
    for number in range(LONGEST_PASS):
        request = listing.request(since, page)
        stored = known(request.text) if number == 0 and page == 1 else None
        if stored and (stored.next_url or stored.rows >= PER_PAGE):
            stored = None  # it was not the end then: what follows it may have changed
        answer, entries = _ask(asker, request, stored)
        told_at = answer.told_at
        began_at = began_at or told_at
        done = replace(cursor, since=newest, page=0, began_at=None, is_full=False)
        if entries is None and stored:
            yield Page([], done, stored, told_at, began_at, is_unchanged=True, is_last=True)
            return
        entries = entries or []
        etag = _etag(request, answer, len(entries))
        times = [time(entry.get(listing.changed)) for entry in entries]
        seen = [at for at in times if at is not None]
        if seen:
            # a clock that runs ahead must not carry the cursor past what others write meanwhile
            latest = min(max(seen), told_at)
            newest = max(latest, newest) if newest else latest
        if page > 1:
            yield from _slid(
                asker, listing, before, replace(cursor, since=since, page=page - 1, began_at=began_at)
            )
        if not _goes_on(answer, len(entries), page):
            done = replace(done, since=newest)
            yield Page(entries, done, etag, told_at, began_at, is_last=True)
            return
        is_ascending = len(seen) == len(times) and seen == sorted(seen)
        following = min(seen[-1], told_at).replace(microsecond=0) if seen and is_ascending else None
        before = (request, etag)
        if following is not None and (since is None or following > since):
            since, page = following, 1
        else:
            page += 1
        after = replace(cursor, since=since, page=page - 1, began_at=began_at)
        yield Page(entries, after, etag, told_at, began_at)
    raise Unanswered(f"{listing.path}: the list does not end")


def _slid(
    asker: Asker, listing: Listing, before: tuple[Request, Etag] | None, cursor: Cursor
) -> Iterator[Page]:
    """The page before, if it is another by now."""
    request, etag = before or (listing.request(cursor.since, cursor.page), None)
    answer, entries = _ask(asker, request, etag)
    if entries is not None:
        etag = _etag(request, answer, len(entries))
        yield Page(entries, cursor, etag, answer.told_at, cursor.began_at or answer.told_at)


def _whole(asker: Asker, listing: Listing, cursor: Cursor, known: Known) -> Iterator[Page]:
    """All pages; first with conditions, and without them as soon as one has changed."""
    if cursor.next_url is None and (unchanged := _unchanged(asker, listing, known)) is not None:
        yield unchanged
        return
    request = asker.request_of(cursor.next_url) if cursor.next_url else listing.request()
    began_at = cursor.began_at if cursor.next_url else None
    for number in range(1, LONGEST_PASS):
        answer, entries = _ask(asker, request, None)
        began_at = began_at or answer.told_at
        etag = _etag(request, answer, len(entries or ()))
        following = _following(asker, request, answer, len(entries or ()), number)
        after = Cursor(
            next_url=following.text if following else None, began_at=began_at if following else None
        )
        yield Page(entries or [], after, etag, answer.told_at, began_at, is_last=not following)
        if following is None:
            return
        request = following
    raise Unanswered(f"{listing.path}: the list does not end")


def _unchanged(asker: Asker, listing: Listing, known: Known) -> Page | None:
    """A last page that says that none of the pages changed; null where one did or is not known."""
    request = listing.request()
    for number in range(1, LONGEST_PASS):
        stored = known(request.text)
        if stored is None:
            return None
        answer, entries = _ask(asker, request, stored)
        if entries is not None:
            return None
        if stored.next_url is None and stored.rows < PER_PAGE:
            told_at = answer.told_at
            return Page([], Cursor(), stored, told_at, told_at, is_unchanged=True, is_last=True)
        request = asker.request_of(stored.next_url) if stored.next_url else listing.request(page=number + 1)
    return None


def _ask(asker: Asker, request: Request, stored: Etag | None) -> tuple[Answer, list[Document] | None]:
    """The documents of a page; null if it is as it was stored."""
    answer, _ = asker.get(request, stored.condition if stored else None)
    if answer.status == 304:
        return answer, None
    found: Any = answer.document
    if found is not None and not isinstance(found, list):
        raise Unanswered(f"{request.path}: the answer is no list")
    return answer, documents(found)


def _goes_on(answer: Answer, rows: int, page: int) -> bool:
    """Whether more pages follow: by the `Link` header, else by their count, else by a page that is full."""
    if "link" in answer.headers:
        return answer.next_url is not None
    if answer.pages is not None:
        return rows > 0 and page < answer.pages
    return rows >= PER_PAGE


def _following(asker: Asker, request: Request, answer: Answer, rows: int, number: int) -> Request | None:
    if answer.next_url:
        return asker.request_of(answer.next_url)
    query = dict(request.query)
    page = int(query["page"]) if query.get("page", "").isdecimal() else number
    if not _goes_on(answer, rows, page):
        return None
    return Request(request.path, tuple((query | {"page": str(page + 1)}).items()))


def _etag(request: Request, answer: Answer, rows: int) -> Etag:
    return Etag(
        request.text,
        answer.etag,
        answer.headers.get("last-modified"),
        answer.next_url,
        rows,
        answer.told_at,
    )
