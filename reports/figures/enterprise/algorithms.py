"""Which algorithms an enterprise uses, where first."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select enterprise_id, coalesce(family, protocol || coalesce(' ' || protocol_version, '')) as family,
    algorithm, mode, key_size,
    library, sites, files, verdicts as crypto_verdicts, quantum, disallowed_after, repo_id, path, line,
        head_sha
from mart.crypto_inventory
where context = 'main'
qualify row_number() over (partition by enterprise_id order by sites desc, repo_id, path, line) <= 300
order by enterprise_id, sites desc, repo_id, path, line
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.enterprise_algorithms.nothing"), None)
    return Drawing(
        words(
            "figure.enterprise_algorithms.finding",
            kinds=len(rows),
            families=len({row["family"] for row in rows if row["family"]}),
            sites=sum(row["sites"] for row in rows),
        ),
        None,
    )


FIGURE = Figure(
    "enterprise_algorithms", "enterprise", 4, QUERY, draw, subject="enterprise_id", robustness="counted",
)  # fmt: skip
