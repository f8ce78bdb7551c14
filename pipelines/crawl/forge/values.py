"""Values of a forge's documents, which are untrusted: of the wanted type and bounded, else null."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sbom.lockfiles.origins import without_credentials

LONGEST_TEXT = 1_000
_LONGEST_LIST = 100
_FIRST_YEAR = 1970
_LARGEST = {32: 2**31 - 1, 64: 2**63 - 1}

Document = Mapping[str, Any]


def text(value: Any) -> str | None:
    """Text of readable length; null for what is none and for the empty one."""
    if not isinstance(value, str) or not value:
        return None
    return value[:LONGEST_TEXT].replace("\0", "") or None


def address(value: Any) -> str | None:
    """A URL without credentials, for a forge may show those that it mirrors or imports with."""
    found = text(value)
    return None if found is None else without_credentials(found)


def integer(value: Any, bits: int = 32) -> int | None:
    """A number that fits the column, null for any other."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdecimal() and len(value) < 20 else None
    return value if isinstance(value, int) and abs(value) <= _LARGEST[bits] else None


def identifier(value: Any) -> str | None:
    """An id as text, whether the forge writes it as a number or as a text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and 0 < len(value) <= 100 and value.isprintable() else None


def boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def time(value: Any) -> datetime | None:
    """A moment of ISO 8601 with its offset, in UTC; null before 1970, which forges write for none."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo and at.year >= _FIRST_YEAR else None
    except (ValueError, OverflowError):
        return None


def document(value: Any) -> Document:
    """An object of JSON; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def documents(value: Any) -> list[Document]:
    """The objects of a list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def length(value: Any) -> int | None:
    return len(value) if isinstance(value, str) else None


def identifiers(value: Any) -> list[str] | None:
    """The ids of a list of accounts; null where there is no list."""
    if not isinstance(value, list):
        return None
    found = (identifier(entry.get("id")) for entry in documents(value[:_LONGEST_LIST]))
    return [entry for entry in found if entry is not None]


def names(value: Any) -> list[str] | None:
    """The names of a list of labels, which are texts or objects with a name; null where there is no list."""
    if not isinstance(value, list):
        return None
    entries: Iterable[Any] = (v.get("name") if isinstance(v, dict) else v for v in value[:_LONGEST_LIST])
    return [name for entry in entries if (name := text(entry)) is not None]


def account(user: Any) -> str | None:
    """The id of an account; null for what is none."""
    return identifier(document(user).get("id"))


def accounts(
    users: Iterable[Any], kind: Callable[[Document], str], login: str = "login"
) -> list[dict[str, Any]]:
    """Rows of accounts, each once; people without one, such as authors of commits, are left out."""
    found = {
        account_id: {"account_id": account_id, "login": name, "kind": kind(user)}
        for user in map(document, users)
        if (account_id := account(user)) and (name := text(user.get(login)))
    }
    return list(found.values())
