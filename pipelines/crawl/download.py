"""Bring one file over HTTP: only if it changed, from where an earlier attempt stopped, checked at the end.

The file lies under its final name only when it is complete and verified. What has come so far waits in
`<name>.part`. The validators of both versions, by which they are known, stand in `.meta` files beside them.

Sources: RFC 9110 (conditional and range requests, If-Range), RFC 9530 (Repr-Digest), RFC 1864 (Content-MD5);
`x-goog-hash` of Google Cloud Storage.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from pipelines.errors import CrawlError

LARGEST_FILE = 4 << 30
_ATTEMPTS = 4
_DIGESTS = (
    ("x-goog-hash", re.compile(r"md5=([A-Za-z0-9+/=]+)"), "md5"),
    ("content-md5", re.compile(r"([A-Za-z0-9+/=]+)"), "md5"),
    ("repr-digest", re.compile(r"sha-256=:([A-Za-z0-9+/=]+):"), "sha256"),
)

OnBytes = Callable[[int, int | None], None]
"""Told how many bytes have come so far, and how many there will be if the server says so."""


@dataclass(frozen=True, slots=True)
class Validator:
    """What tells one version of a file at an address from the next, and the digest that it should have."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    digest: tuple[str, str] | None = None
    """Name of the algorithm and base64 digest, where the server says so."""

    @property
    def condition(self) -> str | None:
        """What makes a range request safe: a strong ETag, else the date."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified


def download(
    client: httpx.Client, url: str, target: Path, check: Callable[[Path], None], on_bytes: OnBytes
) -> bool:
    """Bring `url` to `target`; false if `target` is already the newest version.

    `check` is given the complete file under another name and raises `CrawlError` if it is not what it should
    be. A connection that breaks is taken up again where it broke, `_ATTEMPTS` times in all.

    Raises:
        CrawlError: the server refuses, or the file is incomplete, damaged or too large; `target` stays.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    known = _read_validator(_facts(target))
    known = known if known and known.url == url and target.exists() else None
    part = target.with_name(f"{target.name}.part")
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            validator = _bring(client, url, part, known, on_bytes)
            break
        except httpx.TransportError as error:
            if attempt == _ATTEMPTS:
                raise CrawlError(
                    f"{url}: the connection broke {attempt} times: {error or type(error).__name__}; "
                    "what came is kept, and the next update goes on from there"
                ) from error
    if validator is None:
        return False
    try:
        _check_digest(url, part, validator)
        check(part)
    except CrawlError:
        part.unlink()
        _facts(part).unlink(missing_ok=True)
        raise
    _write_validator(_facts(target), validator)
    part.replace(target)
    _facts(part).unlink(missing_ok=True)
    return True


def _bring(
    client: httpx.Client, url: str, part: Path, known: Validator | None, on_bytes: OnBytes
) -> Validator | None:
    """Complete `part`; null if the version that is known is still the newest."""
    begun = _read_validator(_facts(part))
    have = part.stat().st_size if part.exists() and begun and begun.url == url and begun.condition else 0
    headers = {"Accept-Encoding": "identity"}
    if have and begun and begun.condition:
        headers |= {"Range": f"bytes={have}-", "If-Range": begun.condition}
    elif known:
        headers |= {"If-None-Match": known.etag} if known.etag else {}
        headers |= {"If-Modified-Since": known.last_modified} if known.last_modified else {}
    with client.stream("GET", url, headers=headers) as response:
        if response.status_code == httpx.codes.NOT_MODIFIED:
            return None
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            part.unlink()
            return _bring(client, url, part, known, on_bytes)
        if not response.is_success:
            raise CrawlError(f"{url}: the server answers {response.status_code} {response.reason_phrase}")
        if response.status_code != httpx.codes.PARTIAL_CONTENT:
            have = 0
        validator = _validator(url, response)
        _write_validator(_facts(part), validator)
        _append(response, part, have, on_bytes)
    return validator


def _append(response: httpx.Response, part: Path, have: int, on_bytes: OnBytes) -> None:
    length = response.headers.get("content-length", "")
    total = have + int(length) if length.isdecimal() else None
    with part.open("ab" if have else "wb") as file:
        for chunk in response.iter_raw():
            have += len(chunk)
            if have > LARGEST_FILE:
                raise CrawlError(f"{response.url}: larger than {LARGEST_FILE >> 30} GiB")
            file.write(chunk)
            on_bytes(have, total)


def _validator(url: str, response: httpx.Response) -> Validator:
    headers = response.headers
    for name, pattern, algorithm in _DIGESTS:
        if match := pattern.search(headers.get(name, "")):
            return Validator(url, headers.get("etag"), headers.get("last-modified"), (algorithm, match[1]))
    return Validator(url, headers.get("etag"), headers.get("last-modified"))


def _check_digest(url: str, part: Path, validator: Validator) -> None:
    if validator.digest is None:
        return
    algorithm, wanted = validator.digest
    with part.open("rb") as file:
        found = hashlib.file_digest(file, algorithm).digest()
    if base64.b64encode(found).decode() != wanted:
        raise CrawlError(
            f"{url}: what came has not the {algorithm} checksum that the server names; try again"
        )


def _facts(path: Path) -> Path:
    return path.with_name(f"{path.name}.meta")


def _read_validator(path: Path) -> Validator | None:
    try:
        values = json.loads(path.read_text("utf-8"))
        digest = values.get("digest")
        return Validator(**values | {"digest": tuple(digest) if digest else None})
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _write_validator(path: Path, validator: Validator) -> None:
    path.write_text(json.dumps(asdict(validator)), "utf-8")
