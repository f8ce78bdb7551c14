"""The generators of random numbers that fill an array, and whether a seed is a constant."""

from collections.abc import Iterator

from ast_grep_py import SgNode

from sbom.crypto.flow import assigned_values, values_of_parameter
from sbom.crypto.kinds import kinds
from sbom.crypto.source_file import SourceFile
from sbom.crypto.static import is_static
from sbom.crypto.syntax import call_site
from sbom.crypto.values import Evaluator

_FILLERS = kinds("fillers")
_STEPS = 3
"""From a name up to the call that it is an argument of."""
_MOST_LEAVES = 500
_MOST_NAMES = 16
"""Names that an array is followed through."""


def fillers_of(node: SgNode, file: SourceFile) -> Iterator[SgNode]:
    """The generators that fill the array of a name before a place: `random` of `random.nextBytes(key)`.

    An array that another name or the callers of a function give is looked at where they give it.
    """
    waiting, seen = [node], {int(node.range().start.index)}
    while waiting and len(seen) <= _MOST_NAMES:
        name = waiting.pop()
        if "identifier" not in name.kind():
            continue
        yield from _fillers_before(name, file)
        for value in _given(name, file):
            if (start := int(value.range().start.index)) not in seen:
                seen.add(start)
                waiting.append(value)


def _given(node: SgNode, file: SourceFile) -> list[SgNode]:
    start, name = int(node.range().start.index), node.text()
    function = file.function_at(start)
    values = assigned_values(file, name, start)
    if not values and function is not None and name in function.parameters:
        return values_of_parameter(file, function, name)
    return values


def _fillers_before(node: SgNode, file: SourceFile) -> Iterator[SgNode]:
    start = int(node.range().start.index)
    function = file.function_at(start)
    for leaf in file.leaves_named(node.text())[:_MOST_LEAVES]:
        at = int(leaf.range().start.index)
        if at >= start or (function is not None and not function.start <= at):
            continue
        above = leaf.parent()
        for _ in range(_STEPS):
            if above is None:
                break
            site = call_site(above)
            if site is not None:
                if site.path.rpartition(".")[2] in _FILLERS and site.receiver is not None:
                    yield site.receiver
                break
            above = above.parent()


def is_constant_seed(node: SgNode, evaluator: Evaluator) -> bool:
    """Whether a seed is a number or bytes of the source code."""
    values = evaluator.alone().values(node)
    return (bool(values) and all(isinstance(item.text, int) for item in values)) or is_static(node, evaluator)
