"""Which enterprises rest on which segments, and in which country those who own the upstreams are."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import sankey
from reports.texts import Words

ENTERPRISES, SEGMENTS, REGIONS = 12, 16, 6

QUERY = """
select
    used.enterprise_id,
    enterprise.name_zh as enterprise_name_zh,
    enterprise.name_en as enterprise_name_en,
    used.segment_id,
    segment.name_zh,
    segment.name_en,
    case when used.is_unattributed then null else organization.region end as organization_region,
    sum(used.use) as use,
    count(distinct used.owner) as owners,
    sum(used.packages)::bigint as package_count
from mart.segment_owner_use as used
join raw.enterprise as enterprise using (enterprise_id)
join raw.segment as segment using (segment_id)
left join raw.organization as organization using (organization_id)
group by all
order by use desc, used.enterprise_id, used.segment_id, organization_region
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.upstream_flow.nothing"), None)
    total = sum(row["use"] for row in rows)
    by_region: Counter[str | None] = Counter()
    for row in rows:
        by_region[row["organization_region"]] += row["use"]
    known = [(region, use) for region, use in by_region.most_common() if region is not None]
    finding = words(
        "figure.upstream_flow.finding",
        enterprises=len({row["enterprise_id"] for row in rows}),
        segments=len({row["segment_id"] for row in rows}),
        region=_country(known[0][0], words) if known else "–",
        share=100 * known[0][1] / total if known else 0,
        unknown=100 * by_region[None] / total,
    )
    return Drawing(finding, _chart(rows, words))


def _chart(rows: Sequence[Row], words: Words) -> dict[str, object]:
    """The largest of each column by name, the others as one; unknown countries in grey."""
    others, unknown = words("value.others"), words("value.unknown")
    sums: dict[str, Counter[str]] = {name: Counter() for name in ("enterprise", "segment", "region")}
    named = [
        (
            words.name(row, "enterprise_"),
            words.name(row),
            _country(row["organization_region"], words),
            row["use"],
        )
        for row in rows
    ]
    for enterprise, segment, region, use in named:
        sums["enterprise"][enterprise] += use
        sums["segment"][segment] += use
        sums["region"][region] += use
    limits = {"enterprise": ENTERPRISES, "segment": SEGMENTS, "region": REGIONS}
    kept = {name: {key for key, _ in counts.most_common(limits[name])} for name, counts in sums.items()}
    kept["region"].add(unknown)
    flows: defaultdict[tuple[tuple[int, str], tuple[int, str]], float] = defaultdict(float)
    for enterprise, segment, region, use in named:
        left = (0, enterprise if enterprise in kept["enterprise"] else others)
        middle = (1, segment if segment in kept["segment"] else others)
        right = (2, region if region in kept["region"] else others)
        flows[left, middle] += use
        flows[middle, right] += use
    roles = {node: role for pair in flows for node, role in zip(pair, ("blue", "sky"), strict=True)}
    for _, target in flows:
        if target[0] == 2:
            roles[target] = "grey" if target[1] == unknown else "plum"
        elif target[0] == 1:
            roles[target] = "teal"
    links = [(source, target, value) for (source, target), value in flows.items()]
    return sankey(links, roles, height=160 + 26 * max(len(kept["enterprise"]), len(kept["segment"])))


def _country(code: str | None, words: Words) -> str:
    return words("value.unknown") if code is None else words.code("country", code)


FIGURE = Figure("upstream_flow", "chain", 7, QUERY, draw)
