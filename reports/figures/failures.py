"""Why things could not be read or resolved, by reason and how often."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import bars
from reports.texts import Words

SHOWN = 15

QUERY = """
select unknown_kind, parser, count(*) as entries, count(distinct repo_id) as repositories,
    arg_min(reason, (repo_id, path, line)) as reason, arg_min(repo_id, (repo_id, path, line)) as repo_id,
    arg_min(path, (repo_id, path, line)) as path, arg_min(line, (repo_id, path, line)) as line
from (
    select kind as unknown_kind, parser, reason, repo_id, path, line from raw.unknown
    union all
    select 'failed', scanner, error, repo_id, null, null from mart.scan_failure
)
group by unknown_kind, parser
order by entries desc, unknown_kind, parser
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.failures.nothing"), None)
    first = rows[0]
    finding = words(
        "figure.failures.finding",
        entries=sum(row["entries"] for row in rows),
        kinds=len(rows),
        failed=sum(row["entries"] for row in rows if row["unknown_kind"] == "failed"),
        first=_name(first, words),
        count=first["entries"],
    )
    shown = rows[:SHOWN]
    series = {words("column.entries"): ([row["entries"] for row in shown], "blue")}
    return Drawing(finding, bars([_name(row, words) for row in shown], series, title=words("column.entries")))


def _name(row: Row, words: Words) -> str:
    return f"{words.code('unknown_kind', row['unknown_kind'])} · {row['parser'] or '–'}"


FIGURE = Figure("failures", "coverage", 5, QUERY, draw)
