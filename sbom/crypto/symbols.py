"""The full name of what a site uses: `io.jsonwebtoken.JwtBuilder.signWith`."""

from collections.abc import Iterable, Mapping
from typing import Any

from sbom.crypto.imports import Imports
from sbom.crypto.pattern import Pattern
from sbom.crypto.rulebook import Rule


def api_of(rule: Rule, pattern: Pattern, path: str, imports: Imports, says: Mapping[str, Any]) -> str:
    """The symbol of a site with a full path, in the library that its rule names where the pattern names none.

    The type of the object that the site is called on may say it. Of several libraries that have such a symbol
    it is the one that the file imports most of, else the first.
    """
    if not rule.api or not (pattern.is_bare or not any(other.is_bare for other in rule.patterns)):
        return path
    name = path.rpartition(".")[2]
    symbols = [symbol for symbol in rule.api if symbol.endswith(f".{name}")] or [*rule.api]
    symbols = [str(says["api"])] if "api" in says else symbols
    symbols = [symbol.replace("*", name) for symbol in symbols]
    if len(symbols) == 1:
        return symbols[0]
    imported = [*imports.names.values(), *imports.stars]
    return max(symbols, key=lambda symbol: _shared(symbol, imported))


def _shared(symbol: str, imported: Iterable[str]) -> int:
    """Most names that a symbol and an import begin with alike."""
    names = symbol.split(".")
    most = 0
    for path in imported:
        count = 0
        for name, other in zip(names, path.split("."), strict=False):
            if name != other:
                break
            count += 1
        most = max(most, count)
    return most
