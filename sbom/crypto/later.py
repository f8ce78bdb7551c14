"""What is called or set later on the object that a site makes, and says more about it."""

import re
from collections.abc import Callable

from sbom.crypto.declarations import Function
from sbom.crypto.draft import Draft
from sbom.crypto.kinds import kinds
from sbom.crypto.literals import Value
from sbom.crypto.objects import given
from sbom.crypto.paths import path_of
from sbom.crypto.pattern import Pattern
from sbom.crypto.read import Reader
from sbom.crypto.sites import Site
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import CALLS, call_site

_SCOPES = kinds("scopes")
_SCOPE_DEPTH = 14
_JOINS = re.compile(r"\^|(?i:xor|\biv\b|nonce|counter|cmac)")
"""What joins blocks to a mode by hand."""


class Later:
    """The calls and settings of a file that rules ask for as `after`."""

    def __init__(self, file: SourceFile, sites: list[Site], reader: Reader) -> None:
        self._file = file
        self._sites = sites
        self._reader = reader

    def read(self, draft: Draft) -> None:
        """Take over what is said later of the object that a draft makes."""
        if not draft.rule.after or not self._sites:
            return
        name = self._assigned(draft.site)
        function = self._file.function_at(draft.site.start)
        for pattern in draft.rule.after:
            for site in self._sites:
                if pattern.kind != site.kind:
                    continue
                match = pattern.path.fullmatch(site.path.rpartition(".")[2])
                if match is None or not self._is_on(site, draft.site, name, function, pattern):
                    continue
                draft.used = draft.used or (function is not None and not _JOINS.search(function.node.text()))
                for role, text in match.groupdict().items():
                    self._reader.give_text(draft, role, [Value(text)])
                self._reader.read_arguments(draft, site, pattern.arguments)
                own = self._reader.placed.get((site.start, site.end, site.kind))
                if own is not None and own is not draft and own.rule.part:
                    own.consumed = True

    def _is_on(
        self, site: Site, made: Site, name: str | None, function: Function | None, pattern: Pattern
    ) -> bool:
        if site.receiver is not None and site.receiver.range().start.index == made.start:
            return True
        if _in_scope_of(site, lambda start, path: start == made.start or (name is not None and path == name)):
            return True
        if name is None:
            return False
        on = site.path.rpartition(".")[0]
        own = next((argument for argument in pattern.arguments if argument.role == "SELF"), None)
        if own is not None and (node := given(site, own, self._file)) is not None:
            on = path_of(node.text())
        if on.rpartition(".")[2].lstrip("$@") != name:
            return False
        return self._file.function_at(site.start) == function or "." in on or self._is_field(name)

    def _is_field(self, name: str) -> bool:
        return any(
            self._file.function_at(item.start) is None for item in self._file.definitions.get(name, ())
        )

    def _assigned(self, site: Site) -> str | None:
        """The variable that a site's value is given to."""
        best = None
        for definitions in self._file.definitions.values():
            for definition in definitions:
                span = definition.value.range()
                inside = span.start.index <= site.start and site.end <= span.end.index
                if inside and (best is None or definition.start >= best.start):
                    best = definition
        if best is None or best.name in ("status", "ret", "rc", "err", "res", "result", "rv"):
            return _filled(site) or (best.name if best is not None else None)
        return best.name


def _filled(site: Site) -> str | None:
    """The variable that a call of C puts what it makes in: `open(&handle, …)`."""
    first = site.arguments[0].node if site.arguments else None
    if first is None or first.kind() != "pointer_expression" or not first.text().startswith("&"):
        return None
    return path_of(first.children()[-1].text()).rpartition(".")[2] or None


def _in_scope_of(site: Site, is_object: Callable[[int, str], bool]) -> bool:
    """Whether a call without an object stands in a block on the object: `made.apply { initialize(…) }`."""
    if site.path.rpartition(".")[0] not in ("", "this", "it"):
        return False
    node = site.node.parent()
    for _ in range(_SCOPE_DEPTH):
        if node is None:
            return False
        call = call_site(node) if node.kind() in CALLS else None
        if call is not None and call.receiver is not None and call.path.rpartition(".")[2] in _SCOPES:
            return is_object(int(call.receiver.range().start.index), path_of(call.receiver.text()))
        node = node.parent()
    return False
