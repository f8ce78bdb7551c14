"""Whether a path is the product, a test, an example or somebody else's code; rules in `contexts.yaml`."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache, lru_cache

from sbom.crypto.data import read_data
from sbom.crypto.model import Context


def context_of(path: str) -> Context:
    """The context of a repository-relative path."""
    folder, _, name = path.lower().rpartition("/")
    return _context(folder, name)


@lru_cache(maxsize=65536)
def _context(folder: str, name: str) -> Context:
    parts = folder.split("/") if folder else []
    for context, rules in _rules().items():
        endings = tuple(rules.get("folder_endings", ()))
        if any(part in rules["folders"] or (endings and part.endswith(endings)) for part in parts):
            return Context(context)
        if any(fnmatchcase(name, glob) for glob in rules["names"]):
            return Context(context)
    return Context.MAIN


@cache
def _rules() -> Mapping[str, Mapping[str, list[str]]]:
    rules: Mapping[str, Mapping[str, list[str]]] = read_data("contexts.yaml")
    return rules
