"""Check the taxonomy's files, and how its rules fit what the last run of a workspace found."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.store.database import open_published
from warehouse.taxonomy import load_taxonomy

_RULES = """
select
    count(*) as rules,
    count(*) filter (where not verified) as hints,
    count(*) filter (where never_matches) as never_match,
    count(*) filter (where not verified and not never_matches) as hints_matching
from mart.rule_use
"""
_SHARE = """
select
    sum(repositories) as direct,
    sum(repositories) filter (where is_claimed) as claimed,
    sum(repositories - repositories_development) as direct_product,
    sum(repositories - repositories_development) filter (where is_claimed) as claimed_product
from mart.package_claim
"""
_UNCLAIMED = """
select package_key, repositories, enterprises, is_hinted
from mart.package_claim
where not is_claimed
order by repositories desc, enterprises desc, package_key
limit ?
"""
_NEVER = "select rule_id, source from mart.rule_use where never_matches and verified order by source, rule_id"


@dataclass(frozen=True, slots=True)
class TaxonomyCheck:
    """What stands in the files, and how it fits; the latter is null where the workspace was never run."""

    rows: dict[str, int]
    """Rows by table of the taxonomy: chains, segments, rules …"""
    segments_without_rules: list[str]
    fit: dict[str, int | None] | None
    unclaimed: list[dict[str, Any]]
    never_matching: list[dict[str, str]]

    @property
    def claimed_share(self) -> float | None:
        """Share of direct dependencies (package × repository) that a verified rule claims."""
        if self.fit is None or not self.fit["direct"]:
            return None
        return (self.fit["claimed"] or 0) / self.fit["direct"]

    def as_json(self) -> dict[str, Any]:
        return {
            "taxonomy": self.rows,
            "segments_without_rules": self.segments_without_rules,
            "fit": self.fit,
            "claimed_share": self.claimed_share,
            "unclaimed": self.unclaimed,
            "never_matching": self.never_matching,
        }

    def lines(self) -> Iterator[str]:
        """The same for people."""
        counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in self.rows.items())
        yield f"no mistakes in the files: rows of {counts}"
        for segment in self.segments_without_rules:
            yield f"segment {segment} has no rules: nothing can match it"
        if self.fit is None or self.claimed_share is None:
            yield "no run yet: `chainatlas run` finds out how the rules fit"
            return
        fit = self.fit
        claimed, product = fit["claimed"] or 0, fit["claimed_product"] or 0
        yield f"{fit['never_match']} of {fit['rules']} rules meet nothing in this workspace"
        yield f"{fit['hints']} rules are unverified; {fit['hints_matching']} of these meet something here"
        yield f"{claimed} of {fit['direct']} direct dependencies are claimed ({self.claimed_share:.1%})"
        yield f"{product} of {fit['direct_product']} without those for development only"
        if self.never_matching and fit["never_match"] != fit["rules"]:
            yield "rules that meet nothing: --format json names each with its file and line"
        if self.unclaimed:
            yield "claimed by no rule, the most used first:"


def check_taxonomy(folders: Sequence[Path], published: Path, unclaimed: int) -> TaxonomyCheck:
    """Check the files in `folders`, and their fit where `published` exists; lists `unclaimed` components.

    Raises:
        WarehouseError: every mistake in the files, with its line.
    """
    tables = load_taxonomy(folders)
    with_rules = set(tables["evidence_rule"]["segment_id"].to_pylist())
    bare = [name for name in tables["segment"]["segment_id"].to_pylist() if name not in with_rules]
    rows = {name: table.num_rows for name, table in tables.items()}
    if not published.is_file():
        return TaxonomyCheck(rows, bare, None, [], [])
    with closing(open_published(published)) as con:
        [rules], [share] = (con.sql(query).to_arrow_table().to_pylist() for query in (_RULES, _SHARE))
        listed = con.sql(_UNCLAIMED, params=[unclaimed]).to_arrow_table().to_pylist()
        never = con.sql(_NEVER).to_arrow_table().to_pylist()
    numbers = {name: None if value is None else int(value) for name, value in (rules | share).items()}
    return TaxonomyCheck(rows, bare, numbers, listed, never)
