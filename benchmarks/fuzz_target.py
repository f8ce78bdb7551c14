"""What a parser of untrusted input is for fuzzing: a function of bytes, and the samples it begins with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures"


@dataclass(frozen=True)
class Target:
    """One parser.

    The first byte of an input chooses the sample that names the file and what lies around it. `parse` raises
    what nobody expects of the parser: an exception of Python's own, or `Finding`.
    """

    name: str
    """`<kind>/<format>`."""
    packages: tuple[str, ...]
    """Python packages whose coverage guides the fuzzing."""
    samples: Sequence[bytes]
    parse: Callable[[bytes], None]


class Finding(Exception):
    """A parser gave what it must not give, such as rows that do not hold together."""
