"""Who provides the APIs of cryptography that the rules know: packages, platforms, registries of names.

All in `libraries/*.yaml`; how an entry is made stands in `libraries/platforms.yaml`. Whose an API symbol is
is told by how it begins.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from sbom.crypto.data import FOLDER, read_data
from sbom.crypto.languages import languages

Kind = Literal["package", "platform", "standard", "own"]
_SECTIONS: Mapping[str, Kind] = {
    "packages": "package",
    "platforms": "platform",
    "standards": "standard",
    "own": "own",
}
_FIELDS = frozenset({"purls", "brought_by", "name", "apis", "libraries", "implements"})
_FIELDS |= {"provides", "protocols", "source"}


@dataclass(frozen=True, slots=True)
class Provider:
    """What provides an API."""

    name: str
    """Of a package its purl without version."""
    kind: Kind
    """`package` of a package manager; `platform`: a language, runtime or operating system; `standard`: names
    of a registry, which belong to no library; `own`: what projects have among their own sources."""
    provides: tuple[str, ...]
    """Algorithm families, sorted."""
    protocols: tuple[str, ...]
    implements: str | None
    """The platform whose API it implements too."""
    brings: bool
    """It provides nothing itself, but depends on the package that does."""
    source: str


@dataclass(frozen=True, slots=True)
class Api:
    """Names of an API that a provider has."""

    provider: str
    language: str
    symbol: str
    """A symbol, or the module or beginning that its symbols have."""
    prefix: str
    """How all its other symbols begin."""
    libraries: tuple[str, ...]
    """Libraries of rules that alone count; none = all."""

    def has(self, library: str, api: str) -> bool:
        """Whether a symbol, as a library of rules tells it, is one of the API."""
        if self.libraries and library not in self.libraries:
            return False
        return api == self.symbol or api.startswith(self.prefix)


def load_providers() -> Mapping[str, Provider]:
    """All providers, by name; a package that several entries name provides what all of them say."""
    return _load()[0]


def load_apis() -> Sequence[Api]:
    """The APIs of all providers."""
    return _load()[1]


@lru_cache(maxsize=65_536)
def apis_of(language: str, library: str, api: str) -> tuple[Api, ...]:
    """The APIs that a symbol may be one of, by the language and the library of rules that tell it."""
    return tuple(item for item in _by_language().get(language, ()) if item.has(library, api))


def provider_tables() -> Mapping[str, list[dict[str, Any]]]:
    """The rows of the raw tables that say who provides which API, by the table's name."""
    return {
        "crypto_library": [
            {
                "library": provider.name,
                "kind": provider.kind,
                "provides": list(provider.provides),
                "protocols": list(provider.protocols),
                "implements": provider.implements,
                "brings": provider.brings,
                "source": provider.source,
            }
            for provider in load_providers().values()
        ],
        "crypto_library_api": [
            {
                "library": item.provider,
                "language": item.language,
                "symbol": item.symbol,
                "prefix": item.prefix,
                "rule_libraries": list(item.libraries),
            }
            for item in load_apis()
        ],
    }


def is_implemented_by(provider: Provider, platform: Provider, family: str | None) -> bool:
    """Whether an algorithm that a platform's API is asked for is one that another provider adds to it."""
    if provider.implements != platform.name or family is None:
        return False
    return family in provider.provides and family not in platform.provides


@cache
def _by_language() -> Mapping[str, Sequence[Api]]:
    found: dict[str, list[Api]] = {}
    for item in load_apis():
        found.setdefault(item.language, []).append(item)
    return found


@cache
def _load() -> tuple[Mapping[str, Provider], Sequence[Api]]:
    providers: dict[str, Provider] = {}
    apis: dict[tuple[str, str, str, tuple[str, ...]], Api] = {}
    for path in sorted(FOLDER.glob("libraries/*.yaml")):
        data = read_data(f"libraries/{path.name}")
        spoken = _with_kin(data.pop("languages", languages()))
        if unknown := data.keys() - _SECTIONS.keys():
            raise ValueError(f"libraries/{path.name}: unknown section {', '.join(sorted(unknown))}")
        for section, entries in data.items():
            for entry in entries:
                for provider in _providers(entry, _SECTIONS[section], path.name):
                    known = providers.get(provider.name)
                    providers[provider.name] = _joined(known, provider) if known else provider
                    for item in _apis(entry, provider.name, spoken):
                        apis[item.provider, item.language, item.symbol, item.libraries] = item
    return providers, tuple(apis.values())


def _with_kin(names: Iterable[str]) -> tuple[str, ...]:
    """Languages and those whose files share names with theirs."""
    wanted = set(names)
    return tuple(name for name, language in languages().items() if wanted & {name, language.kin})


def _providers(entry: Mapping[str, Any], kind: Kind, where: str) -> Iterator[Provider]:
    names = [*entry["purls"], *entry.get("brought_by", ())] if kind == "package" else [entry["name"]]
    if unknown := entry.keys() - _FIELDS:
        raise ValueError(f"libraries/{where}: {names[0]}: unknown field {', '.join(sorted(unknown))}")
    if not entry.get("apis") and not entry.get("libraries"):
        raise ValueError(f"libraries/{where}: {names[0]}: no API")
    for name in names:
        yield Provider(
            name,
            kind,
            tuple(sorted(entry.get("provides", ()))),
            tuple(sorted(entry.get("protocols", ()))),
            entry.get("implements"),
            name in entry.get("brought_by", ()),
            entry["source"],
        )


def _joined(one: Provider, other: Provider) -> Provider:
    if one.brings != other.brings:  # what a package provides itself counts
        return other if one.brings else one
    sources = one.source.split("; ")
    sources += [source for source in other.source.split("; ") if source not in sources]
    return Provider(
        one.name,
        one.kind,
        tuple(sorted({*one.provides, *other.provides})),
        tuple(sorted({*one.protocols, *other.protocols})),
        one.implements or other.implements,
        one.brings,
        "; ".join(sources),
    )


def _apis(entry: Mapping[str, Any], name: str, spoken: Sequence[str]) -> Iterator[Api]:
    libraries = tuple(entry.get("libraries", ()))
    for notation in entry.get("apis", ["*"]):
        symbol = notation.removesuffix("*")
        prefix = symbol if notation.endswith("*") else f"{symbol}."
        for language in spoken:
            yield Api(name, language, symbol, prefix, libraries)
