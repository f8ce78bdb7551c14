"""Digests as files write them, turned into CycloneDX's spelling."""

import re
from collections.abc import Iterable

_ALGORITHMS = {
    "md5": ("MD5", 32),
    "sha1": ("SHA-1", 40),
    "sha256": ("SHA-256", 64),
    "sha384": ("SHA-384", 96),
    "sha512": ("SHA-512", 128),
}
_HEX = re.compile(r"[0-9a-f]+")


def digest(text: str) -> str | None:
    """`sha256:<hex>` → `SHA-256:<hex>`; null for another algorithm or what is no digest of it."""
    algorithm, _, value = text.partition(":")
    known = _ALGORITHMS.get(algorithm.strip().lower())
    value = value.strip().lower()
    if known is None or len(value) != known[1] or not _HEX.fullmatch(value):
        return None
    return f"{known[0]}:{value}"


def digests(texts: Iterable[object]) -> tuple[str, ...]:
    """All that are digests, each once, in their order."""
    found = (digest(text) for text in texts if isinstance(text, str))
    return tuple(dict.fromkeys(value for value in found if value is not None))
