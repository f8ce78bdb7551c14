"""A published warehouse made of a few raw rows, some of them hostile."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from warehouse.runner import ModelContext, build_models
from warehouse.store.database import open_database, quote_name, registered
from warehouse.store.publish import publish_warehouse
from warehouse.store.schema import RAW_TABLES
from warehouse.taxonomy import DEFAULT_FOLDER, load_taxonomy

HOSTILE_NAMES = (
    "<script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=1">',
    "</script><script>document.title='owned'</script>",
    "=HYPERLINK(0)",
    "\u202eright-to-left",
    "nul\0byte",
    "long" * 2500,
    "<b>bold</b><a href='javascript:alert(1)'>x</a>",
)
_NOW = datetime(2026, 10, 1, tzinfo=UTC)


def rows_as_table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows of a raw table, columns that are not named null."""
    schema = RAW_TABLES[name].schema
    complete = [{column: row.get(column) for column in schema.names} for row in rows]
    return pa.Table.from_pylist(complete, schema=schema)


def make_published(folder: Path, packages: list[str]) -> Path:
    """Three enterprises, two of them observed with one repository each that uses `packages`."""
    tables = {
        "enterprise": [
            {"enterprise_id": "acme", "name_zh": "甲", "name_en": "Acme", "kind": "enterprise"},
            {"enterprise_id": "bolt", "kind": "enterprise", "name_zh": HOSTILE_NAMES[0],
             "name_en": HOSTILE_NAMES[2]},
            {"enterprise_id": "dark", "name_zh": "乙", "name_en": "Dark", "kind": "enterprise"},
        ],
        "enterprise_domain": [
            {"enterprise_id": "acme", "domain": "acme.example"},
            {"enterprise_id": "bolt", "domain": "bolt.example"},
        ],
        "repository": [
            {"repo_id": f"local/{owner}/app", "enterprise_id": owner, "host": "local", "name": "app",
             "location": owner, "kind": "git", "head_sha": "a" * 40, "is_shallow": False, "observed_at": _NOW}
            for owner in ("acme", "bolt")
        ],
        "repository_scan": [
            {"repo_id": f"local/{owner}/app", "head_sha": "a" * 40, "scanner": scanner,
             "scanner_version": "1", "status": "succeeded", "wall_ms": 1, "scanned_at": _NOW}
            for owner in ("acme", "bolt")
            for scanner in ("sbom", "history")
        ],
        "component": [
            {"repo_id": f"local/{owner}/app", "head_sha": "a" * 40, "purl": f"pkg:npm/{package}@{version}",
             "type": "npm", "name": package, "version": version, "scope": "required", "direct": True,
             "hashes": [], "path": package, "line": 3, "parser": "test", "parser_version": "1"}
            for owner, version in (("acme", "1.0"), ("bolt", "2.0"))
            for package in packages
        ],
        "commit": [
            {"repo_id": "local/acme/app", "head_sha": "a" * 40, "sha": f"{number:040x}",
             "author_id": f"i{number}", "committer_id": f"i{number}",
             "authored_at": 1_700_000_000 + number, "author_offset": 800,
             "committed_at": 1_700_000_000 + number, "committer_offset": 800,
             "parents": [], "first_parent": True, "files": 1, "added": 5, "deleted": 1, "vanished": False,
             "parser": "test", "parser_version": "1"}
            for number in range(6)
        ],
        "identity": [
            {"repo_id": "local/acme/app", "identity_id": f"i{number}", "email_id": f"e{number % 2}",
             "canonical_email_id": f"e{number % 2}", "is_mapped": False, "name": HOSTILE_NAMES[2],
             "email": f"dev{number % 2}@{HOSTILE_NAMES[3] if number == 1 else 'acme.example'}",
             "canonical_name": HOSTILE_NAMES[2],
             "canonical_email": f"dev{number % 2}@{HOSTILE_NAMES[3] if number == 1 else 'acme.example'}"}
            for number in range(6)
        ],
        "unknown": [
            {"repo_id": "local/acme/app", "head_sha": "a" * 40, "scanner": "sbom", "kind": "broken",
             "reason": name, "path": name, "line": 1, "parser": "test", "parser_version": "1"}
            for name in HOSTILE_NAMES
        ],
        "chain": [{"chain_id": "c", "name_zh": HOSTILE_NAMES[7], "name_en": HOSTILE_NAMES[2]}],
        "segment": [
            {"segment_id": "s", "chain_id": "c", "name_zh": HOSTILE_NAMES[1], "name_en": HOSTILE_NAMES[0],
             "layer": "upstream", "observability": "high", "importance": 1.0, "keywords": [], "topics": []},
        ],
        "evidence_rule": [
            {"rule_id": "r", "segment_id": "s", "purl": "pkg:npm/left-pad", "owner": "o", "weight": 1.0,
             "verified": True, "source": HOSTILE_NAMES[0]},
        ],
        "alternative": [
            {"segment_id": "s", "name": HOSTILE_NAMES[2], "organization_id": "o", "open_source": True,
             "packages": [], "source": "t:1"},
        ],
    }  # fmt: skip
    scoring = load_taxonomy([DEFAULT_FOLDER])
    database = folder / "warehouse.duckdb"
    with open_database(database) as connection:
        for name, rows in tables.items():
            with registered(connection, "made", rows_as_table(name, rows)):
                connection.execute(f"insert into raw.{quote_name(name)} by name select * from made")
        for name in ("scoring", "verdict_condition"):
            with registered(connection, "made", scoring[name]):
                connection.execute(f"insert into raw.{name} from made")
        build_models(connection, ModelContext(as_of=date(2026, 10, 1), person_key=b"k" * 32))
    published = folder / "published" / "chainatlas.duckdb"
    publish_warehouse(database, published)
    return published


@pytest.fixture(scope="session")
def hostile_published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_published(tmp_path_factory.mktemp("hostile"), ["left-pad", *HOSTILE_NAMES])
