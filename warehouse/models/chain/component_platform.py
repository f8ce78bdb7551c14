"""
description: >-
  Component × platform matrix of what is used (信创适配): for which platforms a package is published as a
  ready-made build, for which domestic CPUs it is not, and who builds for these and uses it.
grain: one per package version and platform
key: [purl, platform]
columns:
  purl: package version
  package_key: package without version
  platform: CPU architecture or operating system; any for bytecode, scripts and WebAssembly
  kind: cpu, os or portable
  is_domestic: of the Chinese ecosystem
  is_adapted: >-
    a build for the platform is named; false for a domestic CPU where a lock file lists all builds, one of
    them is for another CPU, none is for this one or portable, and the registry accepts such builds
  repositories: repositories whose lock files name builds of it
  wanting: >-
    repositories of the region's enterprises among these that build for the platform, where it is not adapted
    to it; else 0
  wanting_ids: these, at most ten, in text order
  repo_id: repository of the evidence
  object: file name or platform package that names the build; where none is, that of another CPU
  head_sha: commit that was read
  path: lock file
  line: line in it, from 1; null where it is not known
formula: core.component_build by version and platform, against mart.platform_matrix
source: adaptation evidence; component_platform.yaml
edge_cases:
  - >-
    Not adapted means that no ready-made build is published in that version; it may still be compiled from
    source, and a later version may be adapted.
  - Domestic CPUs are those that anything in the workspace is built for.
  - What has no row is unknown, never not adapted.
"""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from warehouse.store.database import registered

READS = ("core.component_build", "core.platform_evidence", "mart.platform_matrix")
DATA = ("component_platform.yaml",)


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001  # every model has both
    with registered(con, "accepted", _accepted()):
        return con.sql("""
            with named as (
                select
                    purl, any_value(package_key) as package_key, platform, any_value(kind) as kind,
                    bool_or(is_domestic) as is_domestic, true as is_adapted,
                    arg_min(
                        struct_pack(repo_id, object, head_sha, path, line), (repo_id, path, line)
                    ) as place
                from core.component_build
                group by purl, platform
            ),
            compiled as (
                select
                    purl, any_value(package_key) as package_key,
                    list(distinct platform) filter (where kind = 'cpu') as cpus,
                    arg_min(
                        struct_pack(repo_id, object, head_sha, path, line), (platform, repo_id, path, line)
                    ) filter (where kind = 'cpu' and lists_all) as place
                from core.component_build
                group by purl
                having bool_or(kind = 'cpu' and lists_all) and not bool_or(kind = 'portable')
            ),
            domestic as (
                select platform from core.platform_evidence where kind = 'cpu' and is_domestic
                union
                select platform from core.component_build where kind = 'cpu' and is_domestic
            ),
            missing as (
                select
                    compiled.purl, compiled.package_key, domestic.platform, 'cpu', true, false,
                    compiled.place
                from compiled
                join accepted on accepted.type = split_part(substr(compiled.purl, 5), '/', 1)
                join domestic on domestic.platform = accepted.platform
                where not list_contains(compiled.cpus, domestic.platform)
            ),
            judged as (
                from named
                union all
                from missing
            ),
            used as (
                select distinct purl, repo_id from core.component_build
            ),
            wanted as (
                select
                    judged.purl,
                    judged.platform,
                    count(distinct used.repo_id) as repositories,
                    list_sort(
                        list(distinct matrix.repo_id) filter (where matrix.repo_id is not null)
                    ) as wanting_ids
                from judged
                join used on used.purl = judged.purl
                left join mart.platform_matrix as matrix
                    on matrix.repo_id = used.repo_id
                    and matrix.platform = judged.platform
                    and not judged.is_adapted
                group by judged.purl, judged.platform
            )
            select
                judged.purl,
                judged.package_key,
                judged.platform,
                judged.kind,
                judged.is_domestic,
                judged.is_adapted,
                wanted.repositories,
                coalesce(len(wanted.wanting_ids), 0) as wanting,
                coalesce(wanted.wanting_ids[:10], []) as wanting_ids,
                judged.place.repo_id as repo_id,
                judged.place.object as object,
                judged.place.head_sha as head_sha,
                judged.place.path as path,
                judged.place.line as line
            from judged
            join wanted on wanted.purl = judged.purl and wanted.platform = judged.platform
            order by judged.purl, judged.platform
        """).to_arrow_table()


def _accepted() -> pa.Table:
    text = Path(__file__).with_name("component_platform.yaml").read_text(encoding="utf-8")
    return pa.Table.from_pylist(
        [
            {"type": purl_type, "platform": platform}
            for purl_type, platforms in yaml.safe_load(text).items()
            for platform in platforms
        ]
    )
