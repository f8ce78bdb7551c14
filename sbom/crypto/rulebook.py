"""Rules: how a site of each library's API is recognised and what it says. All in `rules/*.yaml`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sbom.crypto.data import FOLDER, read_data
from sbom.crypto.languages import languages, with_followers
from sbom.crypto.pattern import Pattern, compile_patterns
from sbom.crypto.receivers import TypeSays, type_says
from sbom.crypto.tls_suites import named_tables

_LIBRARY = frozenset({"library", "languages", "requires", "modules", "companion", "told_at_home", "rules"})
_SITE = frozenset(
    {"algorithm", "family", "mode", "padding", "key_size", "curve", "digest", "primitive", "function"}
    | {
        "protocol",
        "version",
        "default_algorithm",
        "default_mode",
        "default_padding",
        "default_rsa_padding",
        "iterations",
    }
)
_KEYS = _SITE | {"id", "pattern", "names", "after", "part", "silent", "when", "finding", "positive"}
_KEYS |= {"negative", "arity", "known_only", "functions", "language", "generic", "module", "needs", "types"}
_KEYS |= {
    "usual",
    "called",
    "beside",
    "mentions",
    "body",
    "unless",
    "certain",
    "alone",
    "once",
    "type_argument",
    "handed",
    "told_at",
    "own_functions",
    "held",
    "listed",
    "api",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a library.

    `says` holds what every site of the rule says, by the names of the site's attributes. `after` are calls on
    the object that the site makes, which say more about it. A `part` says something about the expression that
    it is an argument of; a `silent` one is no occurrence by itself. `known_only` drops a site whose algorithm
    the catalogue does not know: its name was only a guess at one.
    """

    id: str
    library: str
    languages: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    says: Mapping[str, Any]
    names: Mapping[str, Mapping[str, Any]]
    after: tuple[Pattern, ...]
    part: bool
    silent: bool
    known_only: bool
    when: Mapping[str, tuple[str, ...]]
    unless: Mapping[str, tuple[str, ...]]
    """Values of roles with which there is no site; a role that is not there fits as little."""
    alone: Mapping[str, Any]
    """What a site says on whose object a call of `after` is made, where nothing gives it a mode."""
    once: bool
    """It is told by what it takes where that stands elsewhere in the file, not by itself too."""
    certain: bool
    """Whether what the site says holds whenever it is reached."""
    finding: str | None
    arity: tuple[int, ...]
    functions: Mapping[str, str]
    generic: str | None
    """Role of the type arguments."""
    module: str | None
    """Role of the first name of the path: a module that is called like what it does."""
    needs: str | None
    """Role without which there is no site."""
    types: tuple[TypeSays, ...]
    """Types, one of which the object that a site is called on has; what each says of the site."""
    handed: tuple[Pattern, ...]
    """What a function that is handed on to another one of the file is called with there."""
    told_at: str | None
    """Role of the argument at which it is told, where that stands lines below the site."""
    told_at_home: bool
    """Its library is one of cryptography: its calls count in its own repository, too. Of another only the
    calls that it makes count there."""
    own_functions: bool
    """Whether it counts as an argument of the repository's own functions, in which it is used."""
    listed: bool
    """Whether it counts as what a table holds at a name."""
    held: bool
    """Whether it counts where a variable, result or own struct takes it, from which it is used later."""
    type_argument: bool
    """It is a name among the type arguments of a template, at whose beginning it is told."""
    called: tuple[str, ...]
    """Calls that a setting counts in, where it is an argument of one."""
    beside: tuple[str, ...]
    """Settings, one of which stands in the same object as a setting that counts."""
    mentions: tuple[str, ...]
    """Words, one of which the file holds where a site is no argument of one of the calls that it counts in:
    names of a library that the site alone does not tell."""
    usual: str | None
    """The constant of the settings whose first text names what is used where the site names nothing."""
    body: str | None
    """What a declared function does: `empty`, `true`, `one`, `asserts` or `proceeds`; what the one does that
    has a parameter of a type: `accepts`."""
    api: tuple[str, ...]
    """Symbols of the APIs that patterns which name no library stand for; `*` is the last name of the site."""
    positive: tuple[tuple[str, str], ...] = field(compare=False)
    """(language, code) that the rule finds."""
    negative: tuple[tuple[str, str], ...] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Library:
    """The rules of one library; they are looked at in files that hold one of the literals."""

    name: str
    languages: tuple[str, ...]
    requires: tuple[str, ...]
    modules: Mapping[str, str]
    """Other names of its modules, each with the name that the rules know it by."""
    companion: bool
    """It says something about sites of other libraries alone, so no file is parsed for it."""
    rules: tuple[Rule, ...]


@cache
def libraries() -> tuple[Library, ...]:
    """All libraries, by name.

    Raises:
        ValueError: a rule file is not as it should be, or two rules have the same id.
    """
    found: dict[str, Library] = {}
    ids: set[str] = set()
    for path in sorted(FOLDER.glob("rules/*.yaml")):
        name = path.name
        data = read_data(f"rules/{name}")
        try:
            library = _library(data)
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"rules/{name}: {error}") from error
        if library.name in found:
            raise ValueError(f"rules/{name}: two files describe library {library.name!r}")
        for rule in library.rules:
            if rule.id in ids:
                raise ValueError(f"rules/{name}: two rules are named {rule.id!r}")
            ids.add(rule.id)
        found[library.name] = library
    return tuple(found[name] for name in sorted(found))


@cache
def libraries_of(language: str) -> tuple[Library, ...]:
    """Libraries that have rules for a language."""
    return tuple(library for library in libraries() if language in library.languages)


@cache
def crates() -> frozenset[str]:
    """The crates of Rust that rules ask for: the first names of their paths."""
    rules = [rule for library in libraries_of("rust") for rule in library.rules]
    paths = [pattern.regex for rule in rules for pattern in rule.patterns if not pattern.any_object]
    return frozenset(path.partition("\\.")[0] for path in paths if path[:1].islower())


def _library(data: Mapping[str, Any]) -> Library:
    if odd := data.keys() - _LIBRARY:
        raise ValueError(f"unknown key {', '.join(sorted(odd))}")
    known = tuple(data["languages"])
    if unknown := set(known) - languages().keys():
        raise ValueError(f"no such language: {', '.join(sorted(unknown))}")
    known = with_followers(known)
    library = str(data["library"])
    return Library(
        name=library,
        languages=known,
        requires=tuple(data["requires"]),
        modules={
            other.replace("/", "."): known
            for known, others in data.get("modules", {}).items()
            for other in others
        },
        companion=bool(data.get("companion", False)),
        rules=tuple(_rule(rule, library, known, data) for rule in data["rules"]),
    )


def _rule(
    data: Mapping[str, Any], library: str, known: tuple[str, ...], of_library: Mapping[str, Any]
) -> Rule:
    if unknown := data.keys() - _KEYS:
        raise ValueError(f"rule {data.get('id')}: unknown key {', '.join(sorted(unknown))}")
    language = data.get("language", known[0])
    names = _names(data.get("names", {}))
    return Rule(
        id=data["id"],
        library=library,
        languages=with_followers((language,)) if "language" in data else known,
        patterns=_patterns(data["pattern"], names),
        says={name: value for name, value in data.items() if name in _SITE},
        names=names,
        after=_patterns(data.get("after", ())),
        part=bool(data.get("part", False)),
        silent=bool(data.get("silent", False)),
        known_only=bool(data.get("known_only", False)),
        when={role: tuple(map(_text, _listed(values))) for role, values in data.get("when", {}).items()},
        unless={role: tuple(map(_text, _listed(values))) for role, values in data.get("unless", {}).items()},
        alone=data.get("alone", {}),
        once=bool(data.get("once", False)),
        certain=bool(data.get("certain", True)),
        finding=data.get("finding"),
        arity=tuple(_listed(data.get("arity", ()))),
        functions=data.get("functions", {}),
        generic=data.get("generic"),
        module=data.get("module"),
        needs=data.get("needs"),
        types=tuple(type_says(notation, _says(says)) for notation, says in data.get("types", {}).items()),
        handed=_patterns(data.get("handed", ())),
        told_at=data.get("told_at"),
        told_at_home=bool(of_library.get("told_at_home", False)),
        own_functions=bool(data.get("own_functions", True)),
        listed=bool(data.get("listed", True)),
        held=bool(data.get("held", True)),
        type_argument=bool(data.get("type_argument", False)),
        called=tuple(data.get("called", ())),
        beside=tuple(data.get("beside", ())),
        mentions=tuple(data.get("mentions", ())),
        usual=data.get("usual"),
        body=data.get("body"),
        api=tuple(_listed(data.get("api", ()))),
        positive=tuple((language, code) for code in _listed(data["positive"])),
        negative=tuple((language, code) for code in _listed(data["negative"])),
    )


def _names(names: Any) -> dict[str, Mapping[str, Any]]:
    """What each name says; a text names a table of the package, which holds the names that everybody uses."""
    if not isinstance(names, str):
        return {name: _says(says) for name, says in names.items()}
    columns = ("algorithm", "mode", "key_size", "curve", "digest", "primitive", "function")
    found: dict[str, Mapping[str, Any]] = {}
    for name, named in named_tables()[names].items():
        says = {column: getattr(named, column) for column in columns if getattr(named, column) is not None}
        found[name] = says
    return found


def _says(says: Any) -> Mapping[str, Any]:
    """What is said, which may be the algorithm alone."""
    return says if isinstance(says, Mapping) else {"algorithm": says}


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _patterns(notations: str | list[str], names: Iterable[str] = ()) -> tuple[Pattern, ...]:
    return tuple(pattern for text in _listed(notations) for pattern in compile_patterns(text, names))
