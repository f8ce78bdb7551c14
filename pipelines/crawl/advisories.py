"""Bring advisories and what else is known of vulnerabilities into a folder: over HTTP, or from files.

Each source is one file below the folder. It takes the place of its earlier version only when it is complete,
its checksum is right and records can be read from it; until then the earlier version stays in force.
"""

import shutil
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, unquote, urlsplit

import httpx

from pipelines.crawl.download import OnBytes, download
from pipelines.errors import CrawlError
from warehouse.advisories.files import SUFFIXES, AdvisoryFile, digest_file, find_advisory_files
from warehouse.advisories.load import count_records
from warehouse.errors import WarehouseError
from warehouse.store.files import temporary_beside

DEFAULTS = Path(__file__).with_name("advisory_sources.toml")
_TIMEOUT = httpx.Timeout(60, connect=20)


@dataclass(frozen=True, slots=True)
class AdvisorySource:
    """One file to bring: from an address or a local path, to a name below the folder."""

    origin: str
    name: str

    @property
    def is_remote(self) -> bool:
        return self.origin.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class UpdateOutcome:
    """What became of one source."""

    source: AdvisorySource
    status: Literal["updated", "unchanged", "failed"]
    records: int = 0
    rejected: int = 0
    sha256: str | None = None
    error: str | None = None


@cache
def default_sources() -> dict[str, Any]:
    """The content of `advisory_sources.toml`, where its keys are described."""
    return tomllib.loads(DEFAULTS.read_text("utf-8"))


def archive_sources(base_url: str, ecosystems: Sequence[str]) -> list[AdvisorySource]:
    """The archive of each ecosystem below the address of an OSV bucket."""
    return [
        AdvisorySource(f"{base_url.rstrip('/')}/{quote(name)}/all.zip", f"osv/{name}.zip")
        for name in ecosystems
    ]


def named_sources(origin: str) -> list[AdvisorySource]:
    """What an address, a file or a folder stands for.

    Raises:
        CrawlError: there is no such file or folder, or its name tells no format.
    """
    if origin.startswith(("http://", "https://")):
        parts = urlsplit(origin)
        name = unquote(parts.path.rpartition("/")[2])
        if not name.endswith(SUFFIXES):
            raise CrawlError(f"{origin}: the address should end in one of {' '.join(SUFFIXES)}")
        return [AdvisorySource(origin, f"feeds/{parts.hostname}/{name}")]
    try:
        files = find_advisory_files(Path(origin))
    except WarehouseError as error:
        raise CrawlError(str(error)) from error
    if not files:
        raise CrawlError(f"{origin}: holds no file that ends in one of {' '.join(SUFFIXES)}")
    folder = Path(origin).resolve()
    label = folder.name if folder.is_dir() else folder.parent.name
    return [AdvisorySource(str(file.path), f"local/{label}/{file.name}") for file in files]


def update_advisories(
    sources: Sequence[AdvisorySource],
    folder: Path,
    on_bytes: Callable[[AdvisorySource], OnBytes] = lambda _: lambda _done, _total: None,
) -> Iterator[UpdateOutcome]:
    """Bring each source to `folder`, one after the other; a source that fails stays as it was.

    Raises:
        CrawlError: the folder cannot be written.
    """
    with httpx.Client(follow_redirects=True, timeout=_TIMEOUT) as client:
        for source in sources:
            target = folder / source.name
            counts = [0, 0]

            def check(path: Path, name: str = source.name, counts: list[int] = counts) -> None:
                counts[:] = _check(path, name)

            try:
                if source.is_remote:
                    changed = download(client, source.origin, target, check, on_bytes(source))
                else:
                    changed = _copy(Path(source.origin), target, check)
            except CrawlError as error:
                yield UpdateOutcome(source, "failed", error=str(error))
            except httpx.HTTPError as error:
                yield UpdateOutcome(source, "failed", error=f"{source.origin}: {error}")
            except OSError as error:
                raise CrawlError(f"{target}: cannot be written: {error.strerror}") from error
            else:
                status: Literal["updated", "unchanged"] = "updated" if changed else "unchanged"
                yield UpdateOutcome(source, status, counts[0], counts[1], digest_file(target))


def _check(path: Path, name: str) -> tuple[int, int]:
    """Records that can be loaded and records that cannot."""
    try:
        records, rejected = count_records(AdvisoryFile(path, name))
    except WarehouseError as error:
        raise CrawlError(str(error)) from error
    if records == 0:
        raise CrawlError(f"{name}: no record in it can be loaded, so it is not put in force")
    return records, rejected


def _copy(origin: Path, target: Path, check: Callable[[Path], None]) -> bool:
    if target.exists() and digest_file(target) == digest_file(origin):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = temporary_beside(target)
    try:
        shutil.copyfile(origin, fresh)
        check(fresh)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    return True
