"""What stands in every row of a history, and how its bytes become text."""

import contextlib
import re
from dataclasses import dataclass

_ENCODING = re.compile(
    rb"(?i)(utf-?(16|32)|iso|latin|cp|windows|gb|hz|big5|euc|shift|sjis|koi8|johab|mac|tis)[a-z0-9_-]*"
)
"""Other codecs of Python are no character sets (unicode_escape) or can give lone surrogates (UTF-7)."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What stands in every row."""

    repo_id: str
    head: str | None
    """Commit of the reading; null where only vanished commits are left."""
    parser: str
    parser_version: str

    @property
    def columns(self) -> dict[str, str | None]:
        return {
            "repo_id": self.repo_id,
            "head_sha": self.head,
            "parser": self.parser,
            "parser_version": self.parser_version,
        }


def decode(text: bytes, encoding: bytes) -> str:
    """UTF-8, else the encoding that the commit names, else UTF-8 with `\\xNN` for what does not fit."""
    with contextlib.suppress(ValueError):
        return text.decode("utf-8")
    if _ENCODING.fullmatch(encoding):
        with contextlib.suppress(LookupError, ValueError):
            return text.decode(encoding.decode("ascii"))
    return text.decode("utf-8", "backslashreplace")
