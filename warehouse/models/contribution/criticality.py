"""
description: >-
  How critical a repository is by the formula of the Open Source Project Criticality Score, as far as its
  signals
  can be seen here.
grain: one per repository of the workspace
key: [repo_id]
columns:
  repo_id: repository
  created_since: months since the first commit; null if the history was not read or is cut off
  updated_since: months since the last commit by a person; null if the history was not read
  contributor_count: people with a commit; null likewise
  org_count: known employers with a commit; null likewise
  commit_frequency: commits without merges a week in the last 365 days; null likewise
  recent_release_count: versions released in the last 365 days; null if neither tags nor releases are known
  updated_issues_count: >-
    issues and change requests updated in the last 90 days; null if the forge was not read to its end
    within them
  closed_issues_count: of all, those closed in the last 90 days; null likewise
  issue_comment_frequency: comments per issue or change request of the last 90 days; null likewise
  dependent_count: >-
    repositories of the workspace, other owners' only, that use a package of it; null if its packages are not
    known
  known_signals: signals that are known, in the order of criticality_signals.yaml
  unknown_signals: the others, which are left out of the score and are not zero
  covered_on: >-
    day until which issues, change requests and comments are read, for the signals of the last 90 days;
    null if never to
    the end
  known_weight: share of the weights whose signal is known, 0 to 1
  score: criticality of the known signals, 0 to 1; null if none is known
formula: >-
  sum of w · log(1 + s) / log(1 + max(s, t)) / sum of w, over the known signals; weights w and thresholds t
  stand in
  criticality_signals.yaml
source: R. Pike, Quantifying criticality; ossf/criticality_score
edge_cases:
  - A score from few signals is not comparable with published ones, known_weight says how much it rests on.
  - >-
    The published dependent_count is of all the world, ours of the workspace; the published org_count takes
    what
    people write into their profiles, ours what the workspace recognises.
  - A negative weight lowers the score and counts in the sum of weights with its sign, as in the original.
"""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

READS = (
    "core.repository",
    "core.repository_forge",
    "core.declared_package",
    "core.repository_package",
    "core.forge_span",
    "core.repository_person",
    "mart.created_updated_since",
    "mart.organisational_diversity",
    "mart.release_frequency",
    "raw.change_request",
    "raw.comment",
    "raw.issue",
)
DATA = ("criticality_signals.yaml",)
_SIGNALS = """
with person as (
    select repo_id, count(*) as people, sum(commits_year) as commits_year
    from core.repository_person
    group by repo_id
),
dependent as (
    select source.repo_id, count(distinct used.repo_id) as repositories
    from core.declared_package as source
    join core.repository as owner on owner.repo_id = source.repo_id
    join core.repository_package as used on used.package_key = source.package_key
    where not source.in_test_data and used.enterprise_id <> owner.enterprise_id
    group by source.repo_id
),
declaring as (
    select distinct repo_id from core.declared_package where not in_test_data
),
crawled as (
    select repo_id, deeds_at, cast(deeds_at as date) as covered_on
    from core.forge_span
    where date_diff('day', cast(deeds_at as date), $day) < 90
),
thread as (
    select forge, repository_id, updated_at, closed_at from raw.issue where removed_at is null
    union all
    select forge, repository_id, updated_at, closed_at from raw.change_request where removed_at is null
),
threads as (
    select
        repo_id,
        count(*) filter (where date_diff('day', cast(thread.updated_at as date), $day) between 0 and 89)
            as updated,
        count(*) filter (where date_diff('day', cast(thread.closed_at as date), $day) between 0 and 89)
            as closed
    from thread
    join core.repository_forge using (forge, repository_id)
    group by repo_id
),
comments as (
    select repo_id, count(*) as comments
    from raw.comment as comment
    join core.repository_forge using (forge, repository_id)
    where not comment.on_code and comment.removed_at is null
        and date_diff('day', cast(comment.created_at as date), $day) between 0 and 89
    group by repo_id
)
select
    repository.repo_id,
    age.created_since,
    age.updated_since,
    case when has_history then coalesce(person.people, 0) end as contributor_count,
    case when has_history then coalesce(diversity.organisations, 0) end as org_count,
    case when has_history then coalesce(person.commits_year, 0) / 52.0 end as commit_frequency,
    release.releases_year as recent_release_count,
    case when crawled.repo_id is not null then coalesce(threads.updated, 0) end as updated_issues_count,
    case when crawled.repo_id is not null then coalesce(threads.closed, 0) end as closed_issues_count,
    case
        when crawled.repo_id is not null
            then coalesce(comments.comments, 0) / greatest(threads.updated, 1)
    end as issue_comment_frequency,
    case when declaring.repo_id is not null then coalesce(dependent.repositories, 0) end as dependent_count,
    cast(span.deeds_at as date) as covered_on
from core.repository
left join mart.created_updated_since as age on age.repo_id = repository.repo_id
left join core.forge_span as span on span.repo_id = repository.repo_id
left join mart.organisational_diversity as diversity
    on diversity.repo_id = repository.repo_id and diversity.period = 'all'
left join mart.release_frequency as release on release.repo_id = repository.repo_id
left join person on person.repo_id = repository.repo_id
left join declaring on declaring.repo_id = repository.repo_id
left join dependent on dependent.repo_id = repository.repo_id
left join crawled on crawled.repo_id = repository.repo_id
left join threads on threads.repo_id = repository.repo_id
left join comments on comments.repo_id = repository.repo_id
"""


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:
    signals = yaml.safe_load(Path(__file__).with_name(DATA[0]).read_text(encoding="utf-8"))
    table = con.sql(_SIGNALS, params={"day": context.as_of}).to_arrow_table()
    con.register("signal", table)
    try:
        listed = ", ".join(f"case when {name} is {{}} then '{name}' end" for name in signals)
        return con.sql(f"""
            select
                * exclude (covered_on),
                list_filter([{listed.replace("{}", "not null")}], lambda name: name is not null) as
                known_signals,
                list_filter([{listed.replace("{}", "null")}], lambda name: name is not null) as
                unknown_signals,
                covered_on,
                ({_sum(signals, "abs(w)")}) / {sum(abs(s["weight"]) for s in signals.values())} as
                known_weight,
                ({_sum(signals, "part")}) / nullif({_sum(signals, "w")}, 0) as score
            from signal
        """).to_arrow_table()  # noqa: S608 - names and numbers of our own file
    finally:
        con.unregister("signal")


def _sum(signals: dict[str, dict[str, float]], term: str) -> str:
    """SQL for the sum of a term over the signals that are known: `w`, `abs(w)`, or `part` of the score."""
    terms = []
    for name, signal in signals.items():
        weight, threshold = float(signal["weight"]), float(signal["threshold"])
        part = f"{weight} * ln(1 + {name}) / ln(1 + greatest({name}, {threshold}))"
        value = {"w": str(weight), "abs(w)": str(abs(weight)), "part": part}[term]
        terms.append(f"case when {name} is null then 0 else {value} end")
    return " + ".join(terms)
