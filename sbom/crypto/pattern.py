"""The notation of rules: what a site looks like, and what each of its arguments is.

    javax.crypto.Cipher.getInstance($ALGORITHM, ...)   a call, by the full name of what is called
    Crypto.Cipher.AES.new(key:$KEY, mode:$MODE, iv=$IV)
                                                       `key:` stands there or is named; `iv=` is always named
    EVP_$ALGORITHM()                                   part of a name is an argument too
    {Crypto,Cryptodome}.Hash.$ALGORITHM.new(...)       alternatives; `*` is any one name
    hashlib.$ALGORITHM{md5,sha1}(...)                  part of a name that is one of these
    $_.signWith($ALGORITHM)                            on whatever object
    org.example.Algorithms.$ALGORITHM                  a name that is not called
    def checkServerTrusted                              the declaration of a function
    verify = $VALUE                                    a setting: assignment, named argument, field, property
    "ssl.protocol" = $VALUE                            a setting whose name, a quoted text, holds dots
    "ssh-rsa"                                          a quoted text that is an element of a list
    any "Noise_XX_25519_AESGCM_SHA256"                 a quoted text, wherever it stands

A pattern is compiled to a regular expression over the dotted path of names that the syntax tree gives.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import product

_BRACES = re.compile(r"\{([^{}]*)\}")
_PART = re.compile(r"\$([A-Z_]+)(?:\{([^{}]*)\})?|(\*)|([^$*]+)")
_DOT = re.compile(r"\.(?![^{}]*\})")
_LEAST_TEXT = 2
UNTELLING = frozenset({"new", "create", "Create", "init"})
"""Names by which no site is looked for."""
_PIECES = re.compile(r"\(\?:([^()]*)\)|[^()]+")
_ARGUMENT = re.compile(r"(?:(\w+)([:=]))?(?:\$(\w+)|\"([^\"]*)\"|([\w.]+))")


@cache
def compiled(regex: str) -> re.Pattern[str]:
    """A regular expression, compiled once."""
    return re.compile(regex)


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a pattern: its place (from 0), its name, and the role or literal that it has."""

    place: int | None
    name: str | None
    role: str | None
    literal: str | None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern. `anchor` is a regular expression for a name that every site of it holds."""

    text: str
    kind: str
    """call, name, setting, definition, text or literal"""
    regex: str
    anchor: str
    any_object: bool
    arguments: tuple[Argument, ...]

    @property
    def path(self) -> re.Pattern[str]:
        """What the path of a site is; compiled when it is asked for, as of most patterns it never is."""
        return compiled(self.regex)

    @property
    def is_bare(self) -> bool:
        """Whether its sites are found by their last name alone, which tells nothing of the library."""
        return self.any_object or self.kind not in ("call", "name")


def compile_patterns(text: str, names: Iterable[str] = ()) -> list[Pattern]:
    """All patterns that a notation with alternatives stands for; `names` are what `$NAME` may be.

    Raises:
        ValueError: the notation is not understood.
    """
    if names:
        text = text.replace("$NAME", "$NAME{" + ",".join(names) + "}")
    arguments: tuple[Argument, ...]
    if match := re.fullmatch(r"\s*(\S+)\s+=\s+(\S+)\s*", text):
        paths, kind, arguments = match[1], "setting", (_argument(match[2], 0),)
    elif match := re.fullmatch(r"\s*def\s+(\S+)\s*", text):
        paths, kind, arguments = match[1], "definition", ()
    elif match := re.fullmatch(r"\s*\"([^\"]+)\"\s*", text):
        paths, kind, arguments = match[1], "text", ()
    elif match := re.fullmatch(r"\s*any\s+\"([^\"]+)\"\s*", text):
        paths, kind, arguments = match[1], "literal", ()
    elif match := re.fullmatch(r"\s*([^\s(]+?)\((.*)\)\s*", text, re.DOTALL):
        paths, kind, arguments = match[1], "call", _arguments(match[2])
    else:
        paths, kind, arguments = text.strip(), "name", ()
    return [_pattern(path, kind, arguments) for path in _alternatives(paths)]


def _alternatives(text: str) -> list[str]:
    """The texts with one choice for every brace that does not belong to a role."""
    choices, end = [], 0
    for match in _BRACES.finditer(text):
        if re.search(r"\$[A-Z_]+$", text[: match.start()]):
            continue
        choices += [[text[end : match.start()]], match[1].split(",")]
        end = match.end()
    return ["".join(chosen) for chosen in product(*choices, [text[end:]])]


def _pattern(path: str, kind: str, arguments: tuple[Argument, ...]) -> Pattern:
    any_object = path.startswith("$_.")
    if kind == "setting" and path.startswith('"'):
        path = path.strip('"')
        segments = [path]
    else:
        segments = _DOT.split(path.removeprefix("$_."))
    compiled = [_segment(segment) for segment in segments]
    regex = r"\.".join(compiled)
    named = [
        (index, segment)
        for index, segment in enumerate(segments)
        if not re.fullmatch(r"\*|\$_|\$[A-Z_]+", segment)
    ]
    if not named:
        raise ValueError(f"pattern {path!r} names nothing")
    telling = [index for index, segment in named if segment not in UNTELLING]
    telling_part = (
        regex if kind in ("text", "literal") else compiled[telling[-1] if telling else named[-1][0]]
    )
    return Pattern(path, kind, regex, _without_roles(telling_part), any_object, arguments)


def segments_of(pattern: Pattern) -> list[str]:
    """The names of a pattern's path as regular expressions without groups."""
    segments = _DOT.split(pattern.text.removeprefix("$_."))
    return [_without_roles(_segment(segment)) for segment in segments]


def _without_roles(regex: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", regex)


def _segment(segment: str) -> str:
    parts = []
    for role, choices, wildcard, literal in _PART.findall(segment):
        if role:
            one_of = "|".join(map(re.escape, choices.split(","))) if choices else r"\w+"
            parts.append(one_of if role == "_" else rf"(?P<{role}>{one_of})")
        elif wildcard:
            parts.append(r"\w+")
        else:
            parts.append(re.escape(literal))
    return "".join(parts)


def _arguments(text: str) -> tuple[Argument, ...]:
    found = []
    for place, item in enumerate(piece.strip() for piece in text.split(",")):
        if item and item != "...":
            found.append(_argument(item, place))
    return tuple(found)


def _argument(text: str, place: int) -> Argument:
    match = _ARGUMENT.fullmatch(text)
    if match is None:
        raise ValueError(f"argument {text!r} is not understood")
    name, joint, role, quoted, bare = match.groups()
    literal = quoted if quoted is not None else bare
    return Argument(None if joint == "=" else place, name, None if role == "_" else role, literal)


def texts_of(anchor: str) -> set[str]:
    """Texts of which every name of an anchor holds one; an empty one where that tells nothing."""
    pieces = [(match[1].split("|") if match[1] else [match[0]]) for match in _PIECES.finditer(anchor)]
    found = set()
    for chosen in product(*pieces):
        longest = max("".join(chosen).split("\\w+"), key=len).replace("\\", "")
        found.add(longest if len(longest) >= _LEAST_TEXT else "")
    return found
