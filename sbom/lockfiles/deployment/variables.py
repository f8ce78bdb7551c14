"""Variables in the text of Dockerfiles and compose files: `$NAME`, `${NAME}`, and their defaults."""

import re
from collections.abc import Mapping

_VARIABLE = re.compile(
    r"\$(?:(?P<bare>[A-Za-z_][A-Za-z0-9_]*)"
    r"|\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<operator>:?[-+?])(?P<word>[^{}]*))?\})"
)


def expand_variables(text: str, values: Mapping[str, str]) -> str | None:
    """The text with the values put in; null if a variable has neither value nor default."""
    missing = False

    def value(variable: re.Match[str]) -> str:
        nonlocal missing
        known = values.get(variable["bare"] or variable["name"])
        operator, word = variable["operator"] or "", variable["word"] or ""
        if operator.endswith("+"):
            return word if known else ""
        if known or (known is not None and not operator.startswith(":")):
            return known
        missing = missing or not operator.endswith("-")
        return word

    expanded = _VARIABLE.sub(value, text)
    return None if missing or "$" in expanded else expanded
