"""Names, links and settings that every page of a report shares."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from reports.columns import presentation
from reports.errors import misfit
from reports.figures import printable
from reports.texts import LANGUAGES, Words, catalogue
from reports.theme import base_layout

_NAMES = {
    "enterprise": "select enterprise_id, name_zh, name_en from raw.enterprise order by all",
    "segment": "select segment_id, name_zh, name_en from raw.segment order by all",
    "chain": "select chain_id, name_zh, name_en from raw.chain order by all",
    "organization": "select organization_id, name_zh, name_en from raw.organization order by all",
    "verdict": "select distinct verdict_id, name_zh, name_en from raw.verdict_condition order by all",
}
_FACTS = """
select
    count(*) filter (where kind = 'enterprise') as enterprises,
    count(*) filter (where kind = 'enterprise' and repositories_observed > 0) as enterprises_observed,
    coalesce(sum(repositories), 0)::bigint as repositories,
    coalesce(sum(repositories_observed), 0)::bigint as repositories_observed,
    coalesce(sum(repositories_with_history), 0)::bigint as repositories_with_history,
    (select count(*) from raw.repository_scan where scanner = 'crypto' and status in ('succeeded', 'partial'))
        as repositories_with_crypto,
    (select count(*) from raw.advisory) as advisories,
    coalesce((select sum(components_with_version) / nullif(sum(components), 0) from mart.coverage), 0)::double
        as exact_version_share,
    (select count(*) filter (where enterprise_id is not null) / nullif(count(*), 0) from core.commit
        where not is_bot)::double as affiliated_share
from mart.enterprise_coverage
"""


Names = Mapping[str, Mapping[str, tuple[str | None, str | None]]]
"""Chinese and English name by kind (enterprise, segment, chain, organization, verdict) and id."""


@dataclass(frozen=True, slots=True)
class Region:
    """What all pages know of the published warehouse."""

    as_of: str | None
    city: str | None
    region_names: tuple[str | None, str | None]
    facts: Mapping[str, Any]
    names: Names
    heads: Mapping[str, str]
    """Commit by repository, of those that stand on a forge whose pages show files."""

    def title(self, words: Words) -> str:
        """The region's name, else its city, else that it is this one."""
        chinese, english = self.region_names
        first = (chinese or self.city or english) if words.language.startswith("zh") else english
        return printable(first or self.city or chinese or "") or words("page.this_region")

    def coverage(self, section: str, words: Words) -> str:
        """How much was seen of what the figures of a section speak of."""
        key = f"coverage.{section}"
        return words(key if words.has(key) else "coverage.overview", **_percentages(self.facts))


def read_region(connection: duckdb.DuckDBPyConnection) -> Region:
    """Names and coverage of a published warehouse.

    Raises:
        ReportError: it lacks tables that every report needs.
    """
    try:
        parameters = dict(connection.execute("select name, value from meta.parameter").fetchall())
        names = {
            kind: {row[0]: (row[1], row[2]) for row in connection.execute(query).fetchall()}
            for kind, query in _NAMES.items()
        }
        [facts] = connection.sql(_FACTS).to_arrow_table().to_pylist()
        heads = connection.execute(
            "select repo_id, head_sha from raw.repository where head_sha is not null"
            " and list_contains(?, split_part(repo_id, '/', 1)) order by repo_id",
            [presentation()["forges"]],
        ).fetchall()
    except duckdb.Error as error:
        raise misfit("names of the region", error) from error
    own = (parameters.get("region.name_zh"), parameters.get("region.name_en"))
    as_of, city = parameters.get("as_of"), parameters.get("region.city")
    return Region(as_of, city, own, facts, names, dict(heads))


def slug(identity: str) -> str:
    """File name of a subject's page: its id where that is a plain word, else a digest of it."""
    if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", identity):
        return identity
    return "x" + hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def settings(region: Region) -> dict[str, Any]:
    """What the scripts of the pages read: texts, names, layout of charts."""
    names = {
        kind: {
            identity: [*pair, slug(identity)] if slug(identity) != identity else list(pair)
            for identity, pair in members.items()
        }
        for kind, members in region.names.items()
    }
    prefixes = ("code.", "column.", "table.", "script.", "value.", "verdict.", "fact.")
    texts = {
        language: {key: text for key, text in catalogue(language).items() if key.startswith(prefixes)}
        for language in LANGUAGES
    }
    return {"languages": LANGUAGES, "texts": texts, "names": names, "layout": base_layout()}


def _percentages(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Counts, and shares as percentages; what nothing is known of is said as 0 with the counts beside it."""
    return {
        name: round(100 * value) if isinstance(value, float) else value or 0 for name, value in facts.items()
    }
