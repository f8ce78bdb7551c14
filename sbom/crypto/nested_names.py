"""Names that put one algorithm into another: `cbc(aes)` of the Linux kernel, `HMAC(SHA-256)` of Botan."""

import re
from collections.abc import Callable
from dataclasses import replace

from sbom.crypto.algorithms import Algorithm

_NESTED = re.compile(r"([\w-]+)\((.*)\)")
_FIRST_OF_SEVERAL = frozenset({"essiv", "pkcs1pad", "cts", "seqiv", "echainiv", "cryptd", "pcrypt"})
_SIGNATURES = {
    "EMSA3": "RSASSA-PKCS1",
    "EMSA4": "RSASSA-PSS",
    "PSSR": "RSASSA-PSS",
    "PKCS1V15": "RSASSA-PKCS1",
}


def resolve_nested(text: str, resolve: Callable[[str], Algorithm | None]) -> Algorithm | None:
    """What such a name stands for, of which `resolve` knows the parts; null of every other text."""
    match = _NESTED.fullmatch(text)
    if match is None:
        return None
    outer, parts = match[1], _parts(match[2])
    if outer.lower() in ("authenc", "authencesn"):
        return resolve(parts[-1])
    if outer.lower().startswith("rfc"):
        return resolve("-".join(parts))
    if outer.lower() in _FIRST_OF_SEVERAL:
        return resolve(parts[0])
    if scheme := _SIGNATURES.get(outer.upper()):
        found, digest = resolve(scheme), resolve(parts[0])
        return replace(found, digest=digest.name if digest is not None else None) if found else None
    inner = resolve(parts[0])
    if inner is None or len(parts) > 1:
        return None
    return resolve(f"{inner.name}-{outer}") or resolve(f"{outer}-{inner.name}")


def _parts(text: str) -> list[str]:
    """The parts between commas that stand in no inner brackets."""
    found, depth = [""], 0
    for char in text:
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            found.append("")
        else:
            found[-1] += char
    return [part.strip() for part in found]
