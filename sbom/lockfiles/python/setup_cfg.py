"""setup.cfg of setuptools: what a project calls itself and what it asks for.

`attr:` and `file:` stand for what only running or reading another file tells: a version of that kind is null,
requirements of that kind are an unknown. Files that other tools keep their settings in have no rows.
https://setuptools.pypa.io/en/latest/userguide/declarative_config.html
"""

from packaging.utils import canonicalize_name

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.constrained import ConstrainedPackage, record_constrained
from sbom.lockfiles.python.classifiers import declared_licence, forbids_publishing
from sbom.lockfiles.python.ini_file import IniValue, read_ini
from sbom.lockfiles.python.python_requirement import PURL_TYPE
from sbom.lockfiles.python.setup_requirements import FIELDS, requirement_rows
from sbom.lockfiles.reading import decode_text
from sbom.makers import listed, paired
from sbom.model import Scope, UnknownKind

_ELSEWHERE = ("attr:", "file:", "find:")


def parse(file: SourceFile, findings: Findings) -> None:
    """Record the declared package and its requirements."""
    broken: list[tuple[int, str]] = []
    sections = read_ini(decode_text(file.content), broken)
    findings.alike(UnknownKind.BROKEN, broken)
    _declare(sections.get("metadata", {}), findings)
    rows: list[ConstrainedPackage] = []
    options = sections.get("options", {})
    for key, scope in FIELDS.items():
        rows += _rows(options.get(key) or options.get(key.replace("_", "-")), scope, findings)
    for value in sections.get("options.extras_require", {}).values():
        rows += _rows(value, Scope.OPTIONAL, findings)
    record_constrained(PURL_TYPE, rows, findings)


def _rows(value: IniValue | None, scope: Scope, findings: Findings) -> list[ConstrainedPackage]:
    if value is None:
        return []
    if value.text.startswith(_ELSEWHERE):
        reason = f"requirements stand elsewhere: {value.text[:200]}"
        findings.unknown(UnknownKind.UNRESOLVED, reason, value.line)
        return []
    entries = value.rows
    if len(entries) == 1 and entries[0][1] == value.line:  # on one line, semicolons may separate them
        text, line = entries[0]
        entries = [(text, line)] if ";" not in text else [(part, line) for part in _split(text)]
    return list(requirement_rows(entries, scope, findings))


def _split(text: str) -> list[str]:
    """`a; b>=1` → two requirements; `a; python_version < "3"` → one with its marker."""
    parts = text.split(";")
    is_marker = any(sign in parts[1] for sign in "'\"")
    return [text] if is_marker else [part.strip() for part in parts]


def _declare(metadata: dict[str, IniValue], findings: Findings) -> None:
    name = _text(metadata.get("name"))
    if name is None or name.startswith(_ELSEWHERE):
        return
    classifiers = [text for text, _ in metadata["classifiers"].rows] if "classifiers" in metadata else []
    words = (_text(metadata.get("keywords")) or "").replace("\n", ",").split(",")
    version = _text(metadata.get("version"))
    findings.declares(
        PURL_TYPE,
        None,
        canonicalize_name(name),
        None if version is None or version.startswith(_ELSEWHERE) else version,
        licence=declared_licence(_text(metadata.get("license")), classifiers),
        description=_text(metadata.get("description")) or _text(metadata.get("summary")),
        keywords=[word.strip() for word in words if word.strip()],
        private=forbids_publishing(classifiers),
        line=metadata["name"].line,
        authors=tuple(
            dict.fromkeys(author for role in ("author", "maintainer") for author in _makers(metadata, role))
        ),
    )


def _makers(metadata: dict[str, IniValue], role: str) -> tuple[str, ...]:
    addresses = metadata.get(f"{role}_email") or metadata.get(f"{role}-email")
    return paired(_literals(metadata.get(role)), _literals(addresses))


def _literals(value: IniValue | None) -> list[str]:
    text = _text(value) or ""
    return [] if text.startswith(_ELSEWHERE) else listed(text.replace("\n", ","))


def _text(value: IniValue | None) -> str | None:
    return value.text or None if value is not None else None


FORMAT = Format(
    name="setup-cfg",
    version="2",
    globs=("setup.cfg",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE, Knows.SOURCE_URL}),
    title="setup.cfg (setuptools)",
)
