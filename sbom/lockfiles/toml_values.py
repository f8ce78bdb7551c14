"""Decoded TOML values by the type that a parser wants: untrusted input has any shape."""

from typing import Any


def as_table(value: object) -> dict[str, Any]:
    """The value if it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_array(value: object) -> list[Any]:
    """The value if it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def as_string(value: object) -> str | None:
    """The value if it is a string with something in it, else null."""
    return value or None if isinstance(value, str) else None


def as_strings(value: object) -> list[str]:
    """The strings of an array."""
    return [item for item in as_array(value) if isinstance(item, str)]
