"""JSON and YAML that know the line of each key and list item, and what can be read of a broken file.

Decoders tell no lines, and a lock file that was cut off or that holds a merge conflict still names most of
its packages. All YAML scalars stay text: `1.10` is a version, not a number.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import orjson
import yaml

from sbom.errors import LimitReached
from sbom.limits import Limits
from sbom.lockfiles.reading import Malformed, decode_text, load_json

_JSON_TOKEN = re.compile(
    r'"(?P<text>[^"\\]*+(?:\\.[^"\\]*+)*+)"(?P<key>\s*+:)?|(?P<bracket>[{}\[\]])|(?P<word>[^\s"{}\[\],:]++)',
    re.DOTALL,
)
_UNCOUNTED_BREAKS = re.compile("[\x85\u2028\u2029]")
"""What YAML takes for the end of a line and nobody else counts as one."""
_YAML_BREAK = re.compile(r"\r\n?|\n")
_MOST_NODES = 4_000_000  # keys, values and brackets; what 200 000 packages take


class LocatedMap(dict[str, Any]):
    """A mapping that knows the line of each of its keys."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}

    def line(self, key: str) -> int | None:
        """The line on which the key stands (its last one if it stands twice); null if it is missing."""
        return self.lines.get(key)


class LocatedList(list[Any]):
    """A list that knows the line of each of its items."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []

    def located(self) -> Iterator[tuple[Any, int]]:
        """Each item with the line on which it starts."""
        return zip(self, self.lines, strict=True)


class Reading(NamedTuple):
    """What a file holds: one value per document, and why reading ended early, if it did."""

    documents: list[Any]
    error: Malformed | None

    @property
    def root(self) -> LocatedMap:
        """The first document, empty if there is none or it is no mapping."""
        return as_map(self.documents[0] if self.documents else None)


def as_map(value: object) -> LocatedMap:
    """The value if it is a mapping, else an empty one: untrusted input has any shape."""
    return value if isinstance(value, LocatedMap) else LocatedMap()


def as_text(value: object) -> str | None:
    """The value if it is text with something in it, without surrounding white space; else null."""
    return value.strip() or None if isinstance(value, str) else None


def as_list(value: object) -> LocatedList:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, LocatedList) else LocatedList()


class _Builder:
    """Values under construction: the open collections, outermost first, and the key each waits to fill."""

    def __init__(self) -> None:
        self.documents = LocatedList()
        self._open: list[Any] = [self.documents]
        self._keys: list[str | None] = [None]

    @property
    def depth(self) -> int:
        return len(self._open) - 1

    @property
    def wants_key(self) -> bool:
        return self._keys[-1] is None and isinstance(self._open[-1], LocatedMap)

    def key(self, key: str, line: int) -> None:
        self._keys[-1] = key
        self._open[-1].lines[key] = line

    def value(self, value: Any, line: int) -> None:
        top = self._open[-1]
        if isinstance(top, LocatedMap):
            key = self._keys[-1]
            assert key is not None
            top[key] = value
            self._keys[-1] = None
        else:
            top.append(value)
            top.lines.append(line)

    def open(self, collection: LocatedMap | LocatedList, line: int) -> None:
        key = self._keys[-1]
        self.value(collection, line)
        self._keys[-1] = key  # of which entry the collection is, until it is closed
        self._open.append(collection)
        self._keys.append(None)

    def close(self) -> None:
        self._open.pop()
        self._keys.pop()
        self._keys[-1] = None

    def drop_unfinished(self, entry_depth: int) -> None:
        """Remove the entry that is still open: half an entry could lack the very flag that it ends with."""
        if self.depth > entry_depth:
            holder, key = self._open[entry_depth], self._keys[entry_depth]
            if key is None:
                holder.pop()
                holder.lines.pop()
            else:
                del holder[key]


def load_located_json(content: bytes, limits: Limits, entry_depth: int) -> Reading:
    """Decode one JSON value. Bytes that are not UTF-8 are read as U+FFFD, as node does.

    Of a broken file the lines before the error are kept, without the unfinished entry: the collection that is
    open at `entry_depth` (2 for `{"packages": {"name": {…`).

    Raises:
        LimitReached: nested too deeply, or too many keys and values.
    """
    text = content.decode("utf-8-sig", "replace")
    error = None
    try:
        load_json(text.encode(), limits)  # strict, where the tokens below are not
    except Malformed as found:
        error = found
        text = "\n".join(text.split("\n")[: (found.line or 1) - 1])
    builder = _build_json(text)
    if error is not None:
        builder.drop_unfinished(entry_depth)
    return Reading(builder.documents, error)


def _build_json(text: str) -> _Builder:
    builder = _Builder()
    line, position = 1, 0
    for count, token in enumerate(_JSON_TOKEN.finditer(text)):
        _refuse_too_many(count)
        kind, start = token.lastgroup, token.start()
        if kind == "key" or not builder.wants_key:
            line += text.count("\n", position, start)
            position = start
        if kind == "key":
            builder.key(_json_text(token["text"]), line)
        elif builder.wants_key and kind == "text":
            break  # its colon is missing, which the decoder saw only on the next line
        elif kind == "text":
            builder.value(_json_text(token["text"]), line)
        elif kind == "word":
            builder.value(orjson.loads(token["word"]), line)
        elif token[0] in "{[":
            builder.open(LocatedMap() if token[0] == "{" else LocatedList(), line)
        else:
            builder.close()
    return builder


def _json_text(raw: str) -> str:
    return str(orjson.loads(f'"{raw}"')) if "\\" in raw else raw


def load_located_yaml(
    content: bytes, limits: Limits, entry_depth: int, *, share_aliases: bool = False
) -> Reading:
    """Decode YAML documents; every scalar stays text. What is kept of a broken file: as for JSON.

    With `share_aliases` an alias stands for the very object of its anchor: whoever walks the documents must
    not visit an object twice, since few bytes may stand for terabytes, or for a cycle.

    Raises:
        LimitReached: nested too deeply, too many keys and values, or an alias if they are not shared.
    """
    builder = _Builder()
    anchors: dict[str, Any] | None = {} if share_aliases else None
    text = _UNCOUNTED_BREAKS.sub(" ", decode_text(content))
    line_of = _yaml_lines(text)
    try:
        for count, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
            _refuse_too_many(count)
            _build_yaml(builder, event, limits.nesting_depth, anchors, line_of)
    except yaml.MarkedYAMLError as problem:
        last_line = text.rstrip().count("\n") + 1  # the decoder tells one behind it for what is cut off
        mark = problem.problem_mark
        line = min(line_of(mark.line), last_line) if mark else None
        error = Malformed(f"not YAML: {problem.problem}", line)
    except yaml.YAMLError as problem:
        error = Malformed(f"not YAML: {problem}")
    except Malformed as problem:
        error = problem
    else:
        return Reading(builder.documents, None)
    builder.drop_unfinished(entry_depth)
    return Reading(builder.documents, error)


def _build_yaml(
    builder: _Builder,
    event: yaml.Event,
    max_depth: int,
    anchors: dict[str, Any] | None,
    line_of: Callable[[int], int],
) -> None:
    assert event.start_mark is not None
    line = line_of(event.start_mark.line)
    if isinstance(event, yaml.ScalarEvent):
        if builder.wants_key:
            builder.key(event.value, line)
        else:
            builder.value(event.value, line)
        if anchors is not None and event.anchor is not None:
            anchors[event.anchor] = event.value
    elif isinstance(event, yaml.CollectionStartEvent):
        if builder.wants_key:
            raise Malformed("not YAML: a list or mapping is used as a key", line)
        if builder.depth >= max_depth:
            raise LimitReached(f"nested deeper than {max_depth} levels")
        collection = LocatedMap() if isinstance(event, yaml.MappingStartEvent) else LocatedList()
        builder.open(collection, line)
        if anchors is not None and event.anchor is not None:
            anchors[event.anchor] = collection
    elif isinstance(event, yaml.CollectionEndEvent):
        builder.close()
    elif isinstance(event, yaml.AliasEvent):
        if anchors is None:
            raise LimitReached("uses YAML aliases, which are not expanded")
        if event.anchor not in anchors or builder.wants_key:
            raise Malformed(f"not YAML: no value can be the alias {event.anchor!r}", line)
        builder.value(anchors[event.anchor], line)


def _refuse_too_many(count: int) -> None:
    if count > _MOST_NODES:
        raise LimitReached(f"more than {_MOST_NODES} keys and values")


def _yaml_lines(text: str) -> Callable[[int], int]:
    """The line, from 1, on which a line of YAML's stands, from 0: it counts lone carriage returns as well."""
    if "\r" not in text.replace("\r\n", ""):
        return lambda line: line + 1
    lines = [1]
    for match in _YAML_BREAK.finditer(text):
        lines.append(lines[-1] + match[0].endswith("\n"))
    return lambda line: lines[min(line, len(lines) - 1)]
