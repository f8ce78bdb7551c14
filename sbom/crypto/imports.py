"""What names of a file stand for: its imports, as full dotted paths.

Imports are read from the text with regular expressions, because a comment that looks like an import adds a
name that nothing uses, while walking the tree costs more than all other reading of a file.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Imports:
    """`names`: short name → full path; `stars`: paths all of whose names are at hand."""

    names: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    generics: dict[str, str] = field(default_factory=dict)
    """Type arguments of what a local alias stands for."""
    crates: frozenset[str] = frozenset()
    """Crates that rules know, which others may hand on: `store::blake3`."""

    def full_paths(self, path: str, at_hand: frozenset[str] | None = None) -> Iterator[str]:
        """What a path of names, as it stands in the file, may be in full; the likeliest first.

        `at_hand` are the names that need no import; null if every name may be one.
        """
        first, dot, rest = path.partition(".")
        if full := self.names.get(first):
            yield f"{full}{dot}{rest}"
            if self.crates and (handed := self._handed_on(f"{full}{dot}{rest}")):
                yield handed
            return
        if at_hand is not None and first not in at_hand:
            return
        yield path
        if self.crates and (handed := self._handed_on(path)):
            yield handed
        for star in self.stars:
            yield f"{star}.{path}"

    def _handed_on(self, path: str) -> str | None:
        """The path in a crate that another crate, which no rule knows, hands on."""
        owner, _, rest = path.partition(".")
        crate, dot, _ = rest.partition(".")
        is_known = owner in self.crates or owner in _RUST_OWN or not owner.islower()
        return rest if dot and crate in self.crates and not is_known else None


def read_imports(language: str, text: str) -> Imports:
    """The imports of a file; empty for languages without."""
    found = Imports()
    if reader := _READERS.get(language):
        reader(text, found)
    return found


_JAVA = re.compile(
    r"(?:^|;)[ \t]*import[ \t]+(?:static[ \t]+)?([\w.]+?)(\.\*)?(?:[ \t]+as[ \t]+(\w+))?[ \t]*(?=;|$|/[/*])",
    re.M,
)


_PACKAGE = re.compile(r"^[ \t]*package[ \t]+([\w.]+)", re.M)


_MOVED = re.compile(
    r"(?:\w+\.)+(?:shade|shaded|thirdparty|relocated|repackaged)\.(?:[a-z]+\d*\.)?((?:com|org|io|net|cn|javax)\..+)"
)


def _original(path: str) -> str:
    """The path that a library has by itself, of which another one holds a copy under its own name."""
    moved = _MOVED.fullmatch(path)
    return moved[1] if moved else path


def _java(text: str, found: Imports) -> None:
    for match in _JAVA.finditer(text):
        path, star, alias = match.groups()
        path = _original(path)
        if star:
            found.stars.append(path)
        else:
            found.names[alias or path.rpartition(".")[2]] = path
    if package := _PACKAGE.search(text):
        found.stars.append(package[1])
    found.stars.append("java.lang")


_SCALA = re.compile(
    r"(?:^|[;{])[ \t]*import[ \t]+"
    r"([\w.`]++(?:\{[^{}]*\}|\*)?(?:[ \t]*,[ \t]*[\w.`]++(?:\{[^{}]*\}|\*)?)*+(?:[ \t]+as[ \t]+\w+)?)",
    re.M,
)
_SCALA_ITEM = re.compile(r"(?<![\w.])([\w.]+?)(?:\.?\{([^{}]*)\}|\.(_|\*)|[ \t]+as[ \t]+(\w+))?[ \t]*(?:,|$)")
_SCALA_NAME = re.compile(r"(\w+|\*)(?:\s*(?:=>|\bas\b)\s*(\w+))?")


def _scala(text: str, found: Imports) -> None:
    for match in _SCALA.finditer(text):
        for written, listed, star, alias in _SCALA_ITEM.findall(match[1].replace("`", "").strip()):
            path = _original(written)
            if star:
                found.stars.append(path)
            for item in listed.split(",") if listed else ():
                given = _SCALA_NAME.match(item.strip())
                if given is None:
                    continue
                if given[1] in ("_", "*"):
                    found.stars.append(path)
                elif given[2] != "_":
                    found.names[given[2] or given[1]] = f"{path}.{given[1]}"
            if not (star or listed):
                found.names[alias or path.rpartition(".")[2]] = path
    for name, path in list(found.names.items()):  # import javax.crypto; import crypto.Cipher
        first, dot, rest = path.partition(".")
        if dot and first != name and first in found.names:
            found.names[name] = f"{found.names[first]}.{rest}"
    found.stars += [match[1] for match in _PACKAGE.finditer(text)]
    found.stars.append("java.lang")


_PYTHON_IMPORT = re.compile(r"^[ \t]*import[ \t]+([^\n#]+)", re.M)
_PYTHON_FROM = re.compile(r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]+)", re.M)
_AS = re.compile(r"([\w.*]+)(?:\s+as\s+(\w+))?")


def _python(text: str, found: Imports) -> None:
    for match in _PYTHON_IMPORT.finditer(text):
        for item in match[1].split(","):
            if name := _AS.match(item.strip()):
                if name[2]:
                    found.names[name[2]] = name[1]
                else:
                    first = name[1].partition(".")[0]
                    found.names[first] = first
    for match in _PYTHON_FROM.finditer(text):
        listed = re.sub(r"#[^\n]*|\\\n", "", match[2].strip("()"))
        for item in listed.split(","):
            name = _AS.match(item.strip())
            if name is None:
                continue
            if name[1] == "*":
                found.stars.append(match[1])
            else:
                found.names[name[2] or name[1]] = f"{match[1]}.{name[1]}"


_GO_BLOCK = re.compile(r"^import[ \t]*\(([^)]*)\)", re.M)
_GO_ONE = re.compile(r'^import[ \t]+([\w.]+[ \t]+)?"([^"\n]+)"', re.M)
_GO_SPEC = re.compile(r'(?:^|;)[ \t]*([\w.]+[ \t]+)?"([^"\n]+)"', re.M)


def _go(text: str, found: Imports) -> None:
    specs = [match.groups() for match in _GO_ONE.finditer(text)]
    for block in _GO_BLOCK.finditer(text):
        specs += [match.groups() for match in _GO_SPEC.finditer(block[1])]
    for given, path in specs:
        alias = (given or "").strip()
        dotted = path.replace("/", ".")
        if alias == ".":
            found.stars.append(dotted)
        else:
            if alias:
                found.names[alias] = dotted
                continue
            for name in _package_names(path):
                found.names.setdefault(name, dotted)


def _package_names(path: str) -> Iterator[str]:
    """What a package may be called by its path: `sha256-simd` is `sha256`, `jwt-go/v4` is `jwt` or `v4`."""
    last = re.sub(r"[/.]v\d+$", "", path).rpartition("/")[2]
    plain = re.sub(r"^go-|^go\.|[-.]go$", "", last)
    yield plain.rpartition("-")[2]
    if "-" in plain:
        yield plain.partition("-")[0]
        yield plain.replace("-", "")
        yield plain.replace("-", "_")
    if path[-3:-1] == "/v":
        yield path[-2:]


_CSHARP = re.compile(
    r"(?:^|;)[ \t]*(?:global[ \t]+)?using[ \t]+(static[ \t]+)?(?:(\w+)[ \t]*=[ \t]*)?([\w.]+)[ \t]*(?=;)",
    re.M,
)


def _csharp(text: str, found: Imports) -> None:
    for match in _CSHARP.finditer(text):
        if match[2]:
            found.names[match[2]] = match[3]
        else:
            found.stars.append(match[3])
    found.stars += [name for name in _GLOBAL_USINGS if name not in found.stars]


# What a `global using` of another file may put at hand; names of the file itself go before it.
_GLOBAL_USINGS = ("System.Security.Cryptography",)
GIVEN_MODULES = ("java.lang", *_GLOBAL_USINGS)
"""Modules that a file need not name."""

# These begin with their word alone, so that it is searched for as a text: bundles are megabytes long.
_ES_IMPORT = re.compile(r"import\s+(?:type\s+)?([\w$*{},\s]+?)\s*\bfrom\s*['\"]([^'\"\n]+)['\"]")
_LOADS = (
    re.compile(r"require\(\s*['\"]([^'\"\n]+)['\"]\s*\)((?:\.[\w$]+)*)"),
    re.compile(r"import\(\s*['\"]([^'\"\n]+)['\"]\s*\)((?:\.[\w$]+)*)"),
)
_LOADED_AS = re.compile(r"(?:const|let|var|[,{;]|^)\s*([\w$]+|\{[^{}]*\})\s*=\s*(?:await\s+)?\Z", re.M)
_BEFORE_LOAD = 2_000
_TS_REQUIRE = re.compile(r"import\s+([\w$]+)\s*=\s*require\(\s*['\"]([^'\"\n]+)['\"]\s*\)")
_WEB_CRYPTO = frozenset({"crypto", "globalThis", "self", "window"})
_DESTRUCTURED = re.compile(r"(?:const|let|var)\s*\{([^{}]*)\}\s*=\s*([\w$]+(?:\.[\w$]+)*)\s*[;\n]")
_ALIASED = re.compile(r"(?:const|let|var)\s+([\w$]+)\s*=\s*([\w$]+(?:\.[\w$]+)*)\s*(?=[;\n]|\|\||\?\?)")

_LOADER = re.compile(
    r"(?:function\s+([\w$]+)\s*\([^()]*\)[^{;]{0,80}\{|(?:const|let|var)\s+([\w$]+)\s*=\s*(?:async\s*)?\([^()]*\)[^{;=]{0,80}=>)"
    r"[^}]{0,300}?\bimport\(\s*['\"]([^'\"\n]+)['\"]\s*\)"
)
"""A function that loads a module when it is asked for: `function getJose() { return import('jose') }`."""
_LOADED = re.compile(r"(?:const|let|var)\s*(\{[^{}]*\}|[\w$]+)\s*=\s*await\s+([\w$]+)\(\)")


def _javascript(text: str, found: Imports) -> None:
    for match in _ES_IMPORT.finditer(text) if "from" in text else ():
        module = module_path(match[2])
        clause = match[1]
        named = re.search(r"\{([^}]*)\}", clause)
        if named:
            _named_imports(named[1], module, found)
            clause = clause.replace(named[0], "")
        for item in clause.split(","):
            default = re.fullmatch(r"(?:\*\s+as\s+)?([\w$]+)", item.strip())
            if default:
                found.names[default[1]] = module
    for match in (load for pattern in _LOADS for load in pattern.finditer(text)):
        named = _LOADED_AS.search(text, max(0, match.start() - _BEFORE_LOAD), match.start())
        module = module_path(match[1]) + match[2]
        if named is not None and named[1].startswith("{"):
            _named_imports(named[1].strip("{}"), module, found)
        elif named is not None:
            found.names[named[1]] = module
    loaders = (
        {match[1] or match[2]: match[3] for match in _LOADER.finditer(text)} if "import(" in text else {}
    )
    for match in _LOADED.finditer(text) if loaders else ():
        if (loaded := loaders.get(match[2])) and match[1].startswith("{"):
            _named_imports(match[1].strip("{}"), module_path(loaded), found)
        elif loaded:
            found.names[match[1]] = module_path(loaded)
    for match in _TS_REQUIRE.finditer(text):
        found.names[match[1]] = module_path(match[2])
    for match in _DESTRUCTURED.finditer(text):
        path = next(found.full_paths(match[2]))
        first = path.partition(".")[0]
        if first in found.names.values() or path != match[2] or first in _WEB_CRYPTO:
            _named_imports(match[1], path, found)
    for match in _ALIASED.finditer(text):  # const subtle = globalThis.crypto.subtle
        first, _, rest = match[2].partition(".")
        if first in found.names or (first in _WEB_CRYPTO and rest.startswith(("crypto", "subtle"))):
            found.names.setdefault(match[1], next(found.full_paths(match[2])))


def _named_imports(items: str, module: str, found: Imports) -> None:
    for item in items.split(","):
        name = re.fullmatch(r"(?:type\s+)?([\w$]+)(?:\s*(?::|\bas\b)\s*([\w$]+))?(?:\s*=.*)?", item.strip())
        if name:
            found.names[name[2] or name[1]] = f"{module}.{name[1]}"


def module_path(name: str) -> str:
    """A module's name as the first segments of a path: `node:crypto` is crypto, a scope keeps its @."""
    return re.sub(r"\.js$", "", name.removeprefix("node:")).replace("/", ".")


_RUST_ALIAS = re.compile(r"\btype\s+(\w+)\s*=\s*([\w:]+?)(?:<(.*?)>)?\s*;", re.DOTALL)
_RUST_OWN = frozenset({"crate", "self", "super", "std", "core", "alloc"})
_RUST = re.compile(r"(?:^|[{;}])[ \t]*(?:pub(?:\([^()]*\))?\s+)?use\s+([^;]+);", re.M)


def _rust(text: str, found: Imports) -> None:
    for match in _RUST.finditer(text):
        if len(match[1]) < 4000:
            _rust_tree(re.sub(r"\s+", " ", match[1].strip()), "", found)
    for match in _RUST_ALIAS.finditer(text):
        path = next(found.full_paths(match[2].replace("::", ".")))
        found.names[match[1]] = path
        found.generics[match[1]] = match[3] or ""


def _rust_tree(tree: str, prefix: str, found: Imports) -> None:
    head, brace, rest = tree.partition("{")
    if brace:
        base = prefix + head.strip().replace("::", ".")
        for item in _split_list(rest.rpartition("}")[0]):
            _rust_tree(item, base, found)
        return
    path, _, alias = head.strip().partition(" as ")
    path = prefix + path.strip().replace("::", ".")
    if path.endswith("*"):
        found.stars.append(path.rstrip("*").rstrip("."))
    elif path.endswith(".self"):
        path = path.removesuffix(".self")
        found.names[alias.strip() or path.rpartition(".")[2]] = path
    elif path:
        found.names[alias.strip() or path.rpartition(".")[2]] = path


def _split_list(text: str) -> list[str]:
    items, depth, start = [], 0, 0
    for index, char in enumerate(text):
        depth += (char == "{") - (char == "}")
        if char == "," and depth == 0:
            items.append(text[start:index])
            start = index + 1
    return [item for item in (*items, text[start:]) if item.strip()]


_PHP = re.compile(
    r"(?:^|;|<\?php)[ \t]*use[ \t]+([\w\\]+?)(?:\\\{([^}]*)\}|[ \t]+as[ \t]+(\w+))?[ \t]*;", re.M
)


def _php(text: str, found: Imports) -> None:
    for match in _PHP.finditer(text):
        base = match[1].replace("\\", ".").lstrip(".")
        if match[2] is not None:
            for item in match[2].split(","):
                name, _, alias = item.strip().partition(" as ")
                dotted = name.strip().replace("\\", ".")
                found.names[alias.strip() or dotted.rpartition(".")[2]] = f"{base}.{dotted}"
        else:
            found.names[match[3] or base.rpartition(".")[2]] = base


_SWIFT = re.compile(r"^[ \t]*(?:@\w+[ \t]+)?import[ \t]+(?:\w+[ \t]+)?([\w.]+)[ \t]*$", re.M)


def _swift(text: str, found: Imports) -> None:
    found.stars += [match[1] for match in _SWIFT.finditer(text)]


_CPP = re.compile(r"^[ \t]*using[ \t]+(?:namespace[ \t]+([\w:]+)|([\w:]+))[ \t]*;", re.M)


_CPP_ALIAS = re.compile(
    r"\b(?:namespace|using)[ \t]+(\w+)[ \t]*=[ \t]*(?:typename[ \t]+)?(?:::)?([\w:]+)(?:<(.*?)>)?[ \t]*;"
)


def _cpp(text: str, found: Imports) -> None:
    for match in _CPP_ALIAS.finditer(text):
        found.names[match[1]] = match[2].replace("::", ".")
        found.generics[match[1]] = match[3] or ""
    for match in _CPP.finditer(text):
        if match[1]:
            found.stars.append(match[1].replace("::", "."))
        else:
            path = match[2].replace("::", ".")
            found.names[path.rpartition(".")[2]] = path


_LUA_LOADED = re.compile(
    r"^[ \t]*(?:local[ \t]+)?(?:\w+[ \t]*,[ \t]*)?(\w+)[ \t]*=[ \t]*"
    r"(?:pcall\([ \t]*require[ \t]*,|require\b[ \t]*\(?)"
    r"[ \t]*['\"]([\w./-]+)['\"][ \t]*\)?((?:\.\w+)*)",
    re.M,
)
_LUA_ALIASES = re.compile(
    r"^[ \t]*local[ \t]+(\w++(?:[ \t]*+,[ \t]*+\w++)*+)[ \t]*="
    r"[ \t]*(\w[\w., \t]{1,300}?)[ \t]{0,40}(?:;|--|$)",
    re.M,
)
_LUA_GLOBALS = ("ngx", "kong")


def _lua(text: str, found: Imports) -> None:
    for match in _LUA_LOADED.finditer(text):
        found.names[match[1]] = match[2].replace("/", ".") + match[3]
    for match in _LUA_ALIASES.finditer(text):  # local md5, hmac = ngx.md5, ngx.hmac_sha1
        names, values = (re.split(r"[ \t]*,[ \t]*", part) for part in match.groups())
        for name, value in zip(names, values, strict=False):
            first, dot, _ = value.partition(".")
            if name != value and (first in found.names or (dot and first in _LUA_GLOBALS)):
                found.names.setdefault(name, next(found.full_paths(value)))


_SOL = re.compile(r"^[ \t]*import\b([^;\"']{0,2000})[\"']([^\"'\n]+)[\"']", re.M)


def _solidity(text: str, found: Imports) -> None:
    for match in _SOL.finditer(text):
        module = re.sub(r"\.sol$", "", match[2]).replace("/", ".")
        named = re.search(r"\{([^{}]*)\}", match[1])
        if named:
            _named_imports(named[1], module, found)
        else:
            last = module.rpartition(".")[2]
            found.names[last] = f"{module}.{last}"


_READERS: dict[str, Callable[[str, Imports], None]] = {
    "java": _java,
    "kotlin": _java,
    "groovy": _java,
    "scala": _scala,
    "python": _python,
    "go": _go,
    "csharp": _csharp,
    "javascript": _javascript,
    "typescript": _javascript,
    "tsx": _javascript,
    "vue": _javascript,
    "arkts": _javascript,
    "rust": _rust,
    "php": _php,
    "swift": _swift,
    "c": _cpp,
    "cpp": _cpp,
    "objc": _cpp,
    "lua": _lua,
    "solidity": _solidity,
}
