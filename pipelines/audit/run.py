"""One audit from end to end: scan or read, judge, and write in the form that was asked for."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
from duckdb import DuckDBPyConnection
from pydantic import BaseModel

from pipelines.audit.baseline import read_baseline
from pipelines.audit.crypto_tables import crypto_tables
from pipelines.audit.finding import Audit
from pipelines.audit.findings import read_coverage, read_findings, read_products
from pipelines.audit.formats.json_report import json_report
from pipelines.audit.formats.sarif import sarif_report
from pipelines.audit.formats.vulnerabilities import add_vulnerabilities, openvex_report
from pipelines.audit.policy import asks_for_crypto, judge, load_policy
from pipelines.audit.rules import Subject
from pipelines.audit.subject import open_subjects
from pipelines.errors import PipelineError
from sbom.crypto.model import CryptoResult
from sbom.model import ScanResult
from warehouse.store.database import open_published


@dataclass(frozen=True, slots=True)
class Judgement:
    """By what the findings are judged."""

    policy: Path | None = None
    """Null = the defaults of every rule."""
    baseline: Path | None = None


def audit_scan(
    result: ScanResult,
    advisories: Sequence[Path],
    vex_files: Sequence[Path],
    as_of: date,
    by: Judgement,
    *,
    scan_crypto: Callable[[], CryptoResult] | None = None,
) -> Audit:
    """Judge one scanned commit, folder or imported bill of materials.

    `scan_crypto` looks for its cryptography, if the policy asks; null where there is no source to look into.

    Raises:
        PolicyError: policy, baseline or a VEX file is wrong.
        WarehouseError: a folder of advisories is missing, or none of its files can be read.
    """
    policy = load_policy(by.policy)  # a mistake in it should not show after the advisories were read
    more: Mapping[str, pa.Table] = {}
    if scan_crypto is not None and asks_for_crypto(policy):
        more = crypto_tables(result.name, scan_crypto())
    with closing(open_subjects({result.name: result}, advisories, vex_files, as_of, more=more)) as con:
        return _judge(con, result.name, as_of, policy, by.baseline)


def audit_published(published: Path, by: Judgement) -> Audit:
    """Judge all repositories of a workspace, as they were last published.

    Raises:
        PolicyError: policy or baseline is wrong.
        WarehouseError: nothing is published.
    """
    policy = load_policy(by.policy)
    with closing(open_published(published)) as con:
        rows = con.execute("select value from meta.parameter where name = 'as_of'").fetchall()
        return _judge(con, "workspace", date.fromisoformat(rows[0][0]), policy, by.baseline)


def _judge(
    con: DuckDBPyConnection, name: str, as_of: date, policy: BaseModel, baseline: Path | None
) -> Audit:
    known = read_baseline(baseline) if baseline is not None else frozenset()
    findings = read_findings(con)
    violations = judge(Subject(con, findings, as_of), policy)
    return Audit(name, as_of, findings, violations, known, read_coverage(con), read_products(con))


def write_audit(audit: Audit, output_format: str, result: ScanResult | None) -> bytes:
    """The audit as `json`, `sarif`, `cyclonedx` or `openvex`.

    Raises:
        PipelineError: a workspace is no single CycloneDX document.
    """
    if output_format == "json":
        return json_report(audit)
    if output_format == "sarif":
        return sarif_report(audit, version("chainatlas"))
    if output_format == "openvex":
        return openvex_report(audit)
    if result is None:
        raise PipelineError("a workspace has one CycloneDX document per repository: audit a single one")
    from sbom.bom import build_bom  # noqa: PLC0415  # its library is slow to import

    return add_vulnerabilities(build_bom(result, version("chainatlas")), audit.findings, audit.violations)
