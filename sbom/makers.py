"""Who made or supplies a package, in the one spelling of rows: mailboxes of authors, names of suppliers.

An author is a `Name <address>`, a name or an address alone, as manifests and RFC 5322 write them. A supplier
is an organisation; a text with an address in it is none, so that no person's address can stand there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice

MOST_AUTHORS = 50
_LONGEST = 300
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}){0,8}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,63}"
)
_MAILBOX = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>[^<>]*")
_PAGE = re.compile(r"\([^()]*://[^()]*\)|<\w+://[^<>]*>")
"""The web page that npm lets stand behind a name, and R beside one."""
_BRACKETS = re.compile(r"\(([^()\s]+@[^()\s]+)\)$")
"""`name (address)` is another way to write a mailbox."""
_NO_BRACKETS = {ord("<"): None, ord(">"): None}
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def authors(*written: object) -> tuple[str, ...]:
    """Distinct mailboxes of texts, of objects with `name` and `email`, and of lists of both; the first 50.

    A name alone is left out where it stands with an address too.
    Whatever else stands there is passed over: manifests are untrusted.
    """
    found = dict.fromkeys(_mailboxes(written, 0))
    with_address = {split_author(mailbox)[0] for mailbox in found if mailbox.endswith(">")}
    return tuple(islice((mailbox for mailbox in found if mailbox not in with_address), MOST_AUTHORS))


def paired(names: Sequence[str], addresses: Sequence[str]) -> tuple[str, ...]:
    """Authors of fields that list names and addresses apart: by place if as many of both."""
    if len(names) == len(addresses):
        pairs = zip(names, addresses, strict=True)
        return authors([{"name": name, "email": address} for name, address in pairs])
    return authors(list(names), list(addresses))


def listed(text: str | None) -> list[str]:
    """The parts of a text between commas."""
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def organisation(written: object) -> str | None:
    """The name of a supplier; null for what is no text, holds an address, or is too long to be a name."""
    text = _plain(written)
    return text if text and "@" not in text else None


def split_author(mailbox: str) -> tuple[str | None, str | None]:
    """Name and address of an author, either null if it has none."""
    found = _MAILBOX.fullmatch(mailbox)
    if found is not None:
        return found["name"].strip() or None, found["address"]
    return (None, mailbox) if _ADDRESS.fullmatch(mailbox) else (mailbox, None)


def _mailboxes(written: object, depth: int) -> Iterator[str]:
    match written:
        case str():
            if mailbox := _mailbox(_plain(written), ""):
                yield mailbox
        case Mapping():
            if mailbox := _mailbox(_plain(written.get("name")), _plain(written.get("email"))):
                yield mailbox
        case list() | tuple() if depth < 2:
            for item in islice(written, 4 * MOST_AUTHORS):
                yield from _mailboxes(item, depth + 1)


@lru_cache(maxsize=4096)  # all modules of a project name the same people
def _mailbox(name: str, address: str) -> str:
    """One spelling for all ways to write a mailbox; empty if there is neither a name nor an address."""
    name = " ".join(_PAGE.sub(" ", name).split())
    if found := _MAILBOX.fullmatch(_BRACKETS.sub(r"<\1>", name)):
        name, address = found["name"].strip(), address or found["address"].strip()
    name = name.strip("\"' ").translate(_NO_BRACKETS)
    if _ADDRESS.fullmatch(name):
        name, address = "", address or name
    if not _ADDRESS.fullmatch(address):
        return name
    return f"{name} <{address}>" if name else address


def _plain(value: object) -> str:
    """A text on one line without what cannot be seen; empty if it is none or too long."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return ""
    return " ".join(_UNSEEN.sub(" ", value).split())


def first_supplier(suppliers: Iterable[str | None]) -> str | None:
    """The supplier of a package that several files name: the first that one of them tells."""
    return next((supplier for supplier in suppliers if supplier), None)
