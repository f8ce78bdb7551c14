"""What could not be read or resolved, with the reason."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select kind as unknown_kind, repo_id, path, line, reason, parser
from raw.unknown
order by kind = 'no_exact_version', kind = 'unresolved', kind, repo_id, path, line
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    unresolved = sum(row["unknown_kind"] in ("unresolved", "no_exact_version") for row in rows)
    return Drawing(
        words("figure.unknowns.finding", unread=len(rows) - unresolved, unresolved=unresolved), None
    )


FIGURE = Figure("unknowns", "coverage", 2, QUERY, draw)
