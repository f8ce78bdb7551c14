"""An audit for a terminal."""

from io import StringIO

from pipelines.audit.finding import Audit, Finding
from pipelines.cli._terminal import printable

_SHOWN_VIOLATIONS = 50


def write_audit_table(audit: Audit) -> str:
    """Findings by decision and score, then the violations, then one line that sums up."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = StringIO()
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("decision", "score", "severity", "component", "vulnerability", "fixed in", "where", "via"):
        grid.add_column(name, justify="right" if name == "score" else "left", overflow="fold")
    for finding in audit.findings:
        grid.add_row(*(Text(printable(cell)) for cell in _cells(finding)))
    console = Console(file=out, highlight=False, width=160)
    if audit.findings:
        console.print(grid)
    for violation in audit.new_violations[:_SHOWN_VIOLATIONS]:
        place = (
            f"{violation.path}:{violation.line}" if violation.line else violation.path or violation.repo_id
        )
        out.write(printable(f"violation {violation.rule}: {place}: {violation.message}") + "\n")
    if len(audit.new_violations) > _SHOWN_VIOLATIONS:
        out.write(f"… {len(audit.new_violations) - _SHOWN_VIOLATIONS} more with --format json\n")
    out.write(printable(summarise(audit)) + "\n")
    return out.getvalue()


def _cells(finding: Finding) -> tuple[str, ...]:
    decision = "suppressed by VEX" if finding.suppressed else finding.decision
    place = finding.path if finding.line is None else f"{finding.path}:{finding.line}"
    first = finding.paths[0] if finding.paths else ()
    return (
        decision,
        f"{finding.score:.1f}",
        finding.severity or "unrated",
        finding.purl.removeprefix("pkg:"),
        finding.group_id,
        finding.fixed_versions[0] if finding.fixed_versions else "–",
        place,
        first[0].removeprefix("pkg:") if len(first) > 1 else "",
    )


def summarise(audit: Audit) -> str:
    """One line: what was found, what fails, what could not be judged."""
    counts = audit.coverage
    suppressed = sum(finding.suppressed for finding in audit.findings)
    known = len(audit.violations) - len(audit.new_violations)
    uses = counts["crypto_uses"]
    crypto = f"{uses} uses of cryptography judged; " if uses is not None else ""
    return (
        f"{audit.subject}: {len(audit.findings)} findings ({suppressed} suppressed by VEX), "
        f"{len(audit.new_violations)} violations ({known} more in the baseline); "
        f"{counts['components']} components, {counts['components_without_version']} without version, "
        f"{counts['components_that_cannot_be_said']} that cannot be judged; "
        f"{crypto}{counts['advisories']} advisories, "
        f"{counts['advisories_rejected']} rejected; as of {audit.as_of}"
    )
