"""Macros of C that hand what they are given to one call of a library, which counts where they are used."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sbom.crypto.sites import Given, Site
from sbom.crypto.source_file import SourceFile

_DEFINED = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)\(([\w, \t]*)\)((?:\\\r?\n|[^\n])*)", re.M)
_CALL = re.compile(r"\b(\w+)\s*\(((?:[^()]|\(\w+\))*)\)")
_MOST_BODY = 800


@dataclass(frozen=True, slots=True)
class Macro:
    """The call that a macro makes: each argument by its place among the macro's own, null for a fixed one."""

    calls: str
    places: tuple[int | None, ...]


def macros_of(file: SourceFile, is_asked: Callable[[str], object]) -> Mapping[str, Macro]:
    """Macros of a file by name; only the first argument of their call may be fixed: a handle.

    Args:
        file: the file that defines and uses them.
        is_asked: whether a rule asks for calls of a name.
    """
    if file.language.kin != "c" or "define" not in file.text:
        return {}
    found = {}
    for name, parameters, body in _DEFINED.findall(file.text):
        taken = [item.strip() for item in parameters.split(",")]
        for called, arguments in _CALL.findall(body[:_MOST_BODY]):
            given = [item.strip(" \t\r\n\\()") for item in arguments.split(",")]
            places = tuple(taken.index(item) if item in taken else None for item in given)
            is_handed_on = len(places) > 1 and None not in places[1:]
            if called != name and is_handed_on and is_asked(called):
                found[name] = Macro(called, places)
                break
    return found


def expanded(site: Site, macro: Macro) -> Site:
    """The use of a macro as the call that it makes; a use that gives too little stays what it is."""
    if site.kind != "call" or len(site.arguments) <= max(place or 0 for place in macro.places):
        return site
    name = site.node.children()[0]
    given = [Given(None, name) if place is None else site.arguments[place] for place in macro.places]
    return replace(site, path=macro.calls, arguments=given)
