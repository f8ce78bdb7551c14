"""Accounts as digests: no row of what people did holds an account's own id."""

from collections.abc import Mapping
from typing import Any

from warehouse.people import account_id, address_id, forge_addresses, pseudonym
from warehouse.store.schema import FORGE_ACCOUNTS

_REMEMBERED = 500_000


class Accounts:
    """Turns a forge's account ids into digests; those of erased people into null."""

    def __init__(self, key: bytes, forge: str, requests: Mapping[str, bool]) -> None:
        """`requests`: digests of people who are not to be observed; true = erased, false = opted out."""
        self._key, self._forge = key, forge
        self._requests = dict(requests)
        self.found: dict[str, str] = {}
        """Accounts that turn out to be those of such people, with what tells it; both as digests."""
        self._digests: dict[str, str | None] = {}

    def digest(self, number: str | None) -> str | None:
        """The digest of an account; null for none and for somebody erased."""
        if number is None:
            return None
        if number not in self._digests:
            if len(self._digests) > _REMEMBERED:
                self._digests.clear()
            found = account_id(self._key, self._forge, number)
            self._digests[number] = None if self._requests.get(found) else found
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
        login_id = pseudonym(self._key, "login", self._forge, row["login"].lower())
        if self._requests:
            self._extend(row, [email_id, login_id])
        if (digest := self.digest(row["account_id"])) is None:
            return None
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
        if row["email_id"] is not None and self._requests.get(row["email_id"]):
            row |= {"email_id": None, "name": None, "email": None}

    def _extend(self, row: Mapping[str, Any], told: list[str | None]) -> None:
        """Let a request hold for the account too, where its addresses or its login belong to the person."""
        addresses = forge_addresses(row["account_id"], row["login"], self._forge)
        told += [address_id(self._key, address) for address in addresses]
        hits = [digest for digest in told if digest is not None and digest in self._requests]
        account = account_id(self._key, self._forge, row["account_id"])
        for hit in hits:
            if self._requests.get(account, False) < self._requests[hit] or account not in self._requests:
                self.found[account] = hit
                self._requests[account] = self._requests[hit]
                self._digests.pop(row["account_id"], None)
