"""Text that is no source code, kept away from grammars whose recovery takes time by the square of its length.

The parser is native code that nothing can interrupt. Pieces of the text are parsed first: where one costs far
more than source code does, the whole is not tried.
"""

import time

from ast_grep_py import SgRoot

from sbom.errors import LimitReached

PIECE = 16_384
"""Characters that are tried at once."""
MOST_LETTERS = 300_000
MOST_SECONDS = 0.12
"""Processor time of a piece; one of source code takes a tenth of it."""


def refuse_what_is_slow(code: str, grammar: str) -> None:
    """Try the pieces of a text.

    Raises:
        LimitReached: it is too long, or one of its pieces takes too long.
    """
    if len(code) > MOST_LETTERS:
        raise LimitReached(f"not parsed: longer than {MOST_LETTERS} characters")
    for start in range(0, len(code) if len(code) > PIECE else 0, PIECE):
        begun = time.process_time()
        SgRoot(code[start : start + PIECE], grammar)
        if time.process_time() - begun > MOST_SECONDS:
            raise LimitReached("not parsed: its errors would take too long")
