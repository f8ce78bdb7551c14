"""The measures of the gaps as sums over enterprises, so that they can be taken over any sample of these."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from scipy import sparse

from warehouse.models.chain.gap_score import Array, Scoring
from warehouse.store.database import registered


@dataclass(frozen=True, slots=True)
class Region:
    """The segments that somebody uses, and what each observed enterprise adds to their measures.

    The sparse matrices are of shape (enterprises, segments), `owner_use` of (enterprises, owners), with the
    columns of `owner_use` in the order of `segments`.
    """

    segments: list[str]
    verdicts: list[list[str]]
    importance: Array
    measures: Mapping[str, Array]
    """The measures over all enterprises, NaN where unknown; as in `mart.segment_gap`."""
    use: sparse.csr_matrix
    users: sparse.csr_matrix
    supply: sparse.csr_matrix
    adopters: sparse.csr_matrix
    adapted: sparse.csr_matrix
    adapted_known: sparse.csr_matrix
    people: sparse.csr_matrix
    health: sparse.csr_matrix
    health_known: sparse.csr_matrix
    owner_use: sparse.csr_matrix
    owner_segment: np.ndarray
    owner_foreign: Array
    saturation: Mapping[str, float]
    dominant: float
    """Foreign factor from which an owner counts for the dominance M."""


def read_region(con: DuckDBPyConnection, scoring: Scoring) -> Region:
    """What the warehouse's marts say of the segments that somebody uses, in the order of their ids."""
    gaps = con.sql("from mart.segment_gap where users > 0 order by segment_id").to_arrow_table()
    segments = gaps["segment_id"].to_pylist()
    enterprises = [
        row[0]
        for row in con.execute("""
            select enterprise_id from core.enterprise where kind = 'enterprise' and is_observed order by all
        """).fetchall()
    ]
    shape = (enterprises, segments)
    owners = con.sql("""
        select segment_id || chr(10) || owner as key, segment_id, foreign_factor
        from mart.segment_owner
        order by segment_id, owner
    """).to_arrow_table()
    position = {segment: index for index, segment in enumerate(segments)}
    return Region(
        segments=segments,
        verdicts=gaps["verdicts"].to_pylist(),
        importance=_floats(gaps["importance"]),
        measures={
            name: _floats(gaps[name])
            for name in gaps.column_names
            if pa.types.is_floating(gaps[name].type) or pa.types.is_integer(gaps[name].type)
        },
        use=_matrix(con, "select enterprise_id, segment_id, use from mart.enterprise_segment", *shape),
        users=_matrix(
            con, "select enterprise_id, segment_id, 1.0 from mart.enterprise_segment where use > 0", *shape
        ),
        supply=_matrix(con, "select enterprise_id, segment_id, supply from mart.enterprise_segment", *shape),
        adopters=_matrix(
            con, "select distinct enterprise_id, segment_id, 1.0 from mart.alternative_use", *shape
        ),
        adapted=_matrix(con, _ADAPTED.format(value="avg(cast(is_adapted as integer))"), *shape),
        adapted_known=_matrix(con, _ADAPTED.format(value="1.0"), *shape),
        people=_matrix(
            con,
            """
            select enterprise_id, segment_id, cast(count(distinct person_id) as double)
            from core.talent_evidence where not_counted is null group by all
            """,
            *shape,
        ),
        health=_matrix(con, _HEALTH.format(value="weight * resilience"), *shape),
        health_known=_matrix(con, _HEALTH.format(value="weight"), *shape),
        owner_use=_matrix(
            con,
            "select enterprise_id, segment_id || chr(10) || owner, use from mart.segment_owner_use",
            enterprises,
            owners["key"].to_pylist(),
        ),
        owner_segment=np.array([position[segment] for segment in owners["segment_id"].to_pylist()], np.int64),
        owner_foreign=_floats(owners["foreign_factor"]),
        saturation={
            name.removeprefix("saturation."): value
            for name, value in scoring.values.items()
            if name.startswith("saturation.")
        },
        dominant=scoring.values["evidence.dominant"],
    )


_ADAPTED = """
    select enterprise_id, segment_id, {value}
    from mart.platform_need
    where is_adapted is not null
    group by all
"""
_HEALTH = """
    select enterprise_id, segment_id, cast(sum(cast({value} as decimal(38, 18))) as double)
    from (
        select enterprise_id, segment_id, package_key, max(weight) as weight
        from core.demand_evidence
        where not_counted is null and not is_development
        group by all
    )
    join mart.segment_component as component using (segment_id, package_key)
    where component.resilience is not null
    group by all
"""


def draw_measures(region: Region, rng: np.random.Generator, draws: int) -> dict[str, Array]:
    """The measures over `draws` samples of the enterprises, with replacement: arrays of (draws, segments)."""
    count = region.use.shape[0]
    sample = rng.multinomial(count, np.full(count, 1 / count), draws).astype(np.float64)
    base = region.measures
    owned = _sums(sample, region.owner_use)
    total = _by_segment(owned, region)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = owned / total[:, region.owner_segment]
        users = _sums(sample, region.users)
        adoption = _sums(sample, region.adopters) / users
        alternatives = np.minimum(1, base["alternatives"] / region.saturation["alternatives"])
        resilience = _sums(sample, region.health) / _sums(sample, region.health_known)
        adaptation = _sums(sample, region.adapted) / _sums(sample, region.adapted_known)
    supply_total = _sums(sample, region.supply)
    people = np.log1p(_sums(sample, region.people)) / np.log1p(region.saturation["people"])
    is_dominant = region.owner_foreign >= region.dominant
    drawn = {
        "users": users,
        "demand": _sums(sample, region.use) / count,
        "supply_total": supply_total,
        "supply": np.minimum(1, supply_total / region.saturation["suppliers"]),
        "hhi": _by_segment(share**2, region),
        "foreign": _by_segment(share * region.owner_foreign, region),
        "dominance": _largest_by_segment(np.where(is_dominant, share, 0), region),
        "alternatives": np.broadcast_to(base["alternatives"], users.shape),
        "adoption": adoption,
        "adaptation": adaptation,
        "substitution": alternatives / 2 + np.minimum(1, adoption / region.saturation["adoption"]) / 2,
        "resilience": resilience,
        "talent": np.minimum(1, people),
    }
    return {name: np.where(np.isnan(base[name]), np.nan, values) for name, values in drawn.items()}


def _sums(sample: Array, matrix: sparse.csr_matrix) -> Array:
    return np.asarray((matrix.T @ sample.T).T)


def _by_segment(values: Array, region: Region) -> Array:
    """Sums of owners' columns, shape (draws, segments)."""
    rows = np.arange(len(region.owner_segment))
    shape = (len(region.owner_segment), len(region.segments))
    collect = sparse.csr_matrix((np.ones(len(rows)), (rows, region.owner_segment)), shape)
    return np.asarray((collect.T @ values.T).T)


def _largest_by_segment(values: Array, region: Region) -> Array:
    found = np.zeros((values.shape[0], len(region.segments)))
    if values.size:
        starts = np.flatnonzero(np.diff(region.owner_segment, prepend=-1))
        found[:, region.owner_segment[starts]] = np.maximum.reduceat(values, starts, axis=1)
    return found


def _matrix(con: DuckDBPyConnection, query: str, rows: list[str], columns: list[str]) -> sparse.csr_matrix:
    """Enterprises × columns from rows of (enterprise, column, value); unknown values count as 0."""
    with registered(con, "draw_row", _positions(rows)), registered(con, "draw_column", _positions(columns)):
        found = con.sql(f"""
            select draw_row.position, draw_column.position, coalesce(entry.value, 0.0)
            from ({query}) as entry(enterprise_id, "column", value)
            join draw_row on draw_row.key = entry.enterprise_id
            join draw_column on draw_column.key = entry."column"
        """).fetchnumpy()  # noqa: S608  # queries of this module
    row, column, value = found.values()
    return sparse.csr_matrix((np.asarray(value, np.float64), (row, column)), (len(rows), len(columns)))


def _positions(keys: list[str]) -> pa.Table:
    return pa.table({"key": pa.array(keys, pa.string()), "position": np.arange(len(keys))})


def _floats(column: pa.ChunkedArray) -> Array:
    values: Array = column.cast(pa.float64()).to_numpy()
    return values
