"""
description: >-
  Files that name or declare packages, and whether they are test data rather than part of the product.
grain: one per repository and file
key: [repo_id, path]
columns:
  repo_id: repository
  path: file, repository-relative
  in_test_data: the file, or a folder on the way to it, bears one of the names of test_data.yaml
  beside_product: >-
    a folder on the way to it holds tests, demos, examples or the forge's own automation (beside_product of
    test_data.yaml)
formula: names of test_data.yaml, in any letter case
edge_cases:
  - A product whose folder happens to be called fixtures is taken for test data.
  - >-
    Tests, examples and vendored sources are not test data: what they ask for is installed and run on
    somebody's machine. A folder called data or samples is test data only below a folder of tests.
incremental:
  rows: [raw.component, raw.declared_package, raw.platform_marker, raw.snapshot_component]
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

READS = ("raw.component", "raw.declared_package", "raw.snapshot_component", "raw.platform_marker")
DATA = ("test_data.yaml",)

_FILES = """
    with file as (
        select repo_id, path from raw.component
        union
        select repo_id, path from raw.declared_package
        union
        select repo_id, path from raw.snapshot_component
        union
        select repo_id, path from raw.platform_marker where purl is not null
    )
    select
        repo_id,
        path,
        regexp_matches(regexp_replace(lower(path), '[-_]', '', 'g'), $1)
            or regexp_matches(lower(path), $2) as in_test_data,
        regexp_matches(lower(path), $3) as beside_product
    from file
"""


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001
    text = Path(__file__).with_name("test_data.yaml").read_text("utf-8")
    names = yaml.load(text, Loader=yaml.CSafeLoader)  # a safe loader, in C
    below_tests = f"{_any(names['tests'])}/([^/]+/)*{_any(names['in_tests'])}"
    folders = f"(^|/)({_any(names['folders'])}|{below_tests})/"
    files = f"(^|/){_any(names['files'])}$"
    words, other = (_any(names["beside_product"][kind]) for kind in ("words", "folders"))
    beside = f"(^|[/_-]){words}([_-][^/]*)?/|(^|/){other}/"
    return con.sql(_FILES, params=[folders, files, beside]).to_arrow_table()


def _any(names: Iterable[str]) -> str:
    """A pattern for one of the names, in which `*` is any text without a slash."""
    return "(" + "|".join(re.escape(name).replace(r"\*", "[^/]*") for name in names) + ")"
