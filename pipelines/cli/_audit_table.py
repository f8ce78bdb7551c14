"""An audit for a terminal."""

from collections.abc import Iterator
from io import StringIO

from pipelines.audit.finding import FACTORS, INPUTS, Audit, Finding, Violation
from pipelines.cli._messages import in_locale, message, value
from pipelines.cli._tables import write_rows
from pipelines.cli._terminal import padded, printable

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
        yield message(
            "* rests on an assumption, see --format json; via: the direct dependency that brings it in"
        )
        yield ""
    for violation in audit.new_violations[:_SHOWN_VIOLATIONS]:
        yield message(
            "violation {rule}: {place}: {reason}",
            rule=violation.rule,
            place=_place(violation, several),
            reason=in_locale(violation.message),
        )
    if len(audit.new_violations) > _SHOWN_VIOLATIONS:
        yield message("… {more} more with --format json", more=len(audit.new_violations) - _SHOWN_VIOLATIONS)
    yield from summarise(audit).split("\n")


def _finding_lines(finding: Finding, with_repository: bool) -> Iterator[str]:
    fix = message("no known fix")
    if finding.fixed_versions:
        fix = message("fixed in {version}", version=finding.fixed_versions[0])
    decision = padded(in_locale(finding.decision.partition(",")[0]), 18)
    yield (
        f"{decision} {finding.score:5.1f}  {padded(value(finding.severity or 'unrated'), 8)}  "
        f"{finding.purl.removeprefix('pkg:')}  {finding.group_id}  {fix}  {_place(finding, with_repository)}"
    )
    assumed = {text.partition("=")[0].partition(":")[0] for text in finding.assumed}
    names = (*_INPUT_NAMES, *(f"{name}_factor" for name in FACTORS))
    marks = {name: "*" if name in assumed else "" for name in names}
    inputs = message(", ").join(
        f"{value(word)} {value(str(finding.inputs[name]))}{marks[name]}"
        for name, word in _INPUT_NAMES.items()
    )
    factors = " × ".join(
        f"{value(name)} {factor:.2f}{marks[f'{name}_factor']}" for name, factor in finding.factors.items()
    )
    yield f"    {inputs}{message('; ')}{factors}"
    yield from (f"    {text}" for text in _notes(finding))


def _notes(finding: Finding) -> Iterator[str]:
    if finding.malicious:
        yield message("known malware")
    if finding.forensics:
        yield message("look for intrusion: somebody may be in already")
    if finding.paths and len(finding.paths[0]) > 1:
        via = message("via {package}", package=finding.paths[0][0].removeprefix("pkg:"))
        line, count = finding.first_hop_line, finding.path_count or 0
        place = message(" (line {line})", line=line) if line is not None else ""
        more = message(", {count} shortest paths", count=count) if count > 1 else ""
        yield f"{via}{place}{more}"
    if finding.vex_status is not None:
        yield _vex_note(finding)


def _vex_note(finding: Finding) -> str:
    until = message(", until {day}", day=finding.vex_expires) if finding.vex_expires else ""
    said = ", ".join(filter(None, (finding.vex_status, finding.vex_justification))) + until
    if finding.suppressed:
        return message("suppressed by VEX {source}: {said}", source=finding.vex_source, said=said)
    if finding.vex_status in ("not_affected", "fixed"):
        return message("VEX {source} has expired: {said}", source=finding.vex_source, said=said)
    return f"VEX {finding.vex_source}: {said}"


def _place(found: Finding | Violation, with_repository: bool) -> str:
    place = f"{found.path}:{found.line}" if found.line is not None else found.path
    if place is None:
        return found.repo_id
    return f"{found.repo_id} {place}" if with_repository else place


def summarise(audit: Audit) -> str:
    """A few lines: what was found, what fails, what could not be judged, and by which data."""
    counts = audit.coverage
    uses, latest = counts["crypto_uses"], counts["advisories_changed_on"]
    found = message(
        "{subject}: {findings} findings ({suppressed} suppressed by VEX), {violations} violations ({known} "
        "more in the baseline); as of {day}",
        subject=audit.subject,
        findings=len(audit.findings),
        suppressed=sum(finding.suppressed for finding in audit.findings),
        violations=len(audit.new_violations),
        known=len(audit.violations) - len(audit.new_violations),
        day=audit.as_of,
    )
    judged = message(
        "{components} components, {components_without_version} without version, "
        "{components_that_cannot_be_said} that cannot be judged, {components_told_of_by_registries} that "
        "registries were asked for; {crypto}{advisories} advisories{newest}, {advisories_rejected} rejected; "
        "{feeds}",
        **counts,
        crypto=message("{uses} uses of cryptography judged; ", uses=uses) if uses is not None else "",
        newest=message(", the latest changed on {day}", day=latest) if latest else "",
        feeds=message(", ").join(
            message("{name} {count} entries", name=name, count=counts[key])
            if counts[key]
            else message("{name} not loaded", name=name)
            for name, key in (
                ("KEV", "kev"),
                ("EPSS", "epss"),
                ("SSVC", "ssvc"),
                (message("ends of life"), "end_of_life"),
            )
        ),
    )
    return f"{found}\n{judged}"
