"""A local Maven repository: a folder with published poms, given by the caller and never looked for.

Its layout is `<group with slashes>/<artifact>/<version>/<artifact>-<version>.pom`
(https://maven.apache.org/repositories/layout.html). Coordinates come from scanned files, so only those that
are plain words may become a path.
"""

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

from sbom.limits import Limits

ReadPublished = Callable[[str, str, str], bytes | None]
"""The pom of a group, artifact and version; null if it is not there."""
_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*")
_LARGEST_POM = 10_000_000


def local_repository(folder: Path, limits: Limits) -> ReadPublished:
    """A reader of the poms in a folder; what is no regular file, or too large, is not there."""
    largest = min(limits.file_bytes, _LARGEST_POM)

    def read(group: str, artifact: str, version: str) -> bytes | None:
        parts = (*group.split("."), artifact, version)
        if not all(_WORD.fullmatch(part) and ".." not in part for part in parts):
            return None
        path = folder.joinpath(*parts, f"{artifact}-{version}.pom")
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, ValueError):
            return None
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > largest:
                return None
            return _read_all(descriptor, largest)
        except OSError:
            return None
        finally:
            os.close(descriptor)

    return read


def _read_all(descriptor: int, largest: int) -> bytes:
    parts = []
    while largest > 0 and (part := os.read(descriptor, largest)):
        parts.append(part)
        largest -= len(part)
    return b"".join(parts)
