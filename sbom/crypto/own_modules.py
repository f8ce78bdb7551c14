"""Which imported modules are a repository's own, by its files and the modules that it declares."""

import re
from collections.abc import Iterable

_CLASS = re.compile(r"(?:[a-z_][\w$]*\.)+[A-Z][\w$]*")
_GO_MODULE = re.compile(rb"^module[ \t]+\"?([\w./~-]+)", re.M)
_PACKAGE = re.compile(r"(?:(?:src|lib|python)/)?(\w+)/__init__\.py")
_SOURCES = re.compile(r"^(?:src|lib|python)/")
_GEM = re.compile(r"(?:.*/)?([\w-]+)\.gemspec")
_NAMESPACE = re.compile(rb"\"([A-Z]\w*(?:\\\\\w+)*)(?:\\\\)?\"\s*:")
_C = frozenset({"c", "cc", "cpp", "cxx"})
_HASH = re.compile(r"(md5|sha1|sha224|sha256|sha384|sha512)(?![0-9])")
_PREFIX = re.compile(r"([a-z]{6,})_")
_COMMON = frozenset({"crypto", "cipher", "digest", "hashes"})
"""Headers of many repositories, which say nothing of what begins like them."""
MOST_DECLARATIONS = 50
"""`go.mod` files that are read; those at the top come first."""


class OwnModules:
    """Modules are asked for as dotted paths, as imports give them."""

    def __init__(self, paths: Iterable[str] = ()) -> None:
        self._folders: set[str] = set()
        self._classes: set[str] = set()
        self._paths: dict[str, list[str]] = {}
        """Paths of the files of classes, without their ending, by the last of their three names."""
        self._go: set[str] = set()
        self._packages: set[str] = set()
        self._modules: set[str] = set()
        """Files of Python in folders, without their ending: packages need no `__init__.py`."""
        self._gems: set[str] = set()
        self._namespaces: set[str] = set()
        self._types: set[str] = set()
        """Names of files of C#, after which the types are called that they hold."""
        self._hashes: set[str] = set()
        """Hashes that a file of C is called after: the repository's own, or its copy."""
        self._headers: set[str] = set()
        """Names of headers of C, after which libraries call what they declare."""
        for path in paths:
            if package := _PACKAGE.fullmatch(path):
                self._packages.add(package[1])
            elif gem := _GEM.fullmatch(path):
                self._gems.add(re.sub(r"[_-]", "", gem[1]).lower())
            stem, _, ending = path.rpartition(".")
            segments = stem.split("/")
            if ending == "py" and len(segments) > 1:
                self._modules.add(_SOURCES.sub("", stem))
            if ending in ("py", "js", "ts", "tsx", "jsx", "vue", "mjs"):
                self._folders.update(segments)
            elif ending in _C and (hashed := _HASH.match(segments[-1].lower())):
                self._hashes.add(hashed[1])
            elif ending == "h" and "/" not in stem.rpartition("include/")[2]:
                self._headers.add(segments[-1].lower())
            elif ending == "cs":
                self._types.add(segments[-1])
            elif ending in ("java", "kt", "scala", "sol"):
                named = "/".join(segments[-3:])
                self._classes.add(named)
                self._paths.setdefault(named, []).append(stem)

    def add_go_module(self, content: bytes) -> None:
        """Take in what a `go.mod` declares."""
        if match := _GO_MODULE.search(content):
            self._go.add(match[1].decode("utf-8", "replace").replace("/", "."))

    def add_php_package(self, content: bytes) -> None:
        """Take in the namespaces that the `composer.json` at the top says to be loaded from its folders."""
        autoload = content.partition(b'"autoload"')[2].partition(b"}")[0]
        for match in _NAMESPACE.finditer(autoload):
            self._namespaces.add(match[1].decode("utf-8", "replace").replace("\\\\", "."))

    def declares(self, language: str, path: str) -> bool:
        """Whether a full path leads to a package, class or hash of C that is the repository's own."""
        first = path.partition(".")[0]
        if language == "python":
            return first in self._packages or self._is_module(path)
        if language == "ruby":
            return first.lower() in self._gems
        if language == "php":
            return any(path.startswith(f"{own}.") for own in self._namespaces)
        if language == "csharp":
            return path in self._types
        if language in _C:
            hashed = _HASH.match(path.lower())
            if hashed is not None:
                return hashed[1] in self._hashes
            named = _PREFIX.match(path)
            return named is not None and named[1].lower() in self._headers - _COMMON
        if language == "solidity":  # @openzeppelin/contracts/utils/cryptography/ECDSA.sol
            path = path.partition(".")[2]
        match = _CLASS.match(path)
        if match is None:
            return False
        segments = match[0].split(".")
        stems = self._paths.get("/".join(segments[-3:]), ())
        ending = "/" + "/".join(segments)
        return any(f"/{stem}".endswith(ending) for stem in stems)

    def owns(self, module: str) -> bool:
        """Whether a module is the repository's own."""
        if any(module == own or module.startswith(f"{own}.") for own in self._go):
            return True
        segments = module.split(".")
        named = {"/".join(segments[-3:]), "/".join(segments[-4:-1])}  # a class, or a member of one
        return segments[0] in self._folders or not named.isdisjoint(self._classes)

    def _is_module(self, path: str) -> bool:
        """Whether a path of Python leads into a file in a folder: `perceval.backends.askbot.AskbotClient`."""
        ends = [at for at, letter in enumerate(path) if letter == "."][1:]
        return any(path[:end].replace(".", "/") in self._modules for end in (*ends, len(path)))
