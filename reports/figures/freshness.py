"""Components that are out of support, unmaintained, deprecated, yanked, malicious, behind or oddly named."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select
    purl,
    repo_id,
    path,
    line,
    is_malicious,
    is_end_of_life,
    end_of_life_product,
    end_of_life_cycle,
    end_of_life_date,
    is_unmaintained,
    is_deprecated,
    deprecation,
    is_yanked,
    yanked_reason,
    near_name,
    newer_versions,
    newest_version,
    lag_basis,
    days_behind,
    maintainers,
    upstream_silent_days,
    (select count(distinct purl) from mart.component_freshness where registry_status = 'read') as asked
from mart.component_freshness
where is_malicious or is_end_of_life or is_unmaintained or is_deprecated or is_yanked
    or near_name is not null or newer_versions > 0
order by is_malicious desc, is_yanked desc nulls last, is_end_of_life desc nulls last, is_unmaintained desc,
    is_deprecated desc nulls last, near_name is null, newer_versions desc nulls last, purl, repo_id, path
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.freshness.nothing"), None)

    def packages(flag: str) -> int:
        return len({row["purl"] for row in rows if row[flag]})

    finding = words(
        "figure.freshness.finding",
        ended=packages("is_end_of_life"),
        unmaintained=packages("is_unmaintained"),
        malicious=packages("is_malicious"),
        asked=rows[0]["asked"],
        deprecated=packages("is_deprecated"),
        yanked=packages("is_yanked"),
        near=packages("near_name"),
        behind=packages("newer_versions"),
    )
    return Drawing(finding, None)


FIGURE = Figure("freshness", "security", 6, QUERY, draw, hidden=frozenset({"asked"}))
