"""Which algorithms an enterprise uses, where first."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

SHOWN = 300
ORDER = "sites desc, repo_id, path, line, family, algorithm, mode, key_size, library"

QUERY = f"""
select enterprise_id, coalesce(family, protocol || coalesce(' ' || protocol_version, '')) as family,
    algorithm, mode, key_size,
    library, sites, files, verdicts as crypto_verdicts, quantum, disallowed_after, repo_id, path, line,
    head_sha,
    count(*) over uses as all_kinds,
    count(distinct coalesce(family, protocol || coalesce(' ' || protocol_version, ''))) over uses
        as all_families,
    sum(sites) over uses as all_sites
from mart.crypto_inventory
where context = 'main'
window uses as (partition by enterprise_id)
qualify row_number() over (partition by enterprise_id order by {ORDER}) <= {SHOWN}
order by enterprise_id, {ORDER}
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.enterprise_algorithms.nothing"), None)
    first = rows[0]
    finding = words(
        "figure.enterprise_algorithms.finding",
        kinds=first["all_kinds"],
        families=first["all_families"],
        sites=first["all_sites"],
    )
    return Drawing(finding)


FIGURE = Figure(
    "enterprise_algorithms", "enterprise", 4, QUERY, draw, subject="enterprise_id", robustness="counted",
    hidden=frozenset({"all_kinds", "all_families", "all_sites"}),
)  # fmt: skip
