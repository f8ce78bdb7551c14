"""
description: >-
  Which person stands behind an e-mail address, as a pseudonym. The one table that holds both; in the
  published copy the addresses are null.
grain: one per e-mail address of a commit's author or of the roster
key: [email]
columns:
  email: personal; address in lower case, after .mailmap
  person_id: pseudonym, the first 32 hexadecimal digits of HMAC-SHA256 with the warehouse's key
  rule: why addresses share a person, e-mail (the same address) or forge account (the same numeric account id)
  is_bot: a program, by the patterns of bots.yaml
  employer_domain: personal; domain of the address; null where it cannot tell an employer (mail_domains.yaml)
formula: >-
  person_id = HMAC-SHA256(key, address). <id>+<login>@users.noreply.<forge> stands for account <id>, and
  <login>@users.noreply.<forge> too where exactly one id has used that login.
source: RFC 2104; the free-mail, noreply and placeholder domains of mail_domains.yaml
edge_cases:
  - Addresses of one person that .mailmap does not join stay different people; names are never compared.
  - Strangers who share a placeholder address such as root@localhost count as one person.
  - An empty address has no row, its commits have no person.
"""

import hashlib
import hmac
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

READS = ("raw.commit", "raw.roster")
DATA = ("bots.yaml", "mail_domains.yaml")

_FORGE_ADDRESS = re.compile(r"(?:(?P<id>\d+)\+)?(?P<login>[^+@]+)@(?P<host>users?\.noreply\.[^@]+)")
_HEX_DIGITS = 32
_SCHEMA = pa.schema(
    [
        ("email", pa.string()),
        ("person_id", pa.string()),
        ("rule", pa.string()),
        ("is_bot", pa.bool_()),
        ("employer_domain", pa.string()),
    ]
)


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:
    addresses = con.sql("""
        select email, list_sort(list(distinct name) filter (where name is not null)) as names
        from (
            select lower(trim(author_email)) as email, author_name as name from raw.commit
            union
            select lower(trim(email)), null from raw.roster
        )
        where email <> ''
        group by email
        order by email
    """).to_arrow_table()
    emails = addresses["email"].to_pylist()
    accounts = _accounts(emails)
    is_bot = _bot_recogniser()
    no_employer = _domains_without_employer()
    names = addresses["names"].to_pylist()
    columns: dict[str, list[Any]] = {
        "email": emails,
        "person_id": [_pseudonym(context.person_key, accounts.get(email, email)) for email in emails],
        "rule": ["forge account" if email in accounts else "e-mail" for email in emails],
        "is_bot": [is_bot(email, used or ()) for email, used in zip(emails, names, strict=True)],
        "employer_domain": [_employer_domain(email, no_employer) for email in emails],
    }
    return pa.table(columns, schema=_SCHEMA)


def _pseudonym(key: bytes, person: str) -> str:
    return hmac.new(key, person.encode(), hashlib.sha256).hexdigest()[:_HEX_DIGITS]


def _accounts(emails: Iterable[str]) -> dict[str, str]:
    """For the noreply addresses of forges: the account that each stands for, as `<id>@<host>`."""
    found = [(email, match) for email in emails if (match := _FORGE_ADDRESS.fullmatch(email))]
    ids = defaultdict(set)
    for _, match in found:
        if match["id"]:
            ids[match["login"], match["host"]].add(match["id"])
    accounts = {}
    for email, match in found:
        known = {match["id"]} if match["id"] else ids[match["login"], match["host"]]
        if len(known) == 1:
            accounts[email] = f"{next(iter(known))}@{match['host']}"
    return accounts


def _bot_recogniser() -> Callable[[str, Collection[str]], bool]:
    patterns = _data("bots.yaml")
    email_pattern = re.compile("|".join(f"(?:{p})" for p in patterns["emails"]), re.IGNORECASE)
    name_pattern = re.compile("|".join(f"(?:{p})" for p in patterns["names"]), re.IGNORECASE)

    def is_bot(email: str, names: Collection[str]) -> bool:
        if email_pattern.fullmatch(email):
            return True
        return len(names) > 0 and all(name_pattern.fullmatch(name) for name in names)

    return is_bot


def _domains_without_employer() -> frozenset[str]:
    return frozenset(domain for domains in _data("mail_domains.yaml").values() for domain in domains)


def _employer_domain(email: str, no_employer: frozenset[str]) -> str | None:
    _, at, domain = email.rpartition("@")
    labels = domain.split(".")
    suffixes = (".".join(labels[start:]) for start in range(len(labels)))
    return domain if at and domain and no_employer.isdisjoint(suffixes) else None


def _data(name: str) -> Any:
    return yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
