"""JSON5 whose mappings know the line of each key: rewritten as JSON of the same lines, then read as that.

JSON5 (https://spec.json5.org) adds comments, single quotes, unquoted keys, trailing commas and more number
forms. Its decoder tells neither lines nor what stood before an error; the reader of located JSON tells both.
"""

import math
import re

import orjson
import pyjson5

from sbom.limits import Limits
from sbom.lockfiles.located import Reading, load_located_json

_TOKEN = re.compile(
    r"(?P<comment>//[^\n\r\u2028\u2029]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?)"
    r"|(?P<text>\"(?:[^\"\\\n]++|\\.)*+\"?|'(?:[^'\\\n]++|\\.)*+'?)"
    r"|(?P<mark>[{}\[\]:,])"
    r"|(?P<word>[^\s\"'{}\[\]:,/\ufeff]++)"
    r"|(?P<gap>[\s\ufeff]++)",
    re.DOTALL,
)
"""Comments and strings that do not end are tokens too, so that no part of the text is read twice."""
_NUMBER = re.compile(r"[+-]?[0-9.IN]")
_LITERALS = frozenset({"true", "false", "null"})


def load_located_json5(content: bytes, limits: Limits, entry_depth: int) -> Reading:
    """Decode one JSON5 value; what is kept of a broken file is as for `load_located_json`.

    `NaN` and the infinities, which no file that names packages holds, are read as null.

    Raises:
        LimitReached: nested too deeply.
    """
    text = content.replace(b"\r\n", b"\n").decode("utf-8-sig", "replace")
    return load_located_json(_as_json(text).encode(), limits, entry_depth)


def _as_json(text: str) -> str:
    pieces: list[str] = []
    comma = None  # where a comma stands that nothing but space and comments follows
    previous, previous_word = "", None
    position = 0
    for token in _TOKEN.finditer(text):
        pieces.append(text[position : token.start()])  # no JSON5: the JSON reader names its line
        position = token.end()
        kind, written = token.lastgroup, token[0]
        if kind in ("comment", "gap"):
            pieces.append(_space(written))
            continue
        if written in ("}", "]") and comma is not None:
            pieces[comma] = ""
        if written == ":" and previous_word is not None:
            pieces[previous_word] = orjson.dumps(previous.encode("utf-8", "replace").decode()).decode()
        comma = len(pieces) if written == "," and previous not in ("", ",", "{", "[", ":") else None
        previous, previous_word = written, len(pieces) if kind == "word" else None
        if kind == "text":
            pieces.append(_text(written))
        else:
            pieces.append(_word(written) if kind == "word" else written)
    pieces.append(text[position:])
    return "".join(pieces)


def _space(written: str) -> str:
    if written.startswith("/*") and not (written.endswith("*/") and len(written) >= 4):
        return written  # a comment without end is no JSON5
    return "\n" * written.count("\n") or " "


def _text(written: str) -> str:
    """A string in JSON's quotes; the line breaks that it continues over stand behind it."""
    if written[0] == '"' and "\\" not in written:
        return written  # also one without end
    try:
        decoded = pyjson5.decode(written)
        return orjson.dumps(decoded).decode() + "\n" * written.count("\n")
    except (pyjson5.Json5Exception, ValueError):
        return written


def _word(written: str) -> str:
    if written in _LITERALS or not _NUMBER.match(written):
        return written
    try:
        number = pyjson5.decode(written)
    except (pyjson5.Json5Exception, ValueError, OverflowError):
        return written
    if isinstance(number, float) and not math.isfinite(number):
        return "null"
    return repr(number) if isinstance(number, int | float) else written
