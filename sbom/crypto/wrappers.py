"""Functions of other people's packages whose names say what they wrap: `mopan.AesEncrypt(data, key)`.

No rule knows their package, and the code that they call is not in the repository, so that their call is the
only site there is. Functions of the repository itself are not told beside what they call.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import Any

from sbom.crypto.algorithms import Algorithm
from sbom.crypto.catalogue import full_name, resolve_algorithm, resolve_mode
from sbom.crypto.context import context_of
from sbom.crypto.data import read_data
from sbom.crypto.imports import read_imports
from sbom.crypto.languages import Language
from sbom.crypto.model import AssetType, Confidence, CryptoOccurrence
from sbom.crypto.project import Project
from sbom.crypto.rows import DETECTOR, DETECTOR_VERSION
from sbom.crypto.sites import Site
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import find_leaves, site_at

WRAPPERS = "wrappers"
"""What occurrences of such calls name as their library, which has no rules."""
_LANGUAGES = frozenset(
    {"go", "java", "kotlin", "scala", "groovy", "python", "javascript", "typescript", "tsx", "vue"}
)
_WORDS = re.compile(r"[A-Z]{2,}\d*(?![a-z])|[A-Z]?[a-z]+\d*|[A-Z]\d*|\d+")
_CALLS = re.compile(r"(?<![\w$.])([\w$]+)(?:\.(\w+))?[ \t]*\(")
_NEAR = (".", "@.", "~.", "src.", "#", "crypto.", "hash.", "java.", "javax.", "golang.org.x.crypto.")
_MODES = frozenset({"cbc", "ecb", "gcm", "ctr", "cfb", "ofb"})
_MOST = 100
_LONGEST = 200_000
"""Letters of a file that is looked into; longer ones are bundles of others' code."""


@dataclass(frozen=True, slots=True)
class _Said:
    algorithm: Algorithm | None
    function: str | None


def wrapper_rows(
    file: SourceFile, project: Project | None, told: frozenset[int]
) -> Iterator[CryptoOccurrence]:
    """An occurrence for each such call; `told` are the lines of which rules tell already."""
    if not may_wrap(file.language, file.text, project):
        return
    names = sorted(word for word in file.words if _names().fullmatch(word))
    for leaf in find_leaves(file.root, file.grammar, "|".join(names))[:_MOST]:
        site = site_at(leaf)
        if site is None or site.kind != "call" or not site.path.endswith(leaf.text()) or "()" in site.path:
            continue
        said = _said(site.path)
        line, column = file.place(int(leaf.range().start.index))
        if said is None or line in told or not _is_foreign(site, file, project):
            continue
        algorithm = said.algorithm
        yield CryptoOccurrence(
            path=file.path,
            line=line,
            column=column,
            offset=int(leaf.range().start.index),
            language=file.language.name,
            rule="wrapper",
            library=WRAPPERS,
            api=next(iter(file.imports.full_paths(site.path))),
            asset_type=AssetType.ALGORITHM,
            algorithm=full_name(algorithm) if algorithm else None,
            family=algorithm.family if algorithm else None,
            mode=algorithm.mode if algorithm else None,
            padding=algorithm.padding if algorithm else None,
            key_size=algorithm.size if algorithm else None,
            curve=algorithm.curve if algorithm else None,
            digest=algorithm.digest if algorithm else None,
            iterations=None,
            protocol=None,
            protocol_version=None,
            primitive=algorithm.primitive if algorithm else None,
            function=said.function,
            confidence=Confidence.MEDIUM if algorithm else Confidence.LOW,
            context=context_of(file.path),
            findings=("ecb-mode",) if algorithm and algorithm.mode == "ecb" else (),
            parser=DETECTOR,
            parser_version=DETECTOR_VERSION,
        )


def may_wrap(language: Language, text: str, project: Project | None) -> bool:
    """Whether a text may hold such a call, by its imports alone: what decides whether it is parsed for it."""
    if language.name not in _LANGUAGES or len(text) > _LONGEST:
        return False
    imports = read_imports(language.name, text).names
    near = {name for name, module in imports.items() if module.startswith(_NEAR)}
    if not (foreign := imports.keys() - near):
        return False
    for owner, name in set(_CALLS.findall(text)):
        if owner not in foreign or _said(f"{owner}.{name}" if name else owner) is None:
            continue
        if project is None or not project.owns(imports[owner]):
            return True
    return False


@lru_cache(maxsize=4096)
def _said(path: str) -> _Said | None:
    """What the name of a function says, with the class that it belongs to; null where it is no such name."""
    owner, _, name = path.rpartition(".")
    if owner.rpartition(".")[2].lower() in _table()["identifiers"]:
        return None
    words = _split(name)
    algorithms = [word for word in words if word in _table()["algorithms"]]
    if not algorithms:  # AESUtil.encrypt
        whole = owner.rpartition(".")[2]
        owner_words = [whole] if whole in _table()["algorithms"] else _split(whole)
        algorithms = [word for word in owner_words if word in _table()["algorithms"]]
        words = [*owner_words, *words]
    known = {*_table()["algorithms"], *_table()["verbs"], *_table()["fillers"]}
    if not algorithms:
        return _said_of_encryption(_split(name))
    if not known.issuperset(words):
        return None
    verbs = [word for word in words if word in _table()["verbs"]]
    if not verbs and algorithms[0] not in _table()["alone"]:
        return None
    found = resolve_algorithm("-".join(dict.fromkeys(algorithms))) or resolve_algorithm(algorithms[0])
    if found is None:
        return None
    mode = next(filter(None, map(resolve_mode, (word for word in words if word in _MODES))), None)
    found = (resolve_algorithm(f"{found.name}-{mode}") if mode else None) or found
    function = next((_table()["verbs"][word] for word in verbs), None)
    return _Said(found, {"hash": "digest", "mac": "tag"}.get(found.primitive or "", function))


def _said_of_encryption(words: list[str]) -> _Said | None:
    """What a name says that names no algorithm: `WithEncryption`, `decrypt`."""
    encrypting = [word for word in words if word in _table()["encrypting"]]
    if not encrypting or not {*encrypting, *_table()["fillers"]}.issuperset(words):
        return None
    return _Said(None, _table()["verbs"][encrypting[0]])


def _split(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]


def _is_foreign(site: Site, file: SourceFile, project: Project | None) -> bool:
    """Whether a function comes from an imported package that is not the repository's own."""
    first = site.path.partition(".")[0]
    module = file.imports.names.get(first)
    if module is None or first in file.own_names:
        return False
    if module.startswith(_NEAR):
        return False
    return project is None or not project.owns(module)


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = read_data("wrappers.yaml")
    return table


@cache
def _names() -> re.Pattern[str]:
    """The names that may wrap something."""
    inner = "|".join(sorted(_table()["algorithms"], key=len, reverse=True))
    inner += "|" + "|".join(_table()["encrypting"])
    verbs = "|".join(sorted(_table()["verbs"], key=len, reverse=True))
    return re.compile(rf"(?i:\w*?(?:{inner})\w*|(?:{verbs}))")


@cache
def wrapper_literals() -> tuple[str, ...]:
    """Texts, one of which stands in every file that calls such a function."""
    found = set()
    for algorithm, verb in product(_table()["common"], _table()["common_verbs"]):
        found |= {f"{algorithm}{verb.title()}", f"{algorithm.title()}{verb.title()}"}
        found |= {f"{algorithm.upper()}{verb.title()}", f"{algorithm}_{verb}", f"{verb}_{algorithm}"}
        if verb in _table()["encrypting"]:
            found |= {f"{verb}{algorithm.upper()}", f"{verb}{algorithm.title()}"}
    for algorithm in _table()["common"]:
        found |= {f"{algorithm.title()}Util", f"{algorithm.upper()}Util", f"{algorithm.title()}Cipher"}
    for algorithm, ending in product(_table()["named_classes"], _table()["class_endings"]):
        found |= {f"{algorithm.title()}{ending}", f"{algorithm.upper()}{ending}"}
    found |= set(_table()["packages"])
    for verb in _table()["encrypting"]:
        found |= {f"{verb}(", f"{verb.title()}("}
    return tuple(sorted(found))
