"""Tokens of forges: from the environment or from a file that only its owner can read.

A token is never part of a text: its `repr` is its mark, a keyed hash that recognises it in the table of
rate limits. What libraries raise is replaced by our own words, for their messages may quote headers.
"""

import hashlib
import hmac
import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from pipelines.errors import CrawlError

_TOKEN = re.compile(r"[\x21-\x7e]{8,400}")
_FILE_BYTES = 65_536
_MARK_DIGITS = 12


@dataclass(slots=True)
class Token:
    """A token with its state; `secret` is null for asking without one."""

    secret: str | None = field(repr=False)
    mark: str | None
    rests_until: datetime | None = None
    """Not to be used before, by our clock."""
    is_refused: bool = False

    def is_usable(self, now: datetime) -> bool:
        return not self.is_refused and (self.rests_until is None or self.rests_until <= now)

    def rest(self, now: datetime, wait: timedelta) -> None:
        self.rests_until = max(now + wait, self.rests_until or now)


def read_tokens(
    variables: Iterable[str], file: Path | None, key: bytes, environment: Mapping[str, str] = os.environ
) -> list[Token]:
    """Tokens in their order, each once: those of the variables, then those of the file, one a line.

    A variable may hold several, separated by commas or blanks. Raises `CrawlError` if the file cannot be
    read, or can be read by others than its owner; the message holds none of its content.
    """
    texts = [text for name in variables for text in re.split(r"[\s,]+", environment.get(name, ""))]
    if file is not None:
        texts += [line.strip() for line in read_private(file).splitlines()]
    secrets = dict.fromkeys(text for text in texts if text and not text.startswith("#"))
    for number, secret in enumerate(secrets, 1):
        if not _TOKEN.fullmatch(secret):
            raise CrawlError(f"token {number} of {', '.join(variables)} or the token file is no token")
    return [Token(secret, _mark(secret, key)) for secret in secrets]


def anonymous() -> Token:
    """Asking without a token."""
    return Token(None, None)


def _mark(secret: str, key: bytes) -> str:
    return hmac.new(key, b"forge token " + secret.encode(), hashlib.sha256).hexdigest()[:_MARK_DIGITS]


def read_private(path: Path) -> str:
    """The text of a small file that only its owner, or root, can read.

    Raises:
        CrawlError: others can read it, or it cannot be read; the message holds none of its content.
    """
    try:
        with path.open("rb") as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode) or facts.st_size > _FILE_BYTES:
                raise CrawlError(f"{path}: is no file of tokens")
            if facts.st_mode & (stat.S_IRWXG | stat.S_IRWXO) or facts.st_uid not in (os.geteuid(), 0):
                raise CrawlError(f"{path}: others can read the tokens in it; `chmod 600` it")
            return file.read(_FILE_BYTES).decode("ascii")
    except OSError as error:
        raise CrawlError(f"{path}: tokens cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CrawlError(f"{path}: is no file of tokens") from None
