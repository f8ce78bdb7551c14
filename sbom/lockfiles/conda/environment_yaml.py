"""environment.yml: what `conda env create` installs from channels, and with pip.

A version is known only where a specification allows exactly one. The file may be written by hand or exported
from an environment, so it tells neither scopes nor what is asked for directly. A file without a list of
`dependencies` is another tool's.
"""

from collections.abc import Iterator

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.conda.conda_package import PURL_TYPE, MatchSpec, parse_match_spec
from sbom.lockfiles.documents import report_broken
from sbom.lockfiles.located import Reading, as_list, as_map, load_located_yaml
from sbom.lockfiles.python.requirements import read_pip_items
from sbom.model import UnknownKind


def parse(file: SourceFile, findings: Findings) -> None:
    """Record the packages of channels and of pip."""
    reading = load_located_yaml(file.content, findings.limits, entry_depth=2)
    if not is_environment(reading):
        return
    report_broken(reading, findings)
    seen: set[tuple[str, str | None]] = set()
    open_versions = 0
    for text, line, spec in read_specs(reading):
        if spec is None:
            findings.unknown(UnknownKind.BROKEN, f"no specification of a package: {text[:100]!r}", line)
        elif (spec.name, spec.version) not in seen:
            seen.add((spec.name, spec.version))
            open_versions += spec.version is None
            findings.component(
                PURL_TYPE,
                None,
                spec.name,
                spec.version,
                constraint=spec.constraint,
                qualifiers={"channel": spec.channel} if spec.channel else None,
                line=line,
            )
    if open_versions:
        reason = f"no exact version for {open_versions} of {len(seen)} conda packages"
        findings.unknown(UnknownKind.NO_EXACT_VERSION, reason)
    read_pip_items(file, pip_items(reading), findings)


def is_environment(reading: Reading) -> bool:
    return bool(as_list(reading.root.get("dependencies")))


def read_specs(reading: Reading) -> Iterator[tuple[str, int, MatchSpec | None]]:
    """The specifications of an environment: as written, line, and what it means; null if that is nothing."""
    for item, line in as_list(reading.root.get("dependencies")).located():
        if isinstance(item, str):
            yield item, line, parse_match_spec(item)


def pip_items(reading: Reading) -> list[tuple[str, int]]:
    """What is left to pip, one requirement or option each, with its line."""
    found = []
    for item in as_list(reading.root.get("dependencies")):
        for text, line in as_list(as_map(item).get("pip")).located():
            if isinstance(text, str):
                found.append((text, line))
    return found


FORMAT = Format(
    name="conda-environment",
    version="1",
    globs=(
        *("environment.yml", "environment.yaml", "environment-*.yml", "environment-*.yaml"),
        *("environment_*.yml", "environment_*.yaml", "*-environment.yml", "*-environment.yaml"),
        *("*_environment.yml", "*_environment.yaml"),
    ),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.HASH, Knows.LINE, Knows.SOURCE_URL}),
    title="conda environment.yml",
)
