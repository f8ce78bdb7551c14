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


def fillers_of(node: SgNode, file: SourceFile, depth: int = 4) -> Iterator[SgNode]:
    """The generators that fill the array of a name before a place: `random` of `random.nextBytes(key)`.

    An array that another name or the callers of a function give is looked at where they give it.
    """
    if "identifier" not in node.kind() or depth <= 0:
        return
    start = int(node.range().start.index)
    function = file.function_at(start)
    for leaf in file.leaves_named(node.text()):
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
    given = assigned_values(file, node.text(), start)
    if not given and function is not None and node.text() in function.parameters:
        given = values_of_parameter(file, function, node.text())
    for value in given:
        yield from fillers_of(value, file, depth - 1)


def is_constant_seed(node: SgNode, evaluator: Evaluator) -> bool:
    """Whether a seed is a number or bytes of the source code."""
    values = evaluator.alone().values(node)
    return (bool(values) and all(isinstance(item.text, int) for item in values)) or is_static(node, evaluator)
