"""What changed between the cryptography of two commits: sites that are new, gone or changed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sbom.crypto.model import CryptoOccurrence


class Change(StrEnum):
    """How a site changed."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    """The same API in the same file with another algorithm, parameter or finding."""


@dataclass(frozen=True, slots=True)
class CryptoChange:
    """One site; `before` is null for what is new, `after` for what is gone."""

    change: Change
    before: CryptoOccurrence | None
    after: CryptoOccurrence | None

    @property
    def worse(self) -> tuple[str, ...]:
        """Findings that were not there before."""
        return _without(self.after, self.before)

    @property
    def better(self) -> tuple[str, ...]:
        """Findings that are not there any more."""
        return _without(self.before, self.after)


def compare(before: Iterable[CryptoOccurrence], after: Iterable[CryptoOccurrence]) -> list[CryptoChange]:
    """All changes by path and line. A site that only moved within its file did not change."""
    olds, news = list(before), list(after)
    counts = Counter(map(_what, olds)) & Counter(map(_what, news))
    left_old, left_new = _leftover(olds, counts), _leftover(news, counts)
    by_site: dict[tuple[str, str], list[CryptoOccurrence]] = defaultdict(list)
    for row in left_old:
        by_site[row.path, row.api].append(row)
    found = []
    for row in left_new:
        candidates = by_site[row.path, row.api]
        if candidates:
            found.append(CryptoChange(Change.CHANGED, candidates.pop(0), row))
        else:
            found.append(CryptoChange(Change.NEW, None, row))
    found += [CryptoChange(Change.GONE, row, None) for rows in by_site.values() for row in rows]
    return sorted(found, key=_place)


def _what(row: CryptoOccurrence) -> tuple[object, ...]:
    """All that a site says, without where in its file it stands."""
    return (
        *(row.path, row.api, row.asset_type, row.algorithm, row.family, row.mode, row.padding, row.key_size),
        *(
            row.curve,
            row.digest,
            row.iterations,
            row.protocol,
            row.protocol_version,
            row.function,
            row.findings,
        ),
    )


def _leftover(
    rows: Iterable[CryptoOccurrence], common: Counter[tuple[object, ...]]
) -> Iterator[CryptoOccurrence]:
    """Rows beyond those that the other side has too."""
    counts = Counter(common)
    for row in rows:
        what = _what(row)
        if counts[what]:
            counts[what] -= 1
        else:
            yield row


def _without(row: CryptoOccurrence | None, other: CryptoOccurrence | None) -> tuple[str, ...]:
    known = other.findings if other is not None else ()
    return tuple(code for code in (row.findings if row is not None else ()) if code not in known)


def _place(change: CryptoChange) -> tuple[str, int, int, str]:
    row = change.after or change.before
    assert row is not None
    return row.path, row.line, row.column, change.change.value
