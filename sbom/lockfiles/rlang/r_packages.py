"""What R's files write about packages: fields of DESCRIPTION, requirements, repositories and licences.

https://cran.r-project.org/doc/manuals/r-release/R-exts.html#The-DESCRIPTION-file
"""

import re
from collections.abc import Iterator

from sbom.makers import authors
from sbom.purl import BIOCONDUCTOR_TYPE

PURL_TYPE = "cran"
MAKER_FIELDS = ("Author", "Maintainer", "Authors@R")
"""Fields of a DESCRIPTION for `makers`."""
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
_LONGEST_CODE = 10_000
_LONGEST_NAME = 60
_PERSON = re.compile(
    r"""\bperson\((?:[^()"']|"[^"]*"|'[^']*'|\((?:[^()"']|"[^"]*"|'[^']*')*+\))*+\)""",
)
_NESTED = re.compile(r"\w+\s*=\s*(?:c\s*)?\([^()]*\)|\bc\s*\([^()]*\)")
_NAMED = re.compile(r"\b(?P<key>\w+)\s*=\s*(?P<quote>[\"'])(?P<value>[^\"']*)(?P=quote)")
_ROLE = re.compile(r"\brole\s*=\s*(c\s*\([^()]*\)|[\"'][^\"']*[\"'])")
_STRING = re.compile(r"[\"']([^\"']*)[\"']")
_ARGUMENT = re.compile(r"\s*(?:[\"']([^\"']*)[\"'])?[^,]*(?:,|$)")
_NOT_A_NAME = re.compile(r"\[[^\[\]]*\]|\([^()]*\)")
_OTHERS = re.compile(r"[^,\[\]]{0,200}\[(?:\s*(?:cph|fnd)\s*,?)+\]")
_NO_MAKERS = frozenset({"cph", "fnd"})
"""Roles of a copyright holder and of a funder (MARC relators)."""


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


def located_parts(rows: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """The parts of a value between commas, with their lines."""
    for text, line in rows:
        yield from ((part.strip(), line) for part in text.split(",") if part.strip())


def licence(text: str | None) -> str | None:
    """The licence without the file that holds its text (`MIT + file LICENSE`), alternatives joined by OR."""
    words = _FILE.sub("", text or "").strip()
    return " OR ".join(part.strip() for part in words.split("|")) or None


def makers(author: str | None, maintainer: str | None, code: str | None) -> tuple[str, ...]:
    """Who made a package: what `Author`, `Maintainer` and the calls of `person()` in `Authors@R` say.

    `Authors@R` is R code, of which only strings that are written out are read. Roles and comments are left
    out, and so are those who only hold the copyright or paid for the work.
    """
    persons = [_person(found[0]) for found in _PERSON.finditer((code or "")[:_LONGEST_CODE])]
    names = [] if persons else _named(author or "")
    return authors([person for person in persons if person is not None], names, maintainer)


def _person(call: str) -> dict[str, str] | None:
    named = {found["key"]: found["value"] for found in _NAMED.finditer(call)}
    roles = _ROLE.search(call)
    if roles is not None and _NO_MAKERS.issuperset(_STRING.findall(roles[1])):
        return None
    plain = _NAMED.sub("", _NESTED.sub("", call)).partition("(")[2].rpartition(")")[0]
    texts = [found[1] or "" for found in _ARGUMENT.finditer(plain)]
    given, family, _, address, *_ = [*texts, "", "", "", ""]
    name = f"{named.get('given', given)} {named.get('family', family)}"
    return {"name": name.strip(), "email": named.get("email", address)}


def _named(text: str) -> list[str]:
    """`Hadley Wickham [aut, cre] (<https://orcid.org/…>), Lionel Henry [aut]` → the names."""
    makers_only = _OTHERS.sub("", text[:_LONGEST_CODE])
    parts = _NOT_A_NAME.sub("", makers_only).replace(" and ", ",").split(",")
    return [part for part in (part.strip() for part in parts) if 0 < len(part) <= _LONGEST_NAME]


def purl_type(source: str | None, repository: str | None) -> str:
    """Bioconductor's packages are of another registry than CRAN's."""
    is_bioconductor = "bioc" in f"{source} {repository}".lower()
    return BIOCONDUCTOR_TYPE if is_bioconductor else PURL_TYPE
