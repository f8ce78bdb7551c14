"""*.gemspec: the gem that a folder is the source of, and what it asks for.

A gemspec is Ruby code and is not run: only literals are read. A name, version or requirement that code
computes is an unknown of kind `unresolved`. Development dependencies are excluded; a statement under a
condition counts as if the condition held. A Gemfile.lock with the gem under PATH replaces the requirements.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.constrained import ConstrainedPackage, record_constrained
from sbom.lockfiles.reading import decode_text
from sbom.lockfiles.ruby.gemfile_lock import PURL_TYPE
from sbom.lockfiles.ruby.ruby_literals import Literal, read_arguments
from sbom.makers import paired
from sbom.model import Scope, UnknownKind

_STATEMENT = re.compile(
    r"^[ \t]*[A-Za-z_]\w*\."
    r"(?P<attribute>name|version|licenses?|summary|description|authors?|email)\s*=(?![=~])"
    r"|^[^#\n]*?\b[A-Za-z_]\w*\.(?P<method>add_(?:runtime_|development_)?dependency)\b\s*\(?"
    r"|^[ \t]*(?:\w+\s*=\s*)?(?:::)?Gem::Specification\.new\b(?P<new>\s*\(?)",
    re.MULTILINE,
)
_EXACT = re.compile(r"=?\s*([0-9]+(?:\.[0-9A-Za-z]+)+)")
_UNREPORTED = ("summary", "description", "author", "authors", "email")
"""That one of these is computed is no news."""
_NO_SPECIFICATION = "no literal Gem::Specification is in the file"


@dataclass(slots=True)
class _Specification:
    """Literal values of a gemspec; a value that code computes is null, with its line in `computed`."""

    values: dict[str, tuple[Literal | None, int]] = field(default_factory=dict)
    rows: list[ConstrainedPackage] = field(default_factory=list)
    computed: list[tuple[str, int]] = field(default_factory=list)
    is_found: bool = False

    def text(self, name: str) -> str | None:
        value, _ = self.values.get(name, (None, 0))
        return value if isinstance(value, str) else None

    def texts(self, *names: str) -> list[str]:
        """What the first of the names that is there holds."""
        values = [value for name in names if (value := self.values.get(name, (None, 0))[0])]
        return ([values[0]] if isinstance(values[0], str) else values[0]) if values else []

    def licence(self) -> str | None:
        """Several licences are a choice (RubyGems' specification reference, `licenses=`)."""
        value, _ = self.values.get("licenses") or self.values.get("license") or (None, 0)
        return " OR ".join(value) or None if isinstance(value, list) else value


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the declared gem, its requirements, and what code computes."""
    specification = _Specification()
    for match, line, text in _statements(decode_text(file.content)):
        if match["attribute"]:
            _read_attribute(specification, match["attribute"], text, match.end(), line)
        elif match["method"]:
            _read_requirement(specification, match["method"], text, match.end(), line)
        else:
            _read_new(specification, text, match.end("new"), line)
    if not specification.is_found and not specification.values:
        findings.unknown(UnknownKind.UNRESOLVED, _NO_SPECIFICATION)
        return
    name = specification.text("name")
    if name is not None:
        findings.declares(
            PURL_TYPE,
            None,
            name,
            specification.text("version"),
            licence=specification.licence(),
            description=specification.text("summary") or specification.text("description"),
            line=specification.values["name"][1],
            authors=paired(specification.texts("authors", "author"), specification.texts("email")),
        )
    record_constrained(PURL_TYPE, specification.rows, findings)
    reason = "is no literal, and Ruby code is not run"
    computed = [(line, f"{what} {reason}") for what, line in specification.computed]
    findings.alike(UnknownKind.UNRESOLVED, computed)


def _statements(text: str) -> Iterator[tuple[re.Match[str], int, str]]:
    text = text.partition("\n__END__\n")[0]
    line, position = 1, 0
    for match in _STATEMENT.finditer(text):
        line += text.count("\n", position, match.start())
        position = match.start()
        yield match, line, text


def _read_attribute(specification: _Specification, name: str, text: str, start: int, line: int) -> None:
    arguments, is_all = read_arguments(text, start)
    value = arguments[0] if is_all and len(arguments) == 1 else None
    if name in _UNREPORTED and value is None:
        return
    specification.values[name] = value, line
    if value is None:
        specification.computed.append((name, line))


def _read_new(specification: _Specification, text: str, start: int, line: int) -> None:
    """`Gem::Specification.new("name", "1.0") do |s|`; mostly without arguments."""
    specification.is_found = True
    arguments, _ = read_arguments(text, start)
    for name, value in zip(("name", "version"), arguments, strict=False):
        specification.values[name] = value, line


def _read_requirement(specification: _Specification, method: str, text: str, start: int, line: int) -> None:
    arguments, is_all = read_arguments(text, start)
    name, rest = (arguments[0], arguments[1:]) if arguments else (None, [])
    if not isinstance(name, str):
        specification.computed.append(("a dependency", line))
        return
    if not is_all:
        specification.computed.append((f"the constraint of {name}", line))
    parts = [part for item in rest for part in ([item] if isinstance(item, str) else item)]
    constraint = ", ".join(parts) if is_all and parts else None
    exact = _EXACT.fullmatch(constraint or "")
    scope = Scope.EXCLUDED if method == "add_development_dependency" else Scope.REQUIRED
    specification.rows.append(
        ConstrainedPackage(name, exact[1] if exact else None, constraint, scope, None, line)
    )


FORMAT = Format(
    name="gemspec",
    version="3",
    globs=("*.gemspec",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE}),
    title="*.gemspec",
)
