"""What each format can tell, as a table in Markdown: `python -m sbom.capabilities > docs/formats.md`.

The table is generated from the formats themselves; a test compares it with the page.
"""

import sys
from collections.abc import Iterator

from sbom.lockfiles import Format, Knows, formats
from sbom.purl import UNREGISTERED_TYPES

_COLUMNS = (
    Knows.VERSION,
    Knows.EDGES,
    Knows.SCOPE,
    Knows.DIRECT,
    Knows.LICENCE,
    Knows.HASH,
    Knows.LINE,
    Knows.SOURCE_URL,
    Knows.SUPPLIER,
)
_HEAD = """\
# Formats

Generated from the parsers by `python -m sbom.capabilities > docs/formats.md`; a test compares the two.

A dot means that the format can tell a fact, where the tool that wrote the file did. What a file does not tell
is null in the tables and left out of the BOM. `version`: an exact one, in a manifest where its constraint
allows only one. `edges`: which package needs which others; what the project itself asks for is `direct`.
`scope`: required, optional or excluded (development, test, build). `line`: the line that names a component or
an edge. `source url`: the archive or the repository that a package comes from, if it is not simply the
registry's. `supplier`: who supplies, made or maintains a package. How many fixtures a format has, and whose
word they hold: [fixtures.md](fixtures.md). A test compares the dots with what the fixtures show.

Manifests tell of the package that they declare what licence it has and who made it, which has no column here.
"""
_TYPES_HEAD = """\
## Package URL types that are not registered

Components have types of the package URL specification. Where it has none, these stand for one; OpenHarmony's
packages and repositories of other forges are `generic` with their host or owner as namespace, and so are
models of ModelScope.
"""


def capability_page() -> str:
    """The page docs/formats.md."""
    return "\n".join([_HEAD, *_format_rows(), "", _TYPES_HEAD, *_type_rows(), ""])


def _format_rows() -> Iterator[str]:
    yield "| format | files | purl type | parser | " + " | ".join(column.value for column in _COLUMNS) + " |"
    yield "|---|---|---|---|" + ":-:|" * len(_COLUMNS)
    for ecosystem in sorted({_ecosystem(fmt) for fmt in formats()}):
        for fmt in formats():
            if _ecosystem(fmt) == ecosystem:
                yield _row(fmt)


def _ecosystem(fmt: Format) -> str:
    return fmt.ecosystem.rpartition(".")[2]


def _row(fmt: Format) -> str:
    files = ", ".join(f"`{glob}`" for glob in fmt.globs)
    facts = ["•" if column in fmt.knows else "" for column in _COLUMNS]
    cells = [fmt.title or ", ".join(fmt.globs), files, fmt.purl_type, f"{fmt.name} {fmt.version}", *facts]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _type_rows() -> Iterator[str]:
    yield "| type | stands for |"
    yield "|---|---|"
    for name, reason in sorted(UNREGISTERED_TYPES.items()):
        yield f"| `{name}` | {reason} |"


if __name__ == "__main__":
    sys.stdout.write(capability_page())
