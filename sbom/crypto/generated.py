"""How long the key is that a key generator of Java gives: as its `init` says."""

from sbom.crypto.paths import path_of
from sbom.crypto.sites import Site
from sbom.crypto.syntax import call_site, site_at
from sbom.crypto.values import Evaluator

_ENCODED = frozenset({"getEncoded", "encoded"})
_DEPTH = 3
_MOST_CALLS = 50


def generated_bits(site: Site, evaluator: Evaluator, depth: int = _DEPTH) -> int | None:
    """Bits of `generator.generateKey()` or of such a key's `getEncoded()`; null for other calls."""
    name = site.path.rpartition(".")[2]
    receiver = site.receiver
    if receiver is None or site.arguments or depth <= 0:
        return None
    file = evaluator.file
    around = file.function_at(site.start)
    path = path_of(receiver.text())
    if name in _ENCODED:
        if (made := call_site(receiver)) is not None:
            return generated_bits(made, evaluator, depth - 1)
        for definition in reversed(file.definitions.get(path, ())):
            is_local = around is not None and around.start <= definition.start < site.start
            if is_local and (made := call_site(definition.value)) is not None:
                return generated_bits(made, evaluator, depth - 1)
        return None
    if name != "generateKey" or around is None:
        return None
    sizes: set[str | int] = set()
    for leaf in file.leaves_named("init")[:_MOST_CALLS]:
        made = site_at(leaf)
        if made is None or made.receiver is None or not made.arguments:
            continue
        if around.start <= made.start < site.start and path_of(made.receiver.text()) == path:
            sizes |= {value.text for value in evaluator.alone().values(made.arguments[0].node)}
    size = sizes.pop() if len(sizes) == 1 else None
    return size if isinstance(size, int) else None
