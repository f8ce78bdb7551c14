"""Accounts as digests: no row of what people did holds an account's own id."""

from collections.abc import Iterable
from typing import Any

from warehouse.people import account_id, address_id, pseudonym
from warehouse.store.schema import FORGE_ACCOUNTS

_REMEMBERED = 500_000


class Accounts:
    """Turns a forge's account ids into digests; those of erased people into null."""

    def __init__(self, key: bytes, forge: str, erased: Iterable[str]) -> None:
        self._key, self._forge = key, forge
        self._erased = set(erased)
        self.found: dict[str, str] = {}
        """Accounts that turned out to be those of erased addresses, with the address; both as digests."""
        self._digests: dict[str, str | None] = {}

    def digest(self, number: str | None) -> str | None:
        """The digest of an account; null for none and for somebody erased."""
        if number is None:
            return None
        if number not in self._digests:
            if len(self._digests) > _REMEMBERED:
                self._digests.clear()
            found = account_id(self._key, self._forge, number)
            self._digests[number] = None if found in self._erased else found
        return self._digests[number]

    def hide(self, row: dict[str, Any]) -> None:
        """Replace the ids in a row by digests."""
        for name in FORGE_ACCOUNTS & row.keys():
            value = row[name]
            if isinstance(value, list):
                row[name] = [found for number in value if (found := self.digest(number))]
            else:
                row[name] = self.digest(value)

    def profile(self, row: dict[str, Any]) -> dict[str, Any] | None:
        """An account's row with its digests; null for somebody erased."""
        email_id = address_id(self._key, row.get("email"))
        if email_id is not None and email_id in self._erased:
            account = account_id(self._key, self._forge, row["account_id"])
            self.found[account] = email_id
            self._erased.add(account)
            self._digests[row["account_id"]] = None
            return None
        if (digest := self.digest(row["account_id"])) is None:
            return None
        login_id = pseudonym(self._key, "login", self._forge, row["login"].lower())
        return {
            **row,
            "account_id": digest,
            "login_id": login_id,
            "email_id": email_id,
            "number": row["account_id"],
        }

    def contributor(self, row: dict[str, Any]) -> None:
        """Add the digest of an address that no account has; somebody erased is counted without a name."""
        row["email_id"] = address_id(self._key, row.get("email"))
        if row["email_id"] in self._erased:
            row |= {"email_id": None, "name": None, "email": None}
