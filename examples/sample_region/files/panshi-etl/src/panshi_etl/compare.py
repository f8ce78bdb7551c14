"""Compare two tables by the digests of their rows."""

import hashlib
from collections.abc import Iterable, Iterator

from gmssl import sm3


def digest_international(row: tuple[object, ...]) -> str:
    return hashlib.sha1(repr(row).encode()).hexdigest()


def digest_national(row: tuple[object, ...]) -> str:
    return sm3.sm3_hash(list(repr(row).encode()))


def differences(left: Iterable[tuple], right: Iterable[tuple], national: bool = True) -> Iterator[str]:
    digest = digest_national if national else digest_international
    seen = {digest(row) for row in left}
    for row in right:
        value = digest(row)
        if value not in seen:
            yield value
