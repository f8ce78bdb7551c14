"""Where the documents of a registry come from: over HTTP, or from a folder of saved ones."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Protocol
from urllib.parse import unquote

from pipelines.crawl.registry.facts import Package, PackageFacts
from pipelines.errors import CrawlError
from sbom.errors import ScanError
from sbom.limits import DEFAULT_LIMITS
from sbom.lockfiles.reading import load_json


class Absent(CrawlError):
    """The registry has no such document."""


class Unchanged(CrawlError):
    """The document is the one that was read before."""


@dataclass(frozen=True, slots=True)
class Document:
    """Content, and when the server says that it was last changed."""

    content: bytes
    modified_at: datetime | None = None


class Documents(Protocol):
    """Documents of one registry by their path, which begins with `/`.

    Raises `Absent`, `Unchanged` (only for the first document of a package) or `CrawlError`.
    """

    def get(self, path: str) -> Document: ...

    def below(self, address: str) -> str | None:
        """The path of an absolute address of this registry; null for any other address."""


Read = Callable[[Package, Documents], PackageFacts]


@dataclass(frozen=True, slots=True)
class RegistryKind:
    """One kind of registry: which purl type it serves and how facts are read from its documents."""

    type: str
    read: Read
    version: str = "1"
    """Of the reader: what an older one read is read again."""


def read_json(documents: Documents, path: str) -> Any:
    """A JSON document.

    Raises:
        CrawlError: as `Documents.get`, or it is no JSON.
    """
    content = documents.get(path).content
    try:
        return load_json(content, DEFAULT_LIMITS)
    except ScanError as error:
        raise CrawlError(f"{path}: {error}") from error


class FolderDocuments:
    """Saved documents: `<folder>/<purl type>/<name>.json`, or laid out like the registry's paths."""

    def __init__(self, folder: Path, package: Package, largest: int) -> None:
        self._root = folder / package.type
        self._package = package
        self._largest = largest
        self._is_first = True

    def get(self, path: str) -> Document:
        parts = PurePosixPath(unquote(path).lstrip("/")).parts
        candidates = [self._root.joinpath(*parts)] if parts and _is_inside(parts) else []
        candidates += [candidate.with_name(f"{candidate.name}.json") for candidate in candidates]
        names = PurePosixPath(f"{self._package.full_name}.json").parts
        if self._is_first and _is_inside(names):
            candidates.append(self._root.joinpath(*names))
        self._is_first = False
        for candidate in candidates:
            try:
                if candidate.is_file():
                    return self._read(candidate)
            except OSError as error:
                raise CrawlError(f"{candidate}: cannot be read: {error.strerror}") from error
            except ValueError:  # a NUL in the name
                continue
        raise Absent(f"{self._root}: holds no document of {self._package.purl}")

    def below(self, address: str) -> str | None:  # noqa: ARG002
        return None

    def _read(self, path: Path) -> Document:
        if path.stat().st_size > self._largest:
            raise CrawlError(f"{path}: larger than {self._largest >> 20} MiB")
        return Document(path.read_bytes())


def _is_inside(parts: tuple[str, ...]) -> bool:
    return not any(part in ("..", ".", "/") or "\\" in part or ":" in part[1:2] for part in parts)
