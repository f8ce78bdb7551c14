"""Certificates that lie in repositories, by how long they are still valid."""

from collections import Counter
from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import columns
from reports.texts import Words

QUERY = """
select
    standing,
    not_after,
    days_left,
    subject,
    issuer,
    key_algorithm,
    key_size,
    signature_algorithm,
    self_signed,
    key_in_repository,
    context,
    repo_id,
    path,
    line,
    sha256
from mart.certificate_expiry
order by context = 'main' desc, not_after nulls last, repo_id, path, line
"""

STANDINGS = (
    "expired",
    "within 30 days",
    "within 90 days",
    "within a year",
    "valid",
    "not yet valid",
)


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.certificate_expiry.nothing"), None)
    own = [row for row in rows if row["context"] == "main"]
    finding = words(
        "figure.certificate_expiry.finding",
        certificates=len(rows),
        own=len(own),
        expired=sum(row["standing"] == "expired" for row in own),
        keys=sum(bool(row["key_in_repository"]) for row in own),
    )
    names = [words.code("standing", standing) for standing in STANDINGS]
    groups = {"main": (own, "blue"), "other": ([row for row in rows if row["context"] != "main"], "grey")}
    series = {}
    for name, (members, role) in groups.items():
        counts = Counter(row["standing"] for row in members)
        series[words(f"value.context.{name}")] = ([counts[standing] for standing in STANDINGS], role)
    return Drawing(finding, columns(names, series, title=words("column.certificates")))


FIGURE = Figure("certificate_expiry", "crypto", 4, QUERY, draw)
