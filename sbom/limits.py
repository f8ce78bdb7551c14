"""What a scan may use of the machine: every bound on untrusted input in one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what is read from one repository. A bound that is hit becomes an `Unknown`."""

    file_bytes: int = 64 * 1024 * 1024
    """Size of one file in bytes; a larger one is not read."""
    nesting_depth: int = 200
    """Depth of nested JSON, YAML, TOML or XML structures."""
    packages: int = 200_000
    """Components taken from one repository."""
    seconds: float = 300.0
    """Wall time for one repository, checked between files."""
    entries: int = 2_000_000
    """Files listed in one repository."""
    memory_bytes: int = 4 * 1024 * 1024 * 1024
    """Memory of a process that reads one repository, enforced where the system can do that."""


DEFAULT_LIMITS = Limits()
