"""YAML settings: Spring's `application.yml`, compose and application files of any kind.

A file that is no YAML before its template is filled in is read line by line, without the path to a key.
"""

import re
from collections.abc import Iterator
from typing import Any

from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.configuration.key_values import (
    MARKER,
    Pair,
    may_have_role,
    normalised,
    pairs_of_lines,
    role_of,
    write_pair,
)
from sbom.crypto.assets.configuration.properties import library_of
from sbom.crypto.assets.findings import AssetFile, AssetFindings, Setting
from sbom.crypto.readable import line_starts
from sbom.lockfiles.located import LocatedMap, load_located_yaml

_MOST_ITEMS = 500
_LONGEST_INDENT = 400
_LOCK_FILES = frozenset({"pnpm-lock.yaml", "conda-lock.yml"})
"""Lists of packages, in which no key is a setting."""
_DESCRIBES_API = re.compile(rb"^(?:openapi|swagger):", re.MULTILINE)
_KEY = re.compile(rb"([\w.\-]+)[\"']?[ \t]*[:=]")


def parse(file: AssetFile, findings: AssetFindings) -> None:
    if file.path.rpartition("/")[2] in _LOCK_FILES or _DESCRIBES_API.search(file.content):
        return
    if not _has_role(file.content):
        return
    library = library_of(file.path)
    reading = load_located_yaml(file.content, file.limits, 1, share_aliases=True)
    if reading.error is not None:
        for pair in pairs_of_lines(file.text, library):
            write_pair(findings, pair)
        return
    text = file.text
    starts = line_starts(text)
    for document in reading.documents:
        for key, value, line in flatten(document):
            if role_of(normalised(key)) is not None:
                start = starts[min(line, len(starts)) - 1]
                head = text[start : start + _LONGEST_INDENT].partition("\n")[0]
                column = len(head) - len(head.lstrip(" -\t"))
                at = Setting(start + column, line, column + 1, key, library)
                write_pair(findings, Pair(key, value, at))


def _has_role(content: bytes) -> bool:
    """Whether a key of the file ends as one that has a role; where it stands is told by the parser."""
    keys = set(_KEY.findall(content))
    return any(may_have_role(normalised(key.decode("utf-8", "replace"))) for key in keys)


def flatten(document: Any) -> Iterator[tuple[str, str, int]]:
    """Dotted keys with their text and the line of the key; items of a list share its key.

    An alias is followed once: few bytes may stand for terabytes, or for a cycle.
    """
    seen: set[int] = set()
    pending: list[tuple[str, Any, int]] = [("", document, 1)]
    while pending:
        key, value, line = pending.pop()
        if isinstance(value, str | bool | int):
            yield key, str(value), line
        elif isinstance(value, LocatedMap | list) and id(value) not in seen:
            seen.add(id(value))
            if isinstance(value, LocatedMap):
                parts = [
                    (f"{key}.{name}" if key else name, part, value.line(name) or line)
                    for name, part in value.items()
                ]
            elif all(isinstance(item, str) for item in value):
                parts = [(key, ",".join(value[:_MOST_ITEMS]), line)]
            else:
                parts = [(key, item, line) for item in value]
            pending += reversed(parts)


FORMAT = AssetFormat(
    name="yaml-settings",
    version="3",
    parse=parse,
    globs=("*.yml", "*.yaml"),
    marker=MARKER,
    title="YAML settings",
)
