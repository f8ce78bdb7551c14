"""
description: >-
  The licence of every component of a repository as an SPDX expression, its category, and where it is stated.
grain: one per repository, file and purl that is not the repository's own and not test data
key: [repo_id, path, purl]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  purl: package URL with version where one is known
  package_key: package, as in core.package_key
  direct: the project itself asks for it; null where the format does not tell
  scope: CycloneDX scope; excluded = for development only; null where not told
  stated: texts that state the licence, in text order; empty where nothing does
  expression: SPDX expression; null where nothing states one
  category: >-
    permissive, weak copyleft, strong copyleft, network copyleft, source available, proprietary or unknown
  basis: >-
    file (the file that names the component), other file (another file of the workspace, same version),
    registry (its registry, same version), source (the manifest of the package itself, which is a repository
    of the workspace), registry latest (its registry, for the latest version), licence file (the wording in
    the repository of the workspace that is its source); null = unknown
  own_licence: >-
    expression of the repository's own licence, by its nearest manifest at or above the file, else by the
    wording of its licence file; null if neither states one
  path: file that names the component
  line: line in the file, from 1; null where the format has none
formula: >-
  Texts that differ are joined with AND, because each is a statement about the whole. Category: the less
  restrictive part of OR, the more restrictive part of AND, an exception's own category after WITH.
source: SPDX 2.3 annex D (expressions); ScanCode LicenseDB categories; licence_policy.yaml
edge_cases:
  - A licence that no file states is unknown, which is neither permissive nor free to use.
  - >-
    Licence texts are read at the root of a repository and in its LICENSES folder; a repository with several
    of them does not tell how they go together, and gives none. Texts beside vendored packages are not read.
  - A manifest may state another licence than the released package carries.
  - A package may have had another licence at the version in use than at the latest one.
incremental:
  rows: [core.component, core.declared_package, raw.licence_file]
  lookups:
    core.package_fact.package_key: [core.component.package_key]
    core.source_licence.package_key: [core.component.package_key]
    core.stated_licence.purl: [core.component.purl]
"""

from typing import Any

import duckdb
import pyarrow as pa

from warehouse.models.security.licences import category, normalise

READS = (
    "core.component",
    "core.declared_package",
    "core.package_fact",
    "core.source_licence",
    "core.stated_licence",
    "raw.licence_file",
    "raw.package_release",
)
DATA = ("licence_policy.yaml",)

_STATED = """
    with component as (
        select
            repo_id,
            path,
            purl,
            any_value(enterprise_id) as enterprise_id,
            any_value(package_key) as package_key,
            any_value(version) as version,
            bool_or(direct) as direct,
            case
                when bool_or(scope = 'required') then 'required'
                when bool_or(scope = 'optional') then 'optional'
                when count(*) > count(scope) then null
                else 'excluded'
            end as scope,
            list_sort(list(distinct licence) filter (where licence is not null)) as licences,
            min(line) as line
        from core.component
        where not is_own and not in_test_data
        group by repo_id, path, purl
    ),
    manifest as (
        select repo_id, regexp_replace(path, '[^/]*$', '') as folder, min(licence) as licence
        from core.declared_package
        where licence is not null and not in_test_data
        group by all
    ),
    wording as (
        select repo_id, any_value(licence) as licence
        from raw.licence_file
        group by repo_id
        having count(distinct licence) = 1
    ),
    released as (
        select component.purl, [any_value(release.licence)] as licences
        from (select distinct purl, version from component where version is not null) as component
        join raw.package_release as release
            on release.purl = regexp_replace(component.purl, '[@?#].*$', '')
            and release.version = component.version
        where release.licence is not null
        group by component.purl
    ),
    own as (
        select component.repo_id, component.path, arg_max(manifest.licence, length(folder)) as licence
        from (select distinct repo_id, path from component) as component
        join manifest on manifest.repo_id = component.repo_id and starts_with(component.path, folder)
        group by all
    )
    select
        component.repo_id,
        component.path,
        component.purl,
        component.enterprise_id,
        component.package_key,
        component.direct,
        component.scope,
        component.line,
        coalesce(
            component.licences,
            elsewhere.licences,
            released.licences,
            source.declared,
            latest.licences,
            source.wordings,
            []
        ) as stated,
        case
            when component.licences is not null then 'file'
            when elsewhere.licences is not null then 'other file'
            when released.licences is not null then 'registry'
            when source.declared is not null then 'source'
            when latest.licences is not null then 'registry latest'
            when source.wordings is not null then 'licence file'
        end as basis,
        coalesce(own.licence, wording.licence) as own_licence
    from component
    left join core.stated_licence as elsewhere
        on elsewhere.purl = component.purl and component.version is not null
    left join released on released.purl = component.purl
    left join core.source_licence as source on source.package_key = component.package_key
    left join (
        select package_key, [licence] as licences from core.package_fact where licence is not null
    ) as latest on latest.package_key = component.package_key
    left join wording on wording.repo_id = component.repo_id
    left join own on own.repo_id = component.repo_id and own.path = component.path
    order by component.repo_id, component.path, component.purl
"""
_SCHEMA = pa.schema(
    [
        ("repo_id", pa.string()),
        ("enterprise_id", pa.string()),
        ("purl", pa.string()),
        ("package_key", pa.string()),
        ("direct", pa.bool_()),
        ("scope", pa.string()),
        ("stated", pa.list_(pa.string())),
        ("expression", pa.string()),
        ("category", pa.string()),
        ("basis", pa.string()),
        ("own_licence", pa.string()),
        ("path", pa.string()),
        ("line", pa.int32()),
    ]
)


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001
    rows = con.sql(_STATED).to_arrow_table()
    stated = rows["stated"].to_pylist()
    expressions = [_expression(tuple(texts)) for texts in stated]
    columns = {name: rows[name] for name in rows.column_names} | {
        "expression": expressions,
        "category": [category(expression) for expression in expressions],
        "own_licence": [normalise(text) for text in rows["own_licence"].to_pylist()],
    }
    return pa.table([columns[name] for name in _SCHEMA.names], schema=_SCHEMA)


def _expression(texts: tuple[str, ...]) -> str | None:
    """One expression for all texts; null if there is none or one of them means none."""
    found = sorted({expression for text in texts if (expression := normalise(text)) is not None})
    if not found or any(normalise(text) is None for text in texts):
        return None
    if len(found) == 1:
        return found[0]
    return normalise(" AND ".join(f"({expression})" for expression in found))
