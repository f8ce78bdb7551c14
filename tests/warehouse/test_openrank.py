"""OpenRank against the case that its authors publish, and against the closed form."""

from datetime import date

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.models.contribution import project_openrank
from warehouse.openrank import openrank, shares
from warehouse.runner import ModelContext

NODES = ("u1", "u2", "u3", "r1", "r2", "r3")
INITIAL = np.array([1.0, 1.5, 0.5, 0.3, 0.7, 2.0])
RETENTION = np.array([0.5, 0.5, 0.5, 0.3, 0.3, 0.3])
EDGES = [
    ("u1", "u2", 0.05), ("u1", "u3", 0.05), ("u3", "u2", 0.1), ("r1", "r2", 0.1), ("r3", "r2", 0.1),
    ("u1", "r1", 0.27), ("r1", "u1", 0.9), ("u1", "r3", 0.63), ("r3", "u1", 0.63), ("u2", "r2", 0.54),
    ("r2", "u2", 0.54), ("u2", "r3", 0.36), ("r3", "u2", 0.27), ("u3", "r2", 0.9), ("r2", "u3", 0.36),
]  # fmt: skip


def arrays(edges):
    sources, targets, weights = zip(*edges, strict=True) if edges else ((), (), ())
    index = {name: number for number, name in enumerate(NODES)}
    numbers = [np.array([index.get(n, n) for n in names], np.int64) for names in (sources, targets)]
    return numbers[0], numbers[1], np.array(weights, np.float64)


def test_openrank_when_given_the_published_case_then_values_are_the_published_ones():
    found = dict(zip(NODES, openrank(INITIAL, RETENTION, arrays(EDGES)).round(4).tolist(), strict=True))
    assert found == {"u1": 1.0721, "u2": 1.2912, "u3": 0.4780, "r1": 0.2926, "r2": 1.1175, "r3": 1.3982}


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 6), st.data())
def test_openrank_when_iterated_then_it_is_the_closed_form(count, data):
    part = st.floats(0.05, 1)
    initial, retention = (
        np.array(data.draw(st.lists(part, min_size=count, max_size=count))) for _ in range(2)
    )
    node = st.integers(0, count - 1)
    edges = data.draw(st.lists(st.tuples(node, node, part), max_size=12))
    sources, targets, weights = arrays(edges)
    weights = shares(sources, weights)
    received = np.zeros((count, count))
    np.add.at(received, (targets, sources), weights)
    kept, one = np.diag(retention), np.eye(count)
    closed = np.linalg.solve(one - (one - kept) @ received, kept @ initial)
    assert np.allclose(openrank(initial, retention, (sources, targets, weights)), closed, atol=1e-6)


def test_openrank_when_there_are_no_edges_then_nodes_keep_their_part():
    assert openrank(INITIAL, RETENTION, arrays([])).tolist() == (INITIAL * RETENTION).tolist()


DEEDS = """
create schema core; create schema raw;
create table core.repository as select 'r' || n as repo_id from range(7) as made(n);
create table core.forge_span as
    select repo_id, date '2026-06-30' as deeds_at, date '2026-05-31' as change_request_responses_at
    from core.repository where repo_id <> 'r6';
create table core.deed as
    select
        'r' || (hash(n) % 5) as repo_id,
        if(n % 2 = 0, 'issue', 'change_request') as thread,
        cast(n % 40 as varchar) as number,
        'p' || (hash(n, 'person') % 9) as person_id,
        if(n < 40, 'open', 'comment') as kind,
        timestamptz '2026-01-01 12:00:00Z' + to_months(cast(n % 6 as integer))
            + to_days(cast(times as integer)) as done_at
    from range(400) as made(n)
    cross join range(3) as again(times)
    where times <= n % 3;
create table core.repository_forge as select 'f' as forge, 3 as repository_id, 'r3' as repo_id;
create table raw.forge_repository as select 'f' as forge, 3 as repository_id, 'old' as repo_id;
create table raw.change_request as
    select 'f' as forge, 3 as repository_id, '7' as number, timestamp '2026-02-03' as merged_at;
"""


def test_project_openrank_when_repositories_are_ranked_one_by_one_then_values_are_as_together(monkeypatch):
    found, parts = [], []
    for block in (10**6, 1):
        monkeypatch.setattr(project_openrank, "_BLOCK", block)
        with duckdb.connect() as con:
            con.execute(DEEDS)
            made = project_openrank.build(con, ModelContext(date(2026, 6, 30), b"")).read_all()
            parts.append(made.column("repo_id").num_chunks)
            found.append(con.sql("select * exclude openrank, openrank from made order by all").fetchall())
    together, alone = found
    assert parts[1] - parts[0] == 4
    assert [row[:-1] for row in alone] == [row[:-1] for row in together]
    assert len({row[0] for row in together}) == 7
    values = [[row[-1] for row in rows if row[-1] is not None] for rows in found]
    assert values[1] == pytest.approx(values[0], abs=1e-8)
