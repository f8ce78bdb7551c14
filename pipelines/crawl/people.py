"""Who is named in a history: each name with its address once, and what the `.mailmap` makes of it.

Rows of other tables name people by a keyed digest, so that names and addresses stand in one table alone.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from threading import Event

import pyarrow as pa

from pipelines.crawl.commit_header import FIELDS
from pipelines.crawl.commit_records import split_records
from pipelines.crawl.commit_text import Origin, decode
from sbom.git import GitView
from warehouse.people import address_id, pseudonym
from warehouse.store.schema import RAW_TABLES

_CONTACT = re.compile(rb"\s*([^<>]*?)\s*<\s*([^<>\s]+)\s*>\s*")
_NAMED = (
    "log",
    "-z",
    "--encoding=UTF-8",
    f"--format={'%n'.join(('%an', '%ae', '%cn', '%ce', *FIELDS[-2:]))}",
)


class People:
    """The names and addresses of one repository. Threads may not share it."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._ids: dict[tuple[bytes, bytes, bytes], str] = {}
        self._rows: dict[str, dict[str, object]] = {}
        self._contacts: dict[str, bytes] = {}

    def id_of(self, name: bytes | None, email: bytes | None, encoding: bytes) -> str | None:
        """The id of a name with its address, both in the given encoding where not UTF-8."""
        if name is None or email is None:
            return None
        known = self._ids.get((name, email, encoding))
        if known is not None:
            return known
        name_text, email_text = decode(name, encoding), decode(email, encoding)
        found = pseudonym(self._key, name_text, email_text.strip().lower())
        self._ids[name, email, encoding] = found
        if found not in self._rows:
            email_id = address_id(self._key, email_text)
            self._rows[found] = {
                "identity_id": found,
                "email_id": email_id,
                "canonical_email_id": email_id,
                "is_mapped": False,
                "name": name_text,
                "email": email_text,
                "canonical_name": name_text,
                "canonical_email": email_text,
            }
            self._contacts[found] = name + b" <" + email + b">" if name else b"<" + email + b">"
        return found

    def id_of_contact(self, text: bytes, encoding: bytes) -> str | None:
        """The same for `Name <address>`, as trailers have it; null for anything else."""
        match = _CONTACT.fullmatch(text)
        return self.id_of(match[1], match[2], encoding) if match else None

    def apply_mailmap(self, view: GitView, blob: str, seconds: float) -> None:
        """Let git map every name that is known so far with the mailmap `blob`.

        Raises:
            ScanError: git fails or takes too long; nothing is mapped then.
            ValueError: git answers less than it was asked.
        """
        asked = {found: contact for found, contact in self._contacts.items() if b"\n" not in contact}
        question = b"".join(contact + b"\n" for contact in asked.values())
        arguments = ("-c", f"mailmap.blob={blob}", "check-mailmap", "--stdin")
        answers = view.run(*arguments, stdin=question, timeout=max(seconds, 0)).split(b"\n")[:-1]
        if len(answers) != len(asked):
            raise ValueError("git check-mailmap answered less than it was asked")
        for (found, contact), answer in zip(asked.items(), answers, strict=True):
            if answer == contact:
                continue
            name, _, email = answer.partition(b"<")
            email_text = decode(email.removesuffix(b">"), b"")
            self._rows[found] |= {
                "canonical_email_id": address_id(self._key, email_text),
                "is_mapped": True,
                "canonical_name": decode(name.strip(), b""),
                "canonical_email": email_text,
            }

    def add(self, named: "Named") -> None:
        """Add everybody of `names_in_history`."""
        for name, email, encoding in named.names:
            self.id_of(name, email, encoding)
        for trailers, encoding in named.trailers:
            for _, contact in trailer_contacts(trailers):
                self.id_of_contact(contact, encoding)

    def batch(self, origin: Origin) -> pa.RecordBatch:
        """Rows of `raw.identity`."""
        schema = RAW_TABLES["identity"].schema
        rows = [row | origin.columns for row in self._rows.values()]
        return pa.RecordBatch.from_pylist(rows, schema)


@dataclass(slots=True)
class Named:
    """What commits say of people, each once and in the order of appearance."""

    names: dict[tuple[bytes, bytes, bytes], None] = field(default_factory=dict)
    """Name, address and encoding of authors and committers."""
    trailers: dict[tuple[bytes, bytes], None] = field(default_factory=dict)
    """Lines of trailers with their encoding."""


def names_in_history(view: GitView, head: str, seconds: float, stop: Event) -> Named:
    """Everybody whom the commits that `head` reaches name; not all of them once `stop` is set.

    Raises:
        ScanError: git fails or takes too long.
        ValueError: a name is longer than any real one.
    """
    named = Named()
    with closing(view.stream(*_NAMED, head, timeout=seconds)) as pieces:
        for record in split_records(pieces):
            if stop.is_set():
                break
            author, author_email, committer, committer_email, encoding, trailers = record.split(b"\n", 5)
            named.names[author, author_email, encoding] = None
            named.names[committer, committer_email, encoding] = None
            for line in trailers.split(b"\n"):
                named.trailers[line, encoding] = None
    return named


def trailer_contacts(trailers: bytes) -> Iterator[tuple[str, bytes]]:
    """Kind, in lower case, and value of each trailer that git printed."""
    for line in trailers.split(b"\n"):
        kind, colon, value = line.partition(b":")
        if colon:
            yield kind.strip().lower().decode("ascii", "replace"), value.strip()
