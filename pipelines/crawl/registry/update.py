"""Ask the registries for the packages of a workspace, and keep what they say."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import httpx

from pipelines.crawl.registry.documents import Absent, FolderDocuments, Unchanged
from pipelines.crawl.registry.facts import Package
from pipelines.crawl.registry.http import (
    LARGEST_DOCUMENT,
    Registry,
    RegistryDocuments,
    Resting,
    Validators,
    shown_url,
)
from pipelines.crawl.registry.kinds import registry_kinds
from pipelines.crawl.registry.sources import TOKEN_VARIABLE, default_sources
from pipelines.crawl.registry.store import (
    Record,
    begin_record,
    read_record,
    record_path,
    with_facts,
    write_record,
)
from pipelines.errors import CrawlError

_NO_ADDRESS = "nobody said where to ask: name an address in workspace.toml, [registries.urls] {}"
_REST = "rest_until"


@dataclass(frozen=True, slots=True)
class RegistryRequest:
    """How the registries are to be asked."""

    folder: Path
    """Where the records are kept."""
    urls: Mapping[str, str]
    """Addresses by purl type; a registry without one is not asked."""
    fresh_days: float = 7
    """What was asked for within so many days is not asked for again."""
    connections: int | None = None
    """Requests at once to one registry, null = as `sources.toml` says."""
    contact: str | None = None
    """Mail address or page that the user agent names."""
    saved: Path | None = None
    """Folder of saved documents; nothing is asked over the network then."""


@dataclass(frozen=True, slots=True)
class PackageOutcome:
    """What became of one package."""

    package: Package
    status: Literal["updated", "unchanged", "absent", "failed", "postponed", "fresh"]
    releases: int = 0
    error: str | None = None


def update_packages(
    packages: Sequence[Package],
    request: RegistryRequest,
    wait: Callable[[float], None] = time.sleep,
) -> Iterator[PackageOutcome]:
    """Ask for each package; the outcomes come as they are ready.

    A package that cannot be read keeps what was known of it. A registry that asks for rest, or that cannot be
    reached, is left alone for the rest of the update, and a rest that it asked for is kept for later ones.

    Raises:
        CrawlError: a record cannot be written.
    """
    due = []
    for package in packages:
        known = read_record(record_path(request.folder, package))
        if request.saved is None and _is_fresh(package, known, request):
            yield PackageOutcome(package, "fresh", _count(known))
        else:
            due.append((package, known))
    if request.saved is not None:
        for package, known in due:
            yield _read_saved(package, known, request, request.saved)
        return
    for package, known in due:
        if package.type not in request.urls:
            yield PackageOutcome(package, "postponed", _count(known), _NO_ADDRESS.format(package.type))
    due = [(package, known) for package, known in due if package.type in request.urls]
    with httpx.Client(follow_redirects=True, max_redirects=5, headers=_headers(request)) as client:
        for kind in sorted({package.type for package, _ in due}):
            mine = [(package, known) for package, known in due if package.type == kind]
            yield from _ask_registry(kind, mine, request, client, wait)


def _ask_registry(
    kind: str,
    due: Sequence[tuple[Package, Record | None]],
    request: RegistryRequest,
    client: httpx.Client,
    wait: Callable[[float], None],
) -> Iterator[PackageOutcome]:
    source = default_sources()[kind]
    rest = request.folder / kind / _REST
    registry = Registry(
        request.urls[kind],
        client,
        interval=source["interval"],
        token=os.environ.get(TOKEN_VARIABLE.format(kind.upper())),
        rest_until=_read_rest(rest),
        wait=wait,
    )
    pool = ThreadPoolExecutor(request.connections or source["connections"])
    try:
        jobs = [pool.submit(_ask, registry, package, known, request) for package, known in due]
        for job in as_completed(jobs):
            yield job.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        if registry.rest_until is not None:
            rest.parent.mkdir(parents=True, exist_ok=True)
            rest.write_text(registry.rest_until.isoformat(), "ascii")


def _ask(
    registry: Registry, package: Package, known: Record | None, request: RegistryRequest
) -> PackageOutcome:
    kind = registry_kinds()[package.type]
    reader = f"{kind.type}/{kind.version}"
    record = begin_record(package, shown_url(registry.url), reader)
    documents = RegistryDocuments(registry, _validators(package, known, record))
    try:
        facts = kind.read(package, documents)
    except Unchanged:
        assert known is not None
        kept = replace(known, checked_at=record.checked_at, read_at=record.checked_at, error=None)
        return _keep(request.folder, package, kept, "unchanged")
    except Absent:
        return _keep(request.folder, package, replace(record, status="absent"), "absent")
    except Resting as error:
        return _keep(request.folder, package, _troubled(known, record, error), "postponed")
    except (CrawlError, httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return _keep(request.folder, package, _troubled(known, record, error), "failed")
    validators = documents.validators or Validators()
    read = replace(with_facts(record, facts), etag=validators.etag, last_modified=validators.last_modified)
    same = known is not None and (known.facts, known.releases) == (read.facts, read.releases)
    return _keep(request.folder, package, read, "unchanged" if same else "updated")


def _read_saved(
    package: Package, known: Record | None, request: RegistryRequest, folder: Path
) -> PackageOutcome:
    """Facts from a saved document; what the folder does not hold stays as it is known."""
    kind = registry_kinds()[package.type]
    record = begin_record(package, folder.name, f"{kind.type}/{kind.version}")
    try:
        facts = kind.read(package, FolderDocuments(folder, package, LARGEST_DOCUMENT))
    except Absent:
        return PackageOutcome(package, "absent", _count(known), "the folder holds no document of it")
    except (CrawlError, ValueError) as error:
        return _keep(request.folder, package, _troubled(known, record, error), "failed")
    read = with_facts(record, facts)
    same = known is not None and (known.facts, known.releases) == (read.facts, read.releases)
    return _keep(request.folder, package, read, "unchanged" if same else "updated")


def _troubled(known: Record | None, record: Record, error: Exception) -> Record:
    """With the reason; what was known before stays, and its age tells that it is old."""
    reason = str(error) or type(error).__name__
    return replace(known if known and known.status != "failed" else record, error=reason[:500])


def _keep(
    folder: Path,
    package: Package,
    record: Record,
    status: Literal["updated", "unchanged", "absent", "failed", "postponed"],
) -> PackageOutcome:
    try:
        write_record(folder, package, record)
    except OSError as error:
        raise CrawlError(f"{folder}: cannot be written: {error.strerror}") from error
    return PackageOutcome(package, status, _count(record), record.error)


def _is_fresh(package: Package, known: Record | None, request: RegistryRequest) -> bool:
    """Whether the last answer is young enough and was given for all versions in use by this reader."""
    if known is None or known.status == "failed" or known.error is not None:
        return False
    kind = registry_kinds()[package.type]
    is_same = known.reader == f"{kind.type}/{kind.version}" and set(package.versions) <= set(known.versions)
    url = request.urls.get(package.type)
    young = datetime.now(UTC) - known.checked < timedelta(days=request.fresh_days)
    return is_same and young and (url is None or known.registry == shown_url(url))


def _validators(package: Package, known: Record | None, record: Record) -> Validators | None:
    """What makes the request conditional; null where the answer must be read anew."""
    if known is None or known.facts is None:
        return None
    same = (known.registry, known.reader) == (record.registry, record.reader)
    if not same or not set(package.versions) <= set(known.versions):
        return None
    return Validators(known.etag, known.last_modified)


def _headers(request: RegistryRequest) -> dict[str, str]:
    contact = f" ({request.contact})" if request.contact else ""
    return {"User-Agent": f"chainatlas/{version('chainatlas')}{contact}", "Accept": "*/*"}


def _read_rest(path: Path) -> datetime | None:
    try:
        until = datetime.fromisoformat(path.read_text("ascii"))
    except (OSError, ValueError):
        return None
    return until if until.tzinfo and until < datetime.now(UTC) + timedelta(days=2) else None


def _count(record: Record | None) -> int:
    return len(record.releases["version"]) if record is not None and record.releases else 0
