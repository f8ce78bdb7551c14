"""Algorithms of the key that a signature or token is made or checked with."""

from ast_grep_py import SgNode

from sbom.crypto.algorithms import Algorithm
from sbom.crypto.catalogue import resolve_algorithm
from sbom.crypto.draft import Draft
from sbom.crypto.key_algorithms import algorithms_of_key
from sbom.crypto.parts import Parts
from sbom.crypto.token_keys import algorithms_of_token_key
from sbom.crypto.values import Evaluator


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
    makers = [part for part in others if part.algorithms]
    draft.signer = next((part for part in others if part.rule.after), None)
    if not makers and (owner := parts.owner_of(node)) is not None:
        makers = [owner]
    if makers:
        found = {item.family: item for part in makers for item, _ in part.algorithms}
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
    draft.signers = draft.signers or ([(declared, True)] if declared else [])
    return []


def _keys_of_go(node: SgNode, parts: Parts, evaluator: Evaluator) -> list[tuple[Algorithm, bool]]:
    keys = algorithms_of_key(node, parts.file, evaluator.values)
    known = [(resolve_algorithm(str(key.text)), key.certain) for key in keys]
    return [(found, certain) for found, certain in known if found is not None]
