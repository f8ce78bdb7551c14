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
    counted.*
from mart.component_freshness
cross join (
    select
        count(distinct purl) filter (where registry_status = 'read') as asked,
        count(distinct purl) filter (where is_end_of_life) as ended,
        count(distinct purl) filter (where is_unmaintained) as unmaintained,
        count(distinct purl) filter (where is_malicious) as malicious,
        count(distinct purl) filter (where is_deprecated) as deprecated,
        count(distinct purl) filter (where is_yanked) as yanked,
        count(distinct purl) filter (where near_name is not null) as near,
        count(distinct purl) filter (where newer_versions > 0) as behind
    from mart.component_freshness
) as counted
where is_malicious or is_end_of_life or is_unmaintained or is_deprecated or is_yanked
    or near_name is not null or newer_versions > 0
order by is_malicious desc, is_yanked desc nulls last, is_end_of_life desc nulls last, is_unmaintained desc,
    is_deprecated desc nulls last, near_name is null, newer_versions desc nulls last, purl, repo_id, path
"""

COUNTED = ("asked", "ended", "unmaintained", "malicious", "deprecated", "yanked", "near", "behind")
"""Packages of each kind, whatever the repositories."""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.freshness.nothing"), None)
    return Drawing(words("figure.freshness.finding", **{name: rows[0][name] for name in COUNTED}), None)


FIGURE = Figure("freshness", "security", 6, QUERY, draw, hidden=frozenset(COUNTED), drawn_rows=1)
