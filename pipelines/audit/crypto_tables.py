"""The cryptography of one repository, and the policies that come with chainatlas, as raw tables."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pyarrow as pa

from pipelines.shard_files import rows_to_table
from sbom.crypto.model import CryptoResult
from sbom.crypto.policy import load_policies, policy_tables
from warehouse.store.schema import RAW_TABLES


def crypto_tables(repo_id: str, result: CryptoResult) -> Mapping[str, pa.Table]:
    """Uses, rules and the row that says that they were looked for."""
    same = {"repo_id": repo_id, "head_sha": result.commit, "scanner": "crypto"}
    scan = {**same, "status": "partial" if result.unknowns else "succeeded", "scanned_at": datetime.now(UTC)}
    rules = policy_tables(load_policies())["crypto_rule"]
    schemas = {name: RAW_TABLES[name].schema for name in ("crypto_rule", "repository_scan")}
    return {
        "crypto_occurrence": rows_to_table("crypto_occurrence", result.occurrences, same),
        "crypto_rule": pa.Table.from_pylist(rules, schemas["crypto_rule"]),
        "repository_scan": pa.Table.from_pylist([scan], schemas["repository_scan"]),
        "unknown": rows_to_table("unknown", result.unknowns, same),
    }
