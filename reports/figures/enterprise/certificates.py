"""Certificates in an enterprise's repositories, the first to end first."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select enterprise_id, standing, not_after, days_left, subject, issuer, key_algorithm, key_size,
    self_signed, key_in_repository,
    context, repo_id, path, line
from mart.certificate_expiry
order by enterprise_id, context = 'main' desc, not_after nulls last, repo_id, path, line
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.enterprise_certificates.nothing"), None)
    ended = sum(row["standing"] == "expired" for row in rows if row["context"] == "main")
    return Drawing(words("figure.enterprise_certificates.finding", certificates=len(rows), ended=ended), None)


FIGURE = Figure(
    "enterprise_certificates", "enterprise", 9, QUERY, draw, subject="enterprise_id",
    robustness="lower_bound",
)  # fmt: skip
