"""Who made or supplies a package, in the one spelling of rows: mailboxes of authors, names of suppliers.

An author is a `Name <address>`, a name or an address alone, as manifests and RFC 5322 write them. A supplier
is an organisation; a text with an address in it is none, so that no person's address can stand there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
            yield from _mailbox(written, None)
        case Mapping():
            yield from _mailbox(written.get("name"), written.get("email"))
        case list() | tuple() if depth < 2:
            for item in islice(written, 4 * MOST_AUTHORS):
                yield from _mailboxes(item, depth + 1)


def _mailbox(name: object, address: object) -> Iterator[str]:
    text, own = _plain(name), _plain(address)
    text = " ".join(_PAGE.sub(" ", text).split())
    if found := _MAILBOX.fullmatch(_BRACKETS.sub(r"<\1>", text)):
        text, own = found["name"].strip(), own or found["address"].strip()
    text = text.strip("\"' ").translate(_NO_BRACKETS)
    if _ADDRESS.fullmatch(text):
        text, own = "", own or text
    address = own if _ADDRESS.fullmatch(own) else ""
    if text and address:
        yield f"{text} <{address}>"
    elif text or address:
        yield text or address


_NO_BRACKETS = {ord("<"): None, ord(">"): None}


def _plain(value: object) -> str:
    """A text on one line without what cannot be seen; empty if it is none or too long."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return ""
    return " ".join(_UNSEEN.sub(" ", value).split())


def first_supplier(suppliers: Iterable[str | None]) -> str | None:
    """The supplier of a package that several files name: the first that one of them tells."""
    return next((supplier for supplier in suppliers if supplier), None)
