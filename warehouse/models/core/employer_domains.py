"""Which domains of e-mail addresses can tell an employer, by mail_domains.yaml and the public suffix list."""

from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import yaml
from publicsuffixlist import PublicSuffixList

DATA = "mail_domains.yaml"

_SCHEMA = pa.schema([("domain", pa.string()), ("suffixes", pa.list_(pa.string()))])


def employer_domains(con: duckdb.DuckDBPyConnection, addresses: str) -> pa.Table:
    """Domains of addresses, with those above them up to what can be registered.

    `addresses` is a query of one column. The result has the columns `domain` and `suffixes`, of which the
    domain itself is the first. Domains of free mail and of noreply addresses are left out, and those
    below which anybody can register one.
    """
    domain = "regexp_extract(lower(trim(address)), '@([^@]+)$', 1)"
    query = f"select distinct {domain} from ({addresses}) as given(address)"  # noqa: S608 - a model's own words
    rows = con.execute(query).fetchall()
    found = {domain: suffixes for (domain,) in rows if domain and (suffixes := _suffixes(domain))}
    return pa.table({"domain": list(found), "suffixes": list(found.values())}, schema=_SCHEMA)


def _suffixes(domain: str) -> list[str]:
    labels = domain.split(".")
    above = [".".join(labels[start:]) for start in range(len(labels))]
    registered = _public_suffixes().privatesuffix(domain)
    if registered is None or not _no_employer().isdisjoint(above):
        return []
    return [suffix for suffix in above if len(suffix) >= len(registered)]


@cache
def _public_suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=True)


@cache
def _no_employer() -> frozenset[str]:
    lists = yaml.safe_load(Path(__file__).with_name(DATA).read_text(encoding="utf-8"))
    return frozenset(name for names in lists.values() for name in names)
