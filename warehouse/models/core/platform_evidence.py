"""
description: >-
  For which CPU architectures, operating systems and databases a repository builds, ships or is configured,
  and where it says so.
grain: one per repository, platform, kind of statement, file and word or package
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  platform: CPU architecture, operating system or database
  kind: cpu, os or database
  is_domestic: of the Chinese ecosystem (信创)
  shown_by: ci, image, build, packaging or configuration file, or driver (a package that it uses)
  object: word of the file, or package
  head_sha: commit that was read; null for a plain folder
  path: file
  line: line in the file, from 1; null where the format has none
formula: raw.platform_marker, and direct use of the packages of platform_drivers.yaml
source: words of sbom/platforms/markers.yaml; driver coordinates of the makers
edge_cases:
  - A word proves that the file names the platform, not that what is built for it works.
  - What a package that it uses is built for says nothing of the repository; see core.component_build.
  - Drivers that are used for development only or through others are no evidence.
incremental:
  rows: [core.component, core.repository, raw.platform_marker]
"""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from warehouse.store.database import registered

READS = ("raw.platform_marker", "core.component", "core.repository")
DATA = ("platform_drivers.yaml",)


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001  # every model has both
    with registered(con, "driver", _drivers()):
        return con.sql("""
            select
                marker.repo_id,
                repository.enterprise_id,
                marker.platform,
                marker.kind,
                marker.is_domestic,
                marker.context as shown_by,
                marker.word as object,
                marker.head_sha,
                marker.path,
                marker.line
            from raw.platform_marker as marker
            join core.repository on repository.repo_id = marker.repo_id
            where marker.purl is null
            union
            select
                component.repo_id,
                component.enterprise_id,
                driver.platform,
                driver.kind,
                driver.is_domestic,
                'driver',
                component.package_key,
                component.head_sha,
                component.path,
                component.line
            from core.component
            join driver
                on component.package_key = driver.package
                or (driver.is_prefix and starts_with(component.package_key, driver.package))
            where not component.in_test_data
                and not component.is_own
                and coalesce(component.direct, true)
                and coalesce(component.scope, '') <> 'excluded'
            order by all
        """).to_arrow_table()


def _drivers() -> pa.Table:
    text = Path(__file__).with_name("platform_drivers.yaml").read_text(encoding="utf-8")
    rows = [
        {
            "platform": platform,
            "kind": kind,
            "is_domestic": entry["domestic"],
            "package": package.rstrip("*"),
            "is_prefix": package.endswith("*"),
        }
        for kind, platforms in yaml.safe_load(text).items()
        for platform, entry in platforms.items()
        for package in entry["packages"]
    ]
    return pa.Table.from_pylist(rows)
