"""Read TOML lockfiles and manifests with line numbers, and what can be read of a broken one."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sbom.errors import LimitReached
from sbom.limits import Limits
from sbom.lockfiles.findings import Findings
from sbom.lockfiles.folder import SourceFile, Tree
from sbom.lockfiles.reading import Malformed, decode_text, load_toml
from sbom.lockfiles.toml_lines import TomlLines
from sbom.model import UnknownKind

_HEADER_LINE = re.compile(r"^[ \t]*\[\[?[^\[\]\n]+\]\]?[ \t]*(?:#.*)?\r?$", re.MULTILINE)
_STATEMENT = re.compile(r"^[A-Za-z0-9_.\"' -]+=", re.MULTILINE)
_POSITION = re.compile(r"\s*\(at [^)]*\)$")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A decoded document and the lines of its parts."""

    data: dict[str, Any]
    lines: TomlLines
    is_whole: bool = True
    """False if some tables were broken: then nothing follows from what is missing."""

    def table(self, *path: str) -> dict[str, Any]:
        """The table at a key path; empty if there is none."""
        node: Any = self.data
        for key in path:
            node = node.get(key) if isinstance(node, dict) else None
        return node if isinstance(node, dict) else {}

    def tables(self, name: str) -> list[dict[str, Any]]:
        """The tables of an array at the top; what is no table counts as an empty one, to keep the indexes."""
        rows = self.data.get(name)
        return [row if isinstance(row, dict) else {} for row in rows] if isinstance(rows, list) else []


def read_toml(file: SourceFile, findings: Findings) -> TomlFile:
    """Decode the file that is being scanned; a broken table is an unknown and the others are kept.

    Raises:
        Malformed: nothing of the file can be read.
        LimitReached: it is nested too deeply.
    """
    known = file.tree.memo.get(("toml", file.path))
    if known is not None:
        return known  # type: ignore[no-any-return]
    text = decode_text(file.content)
    try:
        toml = TomlFile(load_toml(file.content, findings.limits), TomlLines(text))
    except Malformed as error:
        return TomlFile(_recover(text, error, findings), TomlLines(text), is_whole=False)
    file.tree.memo["toml", file.path] = toml
    return toml


def read_manifest(tree: Tree, path: str | None) -> TomlFile | None:
    """Decode another file of the repository; null if it is absent or broken, which its own scan reports."""
    if path is None:
        return None
    key = ("toml", path)
    if key not in tree.memo:
        content = tree.read(path)
        tree.memo[key] = None
        if content is not None:
            with suppress(Malformed, LimitReached):
                tree.memo[key] = TomlFile(load_toml(content, tree.limits), TomlLines(decode_text(content)))
    return tree.memo[key]  # type: ignore[no-any-return]


def _recover(text: str, error: Malformed, findings: Findings) -> dict[str, Any]:
    """Decode table by table, as after a merge conflict or a cut: each broken table is one unknown."""
    data: dict[str, Any] = {}
    broken: list[tuple[int, str]] = []
    for first_line, block in _blocks(text):
        try:
            _merge(data, load_toml(block.encode(), findings.limits))
        except Malformed as problem:
            line_in_block = problem.line or block.rstrip().count("\n") + 1
            broken.append((first_line + line_in_block - 1, _POSITION.sub("", str(problem))))
            _merge(data, _salvage(block, line_in_block, findings.limits))
    if not data:
        raise error
    findings.alike(UnknownKind.BROKEN, broken)
    return data


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Header by header: (line of the header, its text up to the next header)."""
    starts = [0, *(header.start() for header in _HEADER_LINE.finditer(text))]
    line = 1
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        if end > start:
            yield line, text[start:end]
            line += text.count("\n", start, end)


def _salvage(block: str, broken_line: int, limits: Limits) -> dict[str, Any]:
    """The statements of a block before its broken one; at least its header, to keep the count of tables."""
    lines = block.split("\n")
    before = "\n".join(lines[: broken_line - 1])
    starts = [found.start() for found in _STATEMENT.finditer(before)]
    for part in (before, before[: starts[-1]] if starts else "", lines[0]):
        try:
            return load_toml(part.encode(), limits) if part else {}
        except Malformed:
            continue
    return {}


def _merge(data: dict[str, Any], block: dict[str, Any]) -> None:
    """Add a block's tables; a sub-table belongs to the last table of its array."""
    for key, value in block.items():
        old = data.get(key)
        if isinstance(old, list) and isinstance(value, list):
            old.extend(value)
        elif isinstance(old, list) and old and isinstance(old[-1], dict) and isinstance(value, dict):
            _merge(old[-1], value)
        elif isinstance(old, dict) and isinstance(value, dict):
            _merge(old, value)
        else:
            data.setdefault(key, value)
