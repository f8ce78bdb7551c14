"""An audit for a terminal."""

from collections.abc import Iterator
from io import StringIO

from pipelines.audit.finding import FACTORS, INPUTS, Audit, Finding, Violation
from pipelines.cli._tables import write_rows
from pipelines.cli._terminal import printable

_SHOWN_VIOLATIONS = 50
_INPUT_NAMES = {
    "in_kev": "known exploited",
    "publicly_exposed": "exposed",
    "automatable": "automatable",
    "technical_impact": "impact",
}


def write_audit_rows(audit: Audit, output_format: str) -> str:
    """The findings alone as `csv` or `markdown`, one row each, with what decision and score rest on."""
    columns = (
        *("decision", "score", "severity", "component", "vulnerability", "fixed", "repository", "where"),
        *(*INPUTS, *(f"{name}_factor" for name in FACTORS), "assumed"),
    )
    rows = [
        {
            "decision": "suppressed by VEX" if finding.suppressed else finding.decision,
            "score": finding.score,
            "severity": finding.severity,
            "component": finding.purl,
            "vulnerability": finding.group_id,
            "fixed": ", ".join(finding.fixed_versions),
            "repository": finding.repo_id,
            "where": _place(finding, with_repository=False),
            **finding.inputs,
            **{f"{name}_factor": factor for name, factor in finding.factors.items()},
            "assumed": "; ".join(finding.assumed),
        }
        for finding in audit.findings
    ]
    out = StringIO(newline="")
    write_rows(rows, columns, output_format, out)
    return out.getvalue()


def write_audit_table(audit: Audit) -> str:
    """Findings by decision and score, each with what both rest on, then the violations, then a summary."""
    lines = (line.replace("\n", "\\n") for line in _lines(audit))  # a file's name may hold one
    return "".join(printable(line) + "\n" for line in lines)


def _lines(audit: Audit) -> Iterator[str]:
    places = (*(found.repo_id for found in audit.findings), *(found.repo_id for found in audit.violations))
    several = len(set(places)) > 1
    for finding in audit.findings:
        yield from _finding_lines(finding, several)
    if audit.findings:
        yield "* rests on an assumption, see --format json; via: the direct dependency that brings it in"
        yield ""
    for violation in audit.new_violations[:_SHOWN_VIOLATIONS]:
        yield f"violation {violation.rule}: {_place(violation, several)}: {violation.message}"
    if len(audit.new_violations) > _SHOWN_VIOLATIONS:
        yield f"… {len(audit.new_violations) - _SHOWN_VIOLATIONS} more with --format json"
    yield from summarise(audit).split("\n")


def _finding_lines(finding: Finding, with_repository: bool) -> Iterator[str]:
    fix = f"fixed in {finding.fixed_versions[0]}" if finding.fixed_versions else "no known fix"
    yield (
        f"{finding.decision.partition(',')[0]:18} {finding.score:5.1f}  {finding.severity or 'unrated':8}  "
        f"{finding.purl.removeprefix('pkg:')}  {finding.group_id}  {fix}  {_place(finding, with_repository)}"
    )
    assumed = {text.partition("=")[0].partition(":")[0] for text in finding.assumed}
    names = (*_INPUT_NAMES, *(f"{name}_factor" for name in FACTORS))
    marks = {name: "*" if name in assumed else "" for name in names}
    inputs = ", ".join(f"{word} {finding.inputs[name]}{marks[name]}" for name, word in _INPUT_NAMES.items())
    factors = " × ".join(
        f"{name} {factor:.2f}{marks[f'{name}_factor']}" for name, factor in finding.factors.items()
    )
    yield f"    {inputs}; {factors}"
    yield from (f"    {text}" for text in _notes(finding))


def _notes(finding: Finding) -> Iterator[str]:
    if finding.malicious:
        yield "known malware"
    if finding.forensics:
        yield "look for intrusion: somebody may be in already"
    if finding.paths and len(finding.paths[0]) > 1:
        line = f" (line {finding.first_hop_line})" if finding.first_hop_line is not None else ""
        more = f", {finding.path_count} shortest paths" if (finding.path_count or 0) > 1 else ""
        yield f"via {finding.paths[0][0].removeprefix('pkg:')}{line}{more}"
    if finding.vex_status is not None:
        yield _vex_note(finding)


def _vex_note(finding: Finding) -> str:
    until = f", until {finding.vex_expires}" if finding.vex_expires else ""
    said = ", ".join(filter(None, (finding.vex_status, finding.vex_justification))) + until
    if finding.suppressed:
        return f"suppressed by VEX {finding.vex_source}: {said}"
    has_expired = finding.vex_status in ("not_affected", "fixed")
    return f"VEX {finding.vex_source}{' has expired' if has_expired else ''}: {said}"


def _place(found: Finding | Violation, with_repository: bool) -> str:
    place = f"{found.path}:{found.line}" if found.line is not None else found.path
    if place is None:
        return found.repo_id
    return f"{found.repo_id} {place}" if with_repository else place


def summarise(audit: Audit) -> str:
    """A few lines: what was found, what fails, what could not be judged, and by which data."""
    counts = audit.coverage
    suppressed = sum(finding.suppressed for finding in audit.findings)
    known = len(audit.violations) - len(audit.new_violations)
    uses = counts["crypto_uses"]
    crypto = f"{uses} uses of cryptography judged; " if uses is not None else ""
    feeds = ", ".join(
        f"{name} {f'{counts[key]} entries' if counts[key] else 'not loaded'}"
        for name, key in (("KEV", "kev"), ("EPSS", "epss"), ("SSVC", "ssvc"), ("ends of life", "end_of_life"))
    )
    latest = counts["advisories_changed_on"]
    newest = f", the latest changed on {latest}" if latest else ""
    return (
        f"{audit.subject}: {len(audit.findings)} findings ({suppressed} suppressed by VEX), "
        f"{len(audit.new_violations)} violations ({known} more in the baseline); as of {audit.as_of}\n"
        f"{counts['components']} components, {counts['components_without_version']} without version, "
        f"{counts['components_that_cannot_be_said']} that cannot be judged, "
        f"{counts['components_told_of_by_registries']} that registries were asked for; {crypto}"
        f"{counts['advisories']} advisories{newest}, {counts['advisories_rejected']} rejected; {feeds}"
    )
