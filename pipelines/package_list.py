"""Which packages a registry is asked for: those that components of the workspace name, and no others."""

from collections.abc import Collection, Sequence
from contextlib import closing
from fnmatch import fnmatchcase
from pathlib import Path

from pipelines.crawl.registry.facts import Package
from warehouse.store.database import open_published

_NAMED = """
with own as (
    select distinct package_key from core.declared_package where private
),
used as (
    select distinct component.purl
    from core.component
    anti join own using (package_key)
    where not component.is_own and not component.in_test_data
)
select
    regexp_replace(component.purl, '[@?#].*$', '') as package,
    any_value(component.type),
    any_value(component.namespace),
    any_value(component.name),
    list_sort(list(distinct component.version) filter (where component.version is not null)),
    bool_or(coalesce(component.direct, false)) as is_direct
from raw.component
semi join used using (purl)
where component.type in (select unnest(?::varchar[]))
    and not contains(component.purl, 'repository_url=')
    and not regexp_matches(coalesce(component.source_url, ''), '^(git|hg|svn|bzr)[+:]|^file:')
group by package
order by is_direct desc, count(distinct component.repo_id) desc, package
"""


def named_packages(published: Path, types: Collection[str], skip: Sequence[str]) -> list[Package]:
    """Distinct packages of the published answers, those first that repositories ask for themselves.

    Left out are packages that a repository of the workspace declares as private, those that come from a
    repository or file instead of a registry, and what `skip`, globs of package URLs, matches: a registry
    would learn their names.

    Raises:
        WarehouseError: nothing is published.
    """
    with closing(open_published(published)) as con:
        rows = con.execute(_NAMED, [sorted(types)]).fetchall()
    return [
        Package(purl, kind, namespace, name, tuple(versions or ()))
        for purl, kind, namespace, name, versions, _ in rows
        if not any(fnmatchcase(purl, pattern) for pattern in skip)
    ]
