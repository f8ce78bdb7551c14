"""What Trove classifiers tell of a Python project: its licence, and that it must not be published."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from sbom.limits import DEFAULT_LIMITS
from sbom.lockfiles.reading import load_toml

_LICENCES = Path(__file__).with_name("licence_classifiers.toml")
_LONGEST_LICENCE_NAME = 100


def declared_licence(text: str | None, classifiers: Iterable[str]) -> str | None:
    """The licence's short text as declared, else the SPDX licence that the classifiers stand for."""
    written = (text or "").strip()
    if 0 < len(written) <= _LONGEST_LICENCE_NAME and "\n" not in written:
        return written
    known = {_spdx()[text] for text in classifiers if text in _spdx()}
    return known.pop() if len(known) == 1 else None


def forbids_publishing(classifiers: Sequence[str]) -> bool:
    """The index refuses packages with a classifier below `Private`."""
    return any(text.startswith("Private ::") for text in classifiers)


@cache
def _spdx() -> dict[str, str]:
    """Classifiers that stand for exactly one SPDX licence."""
    return load_toml(_LICENCES.read_bytes(), DEFAULT_LIMITS)["spdx"]  # type: ignore[no-any-return]
