"""Under which full paths other files of a repository know what a name of this file stands for."""

import re
from collections.abc import Iterator

from sbom.crypto.source_file import SourceFile

_OF_PARENT = frozenset({"this", "self", "static", "parent", "cls", "super"})
_PARENT = re.compile(
    r"\bclass\s+\w+(?:\[[^\]]{0,200}\]|<[^>{]{0,200}>)?\s*(?:extends\s+|\(\s*|<\s*|:\s*)([A-Za-z_\\][\w.:\\]*)"
)
_JOINTS = re.compile(r"[.:\\]+")
_MOST_PARENTS = 4
_MACRO = re.compile(r"[A-Z][A-Z0-9_]{2,}")
_OF_LIBRARIES = (
    "EVP_",
    "SSL_",
    "NID_",
    "RSA_",
    "TLS",
    "MBEDTLS_",
    "CURL",
    "GNUTLS_",
    "GCRY_",
    "BCRYPT_",
    "CALG_",
    "PSA_",
)
_TOP_LEVEL = re.compile(
    r"^[ \t]*(?:#[ \t]*define|(?:\w+[ \t]+)*const[ \t]+val)[ \t]+(\w+)|^const[ \t]+(\w+)(?=[ \t]*=)",
    re.MULTILINE,
)
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
    elif not dot and file.language.kin == "c":
        if _MACRO.fullmatch(path) and not path.startswith(_OF_LIBRARIES):
            yield f"{path}.{path}"  # a macro is its own owner
    elif dot or path.isupper() or (file.language.name == "scala" and path in file.imports.names):
        yield full
        if file.language.name == "kotlin" and path in file.imports.names:
            yield f"{path}.{path}"  # a constant outside of classes likewise
        if file.language.name == "php" and not dot:
            yield f"{path}.{path}"
        if not dot and path not in file.imports.names:  # import static a.Const.*;
            classes = [star for star in file.imports.stars if star.rpartition(".")[2][:1].isupper()]
            yield from (f"{star}.{path}" for star in classes[:_MOST_PARENTS])
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


def own_constants(file: SourceFile) -> set[str]:
    """Macros of a C file and constants of a file of Kotlin or PHP that belong to no class."""
    wanted = file.language.kin == "c" or file.language.name in ("kotlin", "php")
    return {name[1] or name[2] for name in _TOP_LEVEL.finditer(file.text)} if wanted else set()
