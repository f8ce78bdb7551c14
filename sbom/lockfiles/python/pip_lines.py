"""Logical lines of a pip requirements file, by the rules of pip's own reader.

pip-requirements-parser reads from disk only, and asks the disk of the scanning machine whether a name is a
folder; so lines are split here (https://pip.pypa.io/en/stable/reference/requirements-file-format/) and
requirements are left to `packaging`.
"""

import codecs
import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from sbom.lockfiles.reading import decode_text

_COMMENT = re.compile(r"(?:^|\s)#.*$")
_OPTION = re.compile(r"(?:^|\s)(--?[A-Za-z])")
_LONGEST_QUOTED = 100_000
_LINE_END = re.compile(r"\r\n|\n|\r")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(slots=True)
class PipLine:
    """A requirement or an option with its value, its first line, and the comments beside and below it.

    `options` hold what follows a requirement (`--hash=…`), in the order written.
    """

    text: str
    line: int
    options: list[str]
    comments: list[str] = field(default_factory=list)

    def option(self, short: str, long: str) -> str | None:
        """The value of an option that stands alone (`-r FILE`, `--requirement=FILE`); null if it does not."""
        if self.text or not self.options:
            return None
        name, equals, value = self.options[0].partition("=")
        if name == long:
            return value if equals else " ".join(self.options[1:]) or None
        if name.startswith(short) and not name.startswith("--"):
            attached = self.options[0].removeprefix(short)
            return attached.removeprefix("=") or " ".join(self.options[1:]) or None
        return None

    def values(self, long: str) -> list[str]:
        """The values of a repeated option after a requirement: `--hash=X` or `--hash X`."""
        found = [text.partition("=")[2] for text in self.options if text.startswith(f"{long}=")]
        pairs = zip(self.options, self.options[1:], strict=False)
        return found + [value for name, value in pairs if name == long]


def decode_requirements(content: bytes) -> str:
    """Text of a requirements file; PowerShell's `pip freeze > requirements.txt` writes UTF-16."""
    if content.startswith(_UTF16):
        return content.decode("utf-16", "backslashreplace")
    return decode_text(content)


def pip_lines(text: str) -> Iterator[PipLine]:
    """Each requirement or option; lines that end in a backslash are joined, comments are kept with it."""
    pending: PipLine | None = None
    for number, joined in _joined_lines(text):
        comment = _COMMENT.search(joined)
        body = joined[: comment.start()].strip() if comment else joined.strip()
        if body:
            if pending is not None:
                yield pending
            pending = _split_options(body, number)
        if comment and pending is not None:
            pending.comments.append(comment[0].strip())
        if not body and not comment and pending is not None:
            yield pending
            pending = None
    if pending is not None:
        yield pending


def _joined_lines(text: str) -> Iterator[tuple[int, str]]:
    parts: list[str] = []
    first = 1
    for number, raw in _physical_lines(text):
        if not parts:
            first = number
        if raw.endswith("\\") and not raw.lstrip().startswith("#"):
            parts.append(raw[:-1])
        else:
            parts.append(raw)
            yield first, " ".join(parts)
            parts = []
    if parts:
        yield first, " ".join(parts)


def _physical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines as pip splits them, form feeds and the like included, by the line that an editor shows."""
    for number, shown in enumerate(_LINE_END.split(text), 1):
        for raw in shown.splitlines() or [""]:
            yield number, raw


def _split_options(body: str, line: int) -> PipLine:
    option = _OPTION.search(body)
    if option is None:
        return PipLine(body, line, [])
    written = body[option.start(1) :]
    options = written.split()
    if len(written) <= _LONGEST_QUOTED and ("'" in written or '"' in written):
        with suppress(ValueError):  # an open quotation mark
            options = shlex.split(written)
    return PipLine(body[: option.start(1)].strip(), line, options)
