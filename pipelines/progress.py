"""What long work tells whoever waits for it."""

import logging
from typing import Protocol

_LOGGER = logging.getLogger(__name__)


class Progress(Protocol):
    """Receives the steps of one piece of work after another."""

    def begin(self, what: str, total: int) -> None:
        """A piece of work of `total` steps begins, and the one before it has ended."""

    def advance(self) -> None:
        """One more step is done."""

    def expect(self, seconds: float | None) -> None:
        """So much longer the present piece of work will take; null: nobody can tell yet."""

    def note(self, text: str) -> None:
        """Something that the user should read: a failure, a guess, a repository counted twice."""


class LoggedProgress:
    """Progress for where nobody watches: notes become log lines."""

    def begin(self, what: str, total: int) -> None:
        _LOGGER.info("%s: %d", what, total)

    def advance(self) -> None:
        pass

    def expect(self, seconds: float | None) -> None:
        pass

    def note(self, text: str) -> None:
        _LOGGER.warning("%s", text)
