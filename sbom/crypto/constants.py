"""What well-known constants of platforms and libraries are worth; all in `constants.yaml`."""

from collections.abc import Mapping
from functools import cache

from sbom.crypto.data import read_data


def known_constant(path: str) -> str | int | None:
    """The value of a constant by its full dotted path; null if it is not known."""
    owner, _, name = path.rpartition(".")
    return _constants().get(owner, {}).get(name)


@cache
def _constants() -> Mapping[str, Mapping[str, str | int]]:
    constants: Mapping[str, Mapping[str, str | int]] = read_data("constants.yaml")
    return constants
