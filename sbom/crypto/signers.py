"""Algorithms of the key that a signature or token is made or checked with."""

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from sbom.crypto.algorithms import Algorithm
from sbom.crypto.catalogue import resolve_algorithm
from sbom.crypto.draft import Draft
from sbom.crypto.key_algorithms import algorithms_of_key
from sbom.crypto.parts import Parts
from sbom.crypto.paths import path_of
from sbom.crypto.sites import Site
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import call_name, call_site
from sbom.crypto.token_keys import algorithms_of_token_key
from sbom.crypto.values import Evaluator

_MOST_USES = 40
_ADDRESSES = frozenset({"pointer_expression", "field_expression"})
_TAKES_KEY = re.compile(
    r"EVP_PKEY_(?:(?:assign|set1)_(RSA|EC_KEY|DSA|DH)|assign|keygen|generate)|gnutls_\w*privkey_generate2?"
)


def give_signer(
    draft: Draft, node: SgNode, parts: Parts, evaluator: Evaluator, *, token: bool
) -> list[Draft]:
    """Let a draft know the algorithms of its key; several where branches make it.

    Args:
        draft: the signature.
        node: the expression of the key.
        parts: the sites of the file, one of which may make the key.
        evaluator: values of the file.
        token: whether it is a token's key, which may be a secret text.

    Returns:
        The sites that make the key.
    """
    if draft.signers:
        return []
    others = parts.others_at(node, draft)
    makers = [part for part in others if _algorithms_of(part)]
    draft.signer = next((part for part in others if part.rule.after), None)
    if not makers and parts.file.language.kin == "c":
        made = list(_makers_in_c(node, parts))
        makers = made if len(made) == len(_kinds_in_c(node, parts)) or len(made) == 1 else []
    if not makers and (owner := parts.owner_of(node)) is not None:
        makers = [owner]
    if makers:
        found = {item.family: item for part in makers for item in _algorithms_of(part)}
        draft.signers = [(item, len(makers) == 1) for item in found.values()]
        for name in ("curve", "key_size"):
            values = {getattr(part, name) for part in makers}
            if getattr(draft, name) is None and len(values) == 1:
                setattr(draft, name, values.pop())
        return makers
    declared = next(parts.algorithms_of_type(node), None)
    if token:
        draft.signers = algorithms_of_token_key(node, parts.file, evaluator, declared)
    elif parts.file.language.name == "go":
        draft.signers = _keys_of_go(node, parts, evaluator)
    elif parts.file.language.kin == "c":
        draft.signers = _kinds_in_c(node, parts)
    draft.signers = draft.signers or ([(declared, True)] if declared else [])
    return []


def _algorithms_of(maker: Draft) -> list[Algorithm]:
    """The algorithms of what makes a key; the usual one of a maker that is given none."""
    usual = maker.rule.says.get("default_algorithm")
    if maker.algorithms or maker.asked or not usual:
        return [algorithm for algorithm, _ in maker.algorithms]
    found = resolve_algorithm(str(usual))
    return [found] if found else []


def _makers_in_c(node: SgNode, parts: Parts) -> Iterator[Draft]:
    """What a key of OpenSSL is made with by calls that take it: `EVP_PKEY_assign_RSA(key, rsa)`."""
    for call, argument in _calls_with_key(node, parts.file):
        if call.path.startswith("gnutls_") and (made := parts.at(call.node)) is not None:
            yield made
            continue
        for given in call.arguments:
            part = parts.at(given.node) if given.node != argument else None
            if part is not None and part.algorithms:
                yield part


def _calls_with_key(node: SgNode, file: SourceFile) -> Iterator[tuple[Site, SgNode]]:
    """Calls that make a key or fill it, with their argument that it is."""
    name = path_of(node.text()).rpartition(".")[2]
    function = file.function_at(int(node.range().start.index))
    for leaf in file.leaves_named(name)[:_MOST_USES] if name.isidentifier() else ():
        is_parameter = function is not None and name in function.parameters
        if is_parameter and file.function_at(int(leaf.range().start.index)) != function:
            continue
        argument, above = leaf, leaf.parent()
        if above is not None and above.kind() in _ADDRESSES:
            argument, above = above, above.parent()
        if above is None or above.kind() != "argument_list" or not _TAKES_KEY.fullmatch(call_name(above)):
            continue
        call = above.parent()
        if call is not None and (site := call_site(call)) is not None:
            yield site, argument


def _kinds_in_c(node: SgNode, parts: Parts) -> list[tuple[Algorithm, bool]]:
    """The kinds of key that such calls are called after."""
    names = [_TAKES_KEY.fullmatch(call.path) for call, _ in _calls_with_key(node, parts.file)]
    kinds = dict.fromkeys(match[1].removesuffix("_KEY") for match in names if match and match[1])
    return [(found, len(kinds) == 1) for kind in kinds if (found := resolve_algorithm(kind))]


def _keys_of_go(node: SgNode, parts: Parts, evaluator: Evaluator) -> list[tuple[Algorithm, bool]]:
    keys = algorithms_of_key(node, parts.file, evaluator.values)
    known = [(resolve_algorithm(str(key.text)), key.certain) for key in keys]
    return [(found, certain) for found, certain in known if found is not None]
