"""Expressions as paths of names."""

import re

_GENERIC = re.compile(r"(?:::)?<[^<>]*>")
_JOINTS = re.compile(r"\?\.|!\.|!!\.?|::|->|\\|\?->")
_SPACE = re.compile(r"\s++(?:(?://|#\s)[^\n]*\n)?|/\*.*?\*/", re.DOTALL)
"""Comments in a chain of calls, too."""
_BRACKET = re.compile(r"[()\[\]{}]")
_AS_TRAIT = re.compile(r"^<\s*([\w:]+)(?:<[^<>]*>)?\s+as\s+[^>]*>+\s*::")
"""Rust: `<Sha1 as Digest>::digest`."""
_PATH = re.compile(r"[\w$@.-]+")


def path_of(text: str) -> str:
    """Names joined by dots, without white space, type arguments and the arguments of inner calls."""
    if len(text) < 200 and _PATH.fullmatch(text):
        return _without_self(text)
    if text.startswith("<"):
        text = _AS_TRAIT.sub(r"\1::", text)
    text = _SPACE.sub("", text)
    text = _without_brackets(text)
    previous = None
    while previous != text:
        previous, text = text, _GENERIC.sub("", text)
    return _without_self(_JOINTS.sub(".", text).strip("."))


def _without_self(path: str) -> str:
    return path.lstrip("$&*")


def _without_brackets(text: str) -> str:
    """The text with what stands in brackets taken out, a call leaving `()`."""
    if "(" not in text and "[" not in text:
        return text
    kept, depth, outside = [], 0, 0
    for bracket in _BRACKET.finditer(text):
        char, start = bracket[0], bracket.start()
        if depth == 0:
            kept.append(text[outside:start])
            outside = start + 1
        if char in "([{":
            if depth == 0 and char == "(":
                kept.append("()")
            depth += 1
        elif depth:
            depth -= 1
            outside = start + 1
    if depth == 0:
        kept.append(text[outside:])
    return "".join(kept)
