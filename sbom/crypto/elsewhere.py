"""Under which full paths other files of a repository know what a name of this file stands for."""

import re
from collections.abc import Iterator

from sbom.crypto.source_file import SourceFile

_OF_PARENT = frozenset({"this", "self", "static", "parent", "cls", "super"})
_PARENT = re.compile(
    r"\bclass\s+\w+(?:\[[^\]]*\]|<[^>{]*>)?\s*(?:extends\s+|\(\s*|<\s*|:\s*)([A-Za-z_\\][\w.:\\]*)"
)
_JOINTS = re.compile(r"[.:\\]+")
_MOST_PARENTS = 4
_GO_PACKAGE = re.compile(r"^package\s+(\w+)", re.MULTILINE)


def paths_elsewhere(path: str, full: str, file: SourceFile) -> Iterator[str]:
    """Paths to ask for a name that this file does not define; `full` is the one by the file's imports.

    What belongs to the object itself may come from the class that it is derived from, and a bare name in Go
    from another file of the package.
    """
    first, dot, rest = path.partition(".")
    if dot and first in _OF_PARENT:
        if "." not in rest:
            parents = list(dict.fromkeys(_PARENT.findall(file.text)))[:_MOST_PARENTS]
            yield from (f"{_JOINTS.split(parent)[-1]}.{rest}" for parent in parents)
    elif dot or path.isupper():
        yield full
    elif package := own_package(file):
        yield f"{package}.{path}"


def own_package(file: SourceFile) -> str | None:
    """The package of a Go file, whose names need no import."""
    declared = _GO_PACKAGE.search(file.text) if file.language.name == "go" else None
    return declared[1] if declared else None


def module_name(path: str) -> str:
    """What a file's module is called by its path: its own name, or that of its folder."""
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    return folder.rpartition("/")[2] if stem in ("index", "__init__", "mod") and folder else stem
