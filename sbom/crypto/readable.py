"""Whether bytes are source code that can be given to the parser: bounded, text, not too deep.

The parser is native code with a stack of its own: what could make it abort is kept away from it.
"""

import re
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate

from sbom.errors import LimitReached
from sbom.model import UnknownKind

MOST_BYTES = 4 * 1024 * 1024
"""Source files that people write are far smaller."""
MOST_LINE = 200_000
"""Characters of one line: generated or minified code beyond it is not parsed."""
MOST_DEPTH = 1500
"""Brackets open at once."""
BINARY = "binary, not source code"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_BRACKETS = re.compile(r"[(\[{]+|[)\]}]+")
_STEPS = bytes(1 if char in b"([{" else 255 for char in range(256))
_OTHERS = bytes(char for char in range(256) if char not in b"()[]{}")


class Unparsable(Exception):
    """A source file that is not given to the parser; `kind` and `line` say why and where."""

    def __init__(self, kind: UnknownKind, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.kind = kind
        self.line = line


@contextmanager
def guarded() -> Iterator[None]:
    """Whatever reading untrusted source code may raise becomes `Unparsable`; a panic is no `Exception`.

    Raises:
        Unparsable: it was raised, or something unexpected was.
        LimitReached: it was raised.
    """
    try:
        yield
    except (Unparsable, LimitReached, KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except BaseException as error:
        raise Unparsable(UnknownKind.BROKEN, f"not parsed: {type(error).__name__}: {error}") from error


def readable(content: bytes) -> str:
    """The text of a source file.

    Raises:
        Unparsable: it is binary, over a limit, or nested too deeply.
    """
    if len(content) > MOST_BYTES:
        raise Unparsable(
            UnknownKind.LIMIT, f"{len(content)} bytes of source code, over the limit of {MOST_BYTES}"
        )
    if content[:2] in _UTF_16:
        return content.decode("utf-16", "replace")
    if is_binary(content):
        raise Unparsable(UnknownKind.UNSUPPORTED, BINARY)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _other_encoding(content)
    if len(text) > MOST_LINE and (line := _long_line(text)):
        raise Unparsable(UnknownKind.LIMIT, f"a line of more than {MOST_LINE} characters", line)
    if _may_be_deep(content) and depth_of(text) > MOST_DEPTH:
        raise Unparsable(UnknownKind.LIMIT, f"brackets nested deeper than {MOST_DEPTH} levels")
    return text.replace("\0", " ")


def _other_encoding(content: bytes) -> str:
    """GB 18030, in which much Chinese code is written; what that is not either keeps its readable parts."""
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError:
        return content.decode("utf-8", "replace")


def _long_line(text: str) -> int | None:
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MOST_LINE:
            return number
    return None


def line_starts(text: str) -> list[int]:
    """Where each line begins, in characters from the start of the text."""
    *lines, _ = text.split("\n")
    return list(accumulate((len(line) + 1 for line in lines), initial=0))


def is_binary(content: bytes) -> bool:
    """Whether bytes are no text."""
    return b"\0" in content[:8192] and content[:2] not in _UTF_16


def _may_be_deep(content: bytes) -> bool:
    """Whether more brackets than the limit may be open at once; quick, and never false where they are."""
    if sum(map(content.count, (b"(", b"[", b"{"))) <= MOST_DEPTH:
        return False
    sums = list(accumulate(array("b", content.translate(_STEPS, _OTHERS)), initial=0))
    return max(sums) - min(sums) > MOST_DEPTH


def depth_of(text: str) -> int:
    """How many brackets are open at once, strings and comments counted too."""
    depth = deepest = 0
    for match in _BRACKETS.finditer(text):
        run = match[0]
        if run[0] in "([{":
            depth += len(run)
            deepest = max(deepest, depth)
        else:
            depth = max(0, depth - len(run))
    return deepest
