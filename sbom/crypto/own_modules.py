"""Which imported modules are a repository's own, by its files and the modules that it declares."""

import re
from collections.abc import Iterable

_GO_MODULE = re.compile(rb"^module[ \t]+\"?([\w./~-]+)", re.M)
MOST_DECLARATIONS = 50
"""`go.mod` files that are read; those at the top come first."""


class OwnModules:
    """Modules are asked for as dotted paths, as imports give them."""

    def __init__(self, paths: Iterable[str] = ()) -> None:
        self._folders: set[str] = set()
        self._classes: set[str] = set()
        self._go: set[str] = set()
        for path in paths:
            stem, _, ending = path.rpartition(".")
            segments = stem.split("/")
            if ending in ("py", "js", "ts", "tsx", "jsx", "vue", "mjs"):
                self._folders.update(segments)
            elif ending in ("java", "kt"):
                self._classes.add("/".join(segments[-3:]))

    def add_go_module(self, content: bytes) -> None:
        """Take in what a `go.mod` declares."""
        if match := _GO_MODULE.search(content):
            self._go.add(match[1].decode("utf-8", "replace").replace("/", "."))

    def owns(self, module: str) -> bool:
        """Whether a module is the repository's own."""
        if any(module == own or module.startswith(f"{own}.") for own in self._go):
            return True
        segments = module.split(".")
        named = {"/".join(segments[-3:]), "/".join(segments[-4:-1])}  # a class, or a member of one
        return segments[0] in self._folders or not named.isdisjoint(self._classes)
