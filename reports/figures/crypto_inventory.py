"""Which algorithms the region's products use, by how many places and repositories."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import bars
from reports.texts import Words

SHOWN = 25

QUERY = """
select
    coalesce(family, protocol || coalesce(' ' || protocol_version, '')) as family,
    list_sort(list(distinct algorithm) filter (where algorithm is not null)) as algorithms,
    sum(sites)::bigint as sites,
    count(distinct repo_id) as repositories,
    count(distinct enterprise_id) as enterprises,
    list_sort(list_distinct(flatten(list(verdicts)))) as crypto_verdicts,
    min(quantum) as quantum,
    min(disallowed_after) as disallowed_after,
    arg_min(repo_id, (repo_id, path, line)) as repo_id,
    arg_min(path, (repo_id, path, line)) as path,
    arg_min(line, (repo_id, path, line)) as line
from mart.crypto_inventory
join core.enterprise as enterprise using (enterprise_id)
where context = 'main' and enterprise.kind = 'enterprise'
group by 1
order by sites desc, family nulls last
"""

GROUPS = ("weak", "international", "national", "post-quantum")
COLOURS = {"weak": "red", "national": "blue", "post-quantum": "teal", "international": "grey"}


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.crypto_inventory.nothing"), None)
    known = [row for row in rows if row["family"] is not None]
    finding = words(
        "figure.crypto_inventory.finding",
        sites=sum(row["sites"] for row in rows),
        families=len(known),
        unresolved=sum(row["sites"] for row in rows if row["family"] is None),
        weak=sum(row["sites"] for row in rows if _group(row) == "weak"),
        national=sum(row["sites"] for row in rows if _group(row) == "national"),
    )
    shown = known[:SHOWN]
    series = {
        words(f"value.verdict.{group}"): (
            [row["sites"] if _group(row) == group else None for row in shown],
            COLOURS[group],
        )
        for group in GROUPS
    }
    return Drawing(finding, bars([row["family"] for row in shown], series, title=words("column.sites")))


def _group(row: Row) -> str:
    """The verdict that colours a family: what is weak anywhere, else national, else post-quantum."""
    verdicts = {verdict.partition(":")[2] for verdict in row["crypto_verdicts"]}
    for group in ("weak", "national", "post-quantum"):
        if group in verdicts:
            return group
    return "international"


FIGURE = Figure("crypto_inventory", "crypto", 1, QUERY, draw)
