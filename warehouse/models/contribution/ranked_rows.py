"""Rows of values by node and month, each name stored once: millions of texts would cost more than ranks."""

import numpy as np
import pyarrow as pa

_EPOCH = 1970 * 12


def ranked_rows(ranked: pa.Table, nodes: pa.Table, after: str) -> pa.Table:
    """Columns of `nodes`, then month, is_active, openrank, covered_on and reason.

    `ranked` holds position, month (counted from year 0), is_active and openrank; `nodes` what is known of the
    node at each position, in their order, with the day until which it was read (covered_on). Of later months
    values are null with `after` as the reason. Texts are dictionaries.
    """
    rows = nodes.take(ranked["position"])
    month = ranked["month"].to_numpy()
    first, last = (month.min(), month.max()) if len(month) else (0, 0)
    days = np.arange(first - _EPOCH, last - _EPOCH + 1).astype("datetime64[M]").astype("datetime64[D]")
    day = days.astype(np.int32)[month - first]
    is_later = day > rows["covered_on"].cast(pa.int32()).to_numpy()
    reason = pa.array(np.zeros(len(day), np.int32), mask=~is_later)
    return pa.table(
        {name: rows[name] for name in nodes.column_names if name != "covered_on"}
        | {
            "month": pa.array(day).view(pa.date32()),
            "is_active": pa.array(ranked["is_active"].to_numpy(), mask=is_later),
            "openrank": pa.array(ranked["openrank"].to_numpy(), mask=is_later),
            "covered_on": rows["covered_on"],
            "reason": pa.DictionaryArray.from_arrays(reason, pa.array([after])),
        }
    )


def with_dictionaries(table: pa.Table) -> pa.Table:
    """The table with its texts as dictionaries, each column in one part."""
    columns = {
        field.name: table[field.name].dictionary_encode()
        if pa.types.is_string(field.type)
        else table[field.name]
        for field in table.schema
    }
    return pa.table(columns).combine_chunks()


def with_unknown(rows: pa.Table, unknown: pa.Table) -> pa.Table:
    """Rows of what nothing is known of behind the others; both have the same columns, in any order."""
    columns = []
    for field in rows.schema:
        column = unknown[field.name]
        is_text = pa.types.is_dictionary(field.type)
        columns.append(column.cast(pa.string()).dictionary_encode() if is_text else column.cast(field.type))
    return pa.concat_tables([rows, pa.table(columns, schema=rows.schema)])
