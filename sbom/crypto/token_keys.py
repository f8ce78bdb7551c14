"""The algorithm of a token that is signed or checked with nothing but a key: what the key is tells it."""

import re

from ast_grep_py import SgNode

from sbom.crypto.algorithms import Algorithm
from sbom.crypto.catalogue import resolve_algorithm
from sbom.crypto.paths import path_of
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import call_site
from sbom.crypto.values import Evaluator

_SECRET_TYPES = re.compile(r"(?:\w+\.)*(?:SecretKey|SecretKeySpec|String|CharSequence)|byte\[\]|ByteArray")
_SECRET_NAME = re.compile(r"(?i)secret|hmac|symmetric")
_BYTES_OF_TEXT = frozenset({"getBytes", "decode", "parseBase64Binary", "decodeBase64", "toByteArray"})
_ASYMMETRIC = re.compile(r"(?i)(?:private|public)_?key|keypair")


def algorithms_of_token_key(
    node: SgNode, file: SourceFile, evaluator: Evaluator, declared: Algorithm | None
) -> list[tuple[Algorithm, bool]]:
    """Algorithms of a token's key that no site makes: by its type, its text or its name; none if unknown.

    Args:
        node: the expression of the key.
        file: the file that it stands in.
        evaluator: tells whether it is a text.
        declared: what the type that the key is declared with says, if anything.
    """
    if declared is not None:
        return [(declared, True)]
    mac = resolve_algorithm("HMAC")
    return [(mac, True)] if mac is not None and _is_secret(node, file, evaluator) else []


def _is_secret(node: SgNode, file: SourceFile, evaluator: Evaluator) -> bool:
    """Whether a key is a text or bytes that both sides share."""
    name = path_of(node.text()).rpartition(".")[2].removesuffix("()")
    if _ASYMMETRIC.search(name):
        return False
    if any(isinstance(value.text, str) for value in evaluator.alone().values(node)):
        return True
    if any(_SECRET_TYPES.fullmatch(item) for item in file.types.get(name, ())):
        return True
    site = call_site(node)
    if site is not None:
        called = site.path.rpartition(".")[2]
        if called in _BYTES_OF_TEXT or _SECRET_NAME.search(called):
            return True
        made = file.functions_by_name.get(called, ())
        return bool(made) and all(_returns_secret(item.node.text()[:300], called) for item in made)
    return bool(_SECRET_NAME.search(name))


def _returns_secret(head: str, name: str) -> bool:
    before = re.search(rf"([\w.\[\]]+)\s+{re.escape(name)}\s*\(", head)
    after = re.search(rf"\b{re.escape(name)}\s*\([^)]*\)\s*:\s*([\w.]+)", head)
    declared = before[1] if before and before[1] not in ("fun", "def") else after[1] if after else ""
    return _SECRET_TYPES.fullmatch(declared) is not None
