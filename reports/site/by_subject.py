"""The rows of a figure by subject, as Arrow: as Python objects those of all would not fit into memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from reports.figures import Figure, Row


@dataclass(frozen=True, slots=True)
class BySubject:
    """Parts of a table by the value of one of its columns."""

    table: pa.Table
    """Its rows by subject, those of one in the order that they had."""
    places: Mapping[Any, tuple[int, int]]
    """First row and number of rows by subject."""

    @property
    def nothing(self) -> pa.Table:
        """The table without rows."""
        return self.table.slice(0, 0)

    def __getitem__(self, subject: Any) -> pa.Table:
        """The rows of a subject; none if the table has none of it."""
        return self.table.slice(*self.places.get(subject, (0, 0)))

    def parts(self, rows: int) -> Iterator[tuple[pa.Table, Mapping[Any, slice]]]:
        """Tables of some subjects each, about so many rows or all of one, and where those of each are."""
        held: dict[Any, slice] = {}
        first = 0
        for subject, (start, count) in self.places.items():
            held[subject] = slice(start - first, start - first + count)
            if start + count - first >= rows:
                yield self.table.slice(first, start + count - first), held
                first, held = start + count, {}
        if held:
            yield self.table.slice(first), held


def drawn_rows(figure: Figure, table: pa.Table, places: Mapping[Any, slice]) -> dict[Any, list[Row]]:
    """By subject the rows that a figure is drawn from, which may be fewer than it shows."""
    most = figure.drawn_rows or table.num_rows
    kept = {
        subject: range(place.start, min(place.stop, place.start + most)) for subject, place in places.items()
    }
    rows = table.take(pa.array(chain.from_iterable(kept.values()), pa.int64())).to_pylist()
    found, start = {}, 0
    for subject, wanted in kept.items():
        found[subject] = rows[start : start + len(wanted)]
        start += len(wanted)
    return found


def by_subject(table: pa.Table, column: str) -> BySubject:
    """Part a table by the values of a column."""
    encoded = table[column].combine_chunks().dictionary_encode(null_encoding="encode")
    codes = encoded.indices.to_numpy()  # in the order in which the subjects come first
    if (np.diff(codes) < 0).any():
        order = np.argsort(codes, kind="stable")
        table, codes = table.take(order), codes[order]
    first = np.searchsorted(codes, np.arange(len(encoded.dictionary) + 1)).tolist()
    subjects = encoded.dictionary.to_pylist()
    places = {subject: (first[n], first[n + 1] - first[n]) for n, subject in enumerate(subjects)}
    return BySubject(table, places)
