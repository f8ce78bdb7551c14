"""Macros of C that are blocks of statements: their bodies read as code, where grammars see one text."""

import re

_BLOCK = re.compile(
    r"^[ \t]*#[ \t]*define[ \t]+\w+\(([\w, \t]*)\)[ \t]*(?:\\\r?\n\s*)?(?=\{|do\b)((?:\\\r?\n|[^\\\n]+|\\)*)",
    re.M,
)
_CALL = re.compile(r"\b\w+\s*\(([^()]*)\)")
_NOT_NEWLINE = re.compile(r"[^\n]")
_CONTINUED = re.compile(r"\\(?=\r?\n)")


def with_macro_bodies(text: str) -> str:
    """A text of C in which such a macro is the block alone; places stay the same.

    One that hands what it is given to a call counts where it is used (`macros`) and stays what it is.
    """
    return _BLOCK.sub(_opened, text) if "define" in text else text


def _opened(match: re.Match[str]) -> str:
    taken = {item.strip() for item in match[1].split(",")}
    for arguments in _CALL.findall(match[2]):
        given = [item.strip(" \t\r\n\\") for item in arguments.split(",")]
        if len(given) > 1 and taken.issuperset(given[1:]):
            return match[0]
    header = match[0][: match.start(2) - match.start()]
    return _NOT_NEWLINE.sub(" ", header) + _CONTINUED.sub(" ", match[2])
