"""What a part of an occurrence says of its key."""

import re

from ast_grep_py import SgNode

from sbom.crypto.draft import Draft
from sbom.crypto.kinds import kinds
from sbom.crypto.syntax import CALLS

_PATHS = kinds("paths") | kinds("argument_lists")
_LONGEST_KEY = 512
"""Bits of the longest key of bytes; a longer one is a pair's."""


def may_have(draft: Draft, size: int) -> bool:
    """Whether a key may be as long: no cipher of blocks has one of thousands of bits."""
    return size <= _LONGEST_KEY or not any(
        algorithm.primitive in ("block-cipher", "ae") for algorithm, _ in draft.algorithms
    )


def wraps_key_of(draft: Draft, part: Draft) -> bool:
    """Whether a part only names the key of a cipher: `new AES(mode, padding, new SecretKeySpec(…))`."""
    takes_key = any(item.role == "KEY" for pattern in part.rule.patterns for item in pattern.arguments)
    families = {algorithm.family for algorithm, _ in draft.algorithms}
    return takes_key and bool(families) and families == {algorithm.family for algorithm, _ in part.algorithms}


def digest_bits_of(part: Draft, node: SgNode) -> int | None:
    """Bits of a key that is a digest as it comes; null of one in letters, or cut."""
    if len(part.algorithms) != 1 or not re.fullmatch(r"[\w.&$]+(?:\[:\])?", node.text()):
        return None
    algorithm = part.algorithms[0][0]
    size = re.search(r"(?:^SHA-?|-)(224|256|384|512)$|^(MD5|SHA-1|SM3)$", algorithm.name)
    if algorithm.primitive != "hash" or size is None:
        return None
    bits = int(size[1]) if size[1] else {"MD5": 128, "SHA-1": 160, "SM3": 256}[size[2]]
    made = part.site.node
    while (above := made.parent()) is not None and (above.kind() in CALLS or above.kind() in _PATHS):
        made = above
    text = made.text()
    if re.search(r"(?i)base64|b64", text) or len(text) > 300:
        return None
    return bits * 2 if re.search(r"(?i)hex", text) else bits
