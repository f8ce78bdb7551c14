"""One row per package, where a file names the same package at several places."""

from dataclasses import replace

from sbom.lockfiles.findings import Findings
from sbom.lockfiles.reachability import strongest
from sbom.model import Component


def merge_components(findings: Findings) -> None:
    """Keep the first row of each purl, in the strongest scope of all; the edges still tell every place."""
    found: dict[str, list[Component]] = {}
    for row in findings.components:
        found.setdefault(row.purl, []).append(row)
    findings.components[:] = [
        replace(rows[0], scope=strongest(row.scope for row in rows)) for rows in found.values()
    ]
