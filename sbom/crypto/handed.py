"""Calls of a function that is handed on to another one of the file: `stream(key, iv, cipher.NewCTR)`."""

from collections.abc import Iterator

from sbom.crypto.kinds import kinds
from sbom.crypto.sites import Site
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import call_site, site_at

_ARGUMENT_LISTS = kinds("argument_lists")


def calls_of_handed(site: Site, file: SourceFile) -> Iterator[Site]:
    """The calls of a parameter in the function of the file that a name is an argument for."""
    listed = site.node.parent()
    call = listed.parent() if listed is not None and listed.kind() in _ARGUMENT_LISTS else None
    made = call_site(call) if call is not None else None
    if made is None:
        return
    places = [place for place, given in enumerate(made.arguments) if given.node == site.node]
    for function in file.functions_by_name.get(made.path.rpartition(".")[2], ()):
        for place in places:
            if place >= len(function.parameters):
                continue
            name = function.parameters[place]
            for leaf in file.leaves_named(name):
                inner = site_at(leaf) if function.start < leaf.range().start.index < function.end else None
                if inner is not None and inner.kind == "call" and inner.path == name:
                    yield inner
