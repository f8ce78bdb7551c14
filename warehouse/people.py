"""What may be shown of people: pseudonyms, and counts of at least five, unless the workspace shows more."""

import hashlib
import hmac
import re

FOLD = 5
"""The smallest group whose size is shown (k-anonymity with k = 5)."""
FORGE_ADDRESS = r"(?:(\d+)\+)?([^+@]+)@(?:users?\.)?noreply\.([^@]+)"
"""Addresses that forges make for accounts, as a regular expression that Python and DuckDB understand."""
_FORGE_ADDRESS = re.compile(FORGE_ADDRESS)
_NOREPLY_HOSTS = ("users.noreply", "user.noreply", "noreply")
_GITLAB = re.compile(r"jihulab\.com|(?:.+\.)?gitlab\..+")
"""Forges that write `<id>-<login>`; elsewhere a login may begin with a number."""
_GITLAB_LOGIN = re.compile(r"(\d+)-(.+)")
_HEX_DIGITS = 32


def pseudonym(key: bytes, *parts: str) -> str:
    """The first 32 hexadecimal digits of HMAC-SHA256 (RFC 2104) over the parts, joined with NUL."""
    return hmac.new(key, "\0".join(parts).encode(), hashlib.sha256).hexdigest()[:_HEX_DIGITS]


def address_id(key: bytes, email: str | None) -> str | None:
    """The pseudonym of an e-mail address, whatever its case; null if it is empty."""
    plain = (email or "").strip().lower()
    return pseudonym(key, plain) if plain else None


def parse_forge_address(email: str) -> tuple[str | None, str, str] | None:
    """Account id (null if not named), login and forge of a lower-cased noreply address; null for others."""
    match = _FORGE_ADDRESS.fullmatch(email)
    if match is None:
        return None
    number, login, forge = match.groups()
    if number is None and _GITLAB.fullmatch(forge) and (parts := _GITLAB_LOGIN.fullmatch(login)):
        return parts[1], parts[2], forge
    return number, login, forge


def forge_addresses(number: str, login: str, forge: str) -> list[str]:
    """The lower-cased noreply addresses that forges make for an account; `parse_forge_address` reads them."""
    names = (login.lower(), f"{number}+{login.lower()}", f"{number}-{login.lower()}")
    return [f"{name}@{host}.{forge}" for name in names for host in _NOREPLY_HOSTS]


def account_id(key: bytes, forge: str, number: str) -> str:
    """The pseudonym of an account by the forge's own id of it."""
    return pseudonym(key, "account", forge, number)


def account_of_address(key: bytes, email: str) -> tuple[str | None, str | None]:
    """Pseudonyms of the account and login that a noreply address stands for; null where it does not."""
    parsed = parse_forge_address(email.strip().lower())
    if parsed is None:
        return None, None
    number, login, forge = parsed
    return account_id(key, forge, number) if number else None, pseudonym(key, "login", forge, login)


def folded(count: str) -> str:
    """SQL for a count of people as text: `<5` for one to four, unless `privacy.show_people` is set.

    `count` is a SQL expression over the published copy, whose `meta.parameter` holds the setting.
    """
    shown = "(select value = 'true' from meta.parameter where name = 'show_people')"
    is_small = f"{count} between 1 and {FOLD - 1} and not {shown}"
    return f"case when {is_small} then '<{FOLD}' else ({count})::varchar end"
