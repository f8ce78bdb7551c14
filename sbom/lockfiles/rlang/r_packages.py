"""What R's files write about packages: fields of DESCRIPTION, requirements, repositories and licences.

https://cran.r-project.org/doc/manuals/r-release/R-exts.html#The-DESCRIPTION-file
"""

import re
from collections.abc import Iterator

from sbom.purl import BIOCONDUCTOR_TYPE

PURL_TYPE = "cran"
_OF_R = frozenset(
    {
        *("R", "base", "compiler", "datasets", "graphics", "grDevices", "grid", "methods", "parallel"),
        *("splines", "stats", "stats4", "tcltk", "tools", "translations", "utils"),
    }
)
"""R itself and the packages that come with it."""
_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9.]*)\s*(?:\(\s*(?P<constraint>[^)]*?)\s*\))?")
_FIELD = re.compile(r"(?P<name>[A-Za-z][\w./@-]*)\s*:\s*(?P<value>.*)")
_FILE = re.compile(r"\s*[+|]?\s*file\s+LICEN[CS]E\b", re.IGNORECASE)
_LONGEST = 300


def read_requirement(text: str) -> tuple[str, str | None] | None:
    """`dplyr (>= 1.0)` → (`dplyr`, `>= 1.0`); null for what is none, and for what comes with R."""
    found = _REQUIREMENT.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    return (found["name"], found["constraint"] or None) if found and found["name"] not in _OF_R else None


def is_requirement(text: str) -> bool:
    return len(text) <= _LONGEST and _REQUIREMENT.fullmatch(text.strip()) is not None


def description_fields(text: str) -> dict[str, list[tuple[str, int]]]:
    """The fields of a DESCRIPTION file: the lines of each value with their numbers."""
    fields: dict[str, list[tuple[str, int]]] = {}
    rows: list[tuple[str, int]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line[:1] in (" ", "\t"):
            rows.append((line.strip(), number))
        elif found := _FIELD.fullmatch(line.rstrip()):
            rows = fields.setdefault(found["name"], [])
            rows.append((found["value"], number))
    return fields


def listed(rows: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """The parts of a value between commas, with their lines."""
    for text, line in rows:
        yield from ((part.strip(), line) for part in text.split(",") if part.strip())


def licence(text: str | None) -> str | None:
    """The licence without the file that holds its text (`MIT + file LICENSE`), alternatives joined by OR."""
    words = _FILE.sub("", text or "").strip()
    return " OR ".join(part.strip() for part in words.split("|")) or None


def purl_type(source: str | None, repository: str | None) -> str:
    """Bioconductor's packages are of another registry than CRAN's."""
    is_bioconductor = "bioc" in f"{source} {repository}".lower()
    return BIOCONDUCTOR_TYPE if is_bioconductor else PURL_TYPE
