"""How many bits a text, a digest or the number of its bytes gives a key."""

import base64
import binascii
import re
from collections.abc import Iterable

from sbom.crypto.sites import Site

KEY_BYTES = frozenset({8, 16, 24, 32})
_KEY_BITS = frozenset({64, 128, 192, 256, 384, 512})
PLAIN, OF_HEX, OF_BASE64, TO_HEX, TO_BASE64 = "plain", "of hex", "of base64", "to hex", "to base64"
"""What a conversion does to the length of what it is given."""
_TO_HEX = re.compile(
    r"(?i)hexlify$|tohex|to_hex|bin2hex|hex\w*\.encode|encodehex|hex_?encode|hexdigest$|hexstr$|"
    r"bytes(?:tohex|2hex)|format_?hex"
)
_HEX = re.compile(r"(?i)hex")
_BASE64 = re.compile(r"(?i)base64|b64|decode64|encode64")
_ENCODES = re.compile(r"(?i)encode|tobase64|btoa|\bdumps")
_DIGEST = re.compile(
    r"(?i)(?<![a-z])(?P<name>md5|sm3|sha(?:3?[-_]?)(?:1|224|256|384|512)|ripemd[-_]?160)(?![0-9a-z]*mac)"
)
_DIGEST_BITS = {"md5": 128, "sm3": 256, "sha1": 160, "ripemd160": 160}
_FINALS = frozenset(
    {"digest", "hexdigest", "sum", "hashdata", "computehash", "hash", "final", "finalize", "dofinal"}
    | {"digesthex", "hexdigest!", "digest!", "hashsync", "asbytes"}
)
_NAMED = re.compile(
    r"^[\w.$:\\>\-\s]{0,60}?\(?(?:getInstance|createHash|newInstance|new|hash|Digest)\(\s*['\"]([\w/-]{3,12})['\"]"
)
_HEX_TEXTS = re.compile(r"^(?:md5|sha1|sha224|sha256|sha384|sha512|sm3)$")
"""Functions of scripts that give a digest in letters."""


def text_bits(text: str, reading: str = PLAIN) -> int | None:
    """Bits of a key that is a text: of its letters, or of the bytes that they encode."""
    if not text.isascii():
        return None
    if reading == OF_HEX:
        return _possible(len(text) * 4) if re.fullmatch(r"[0-9a-fA-F]+", text) else None
    if reading == OF_BASE64:
        return _possible(len(_decoded(text)) * 8)
    if reading == TO_HEX:
        return _possible(len(text) * 16)
    return len(text) * 8 if reading == PLAIN and len(text) in KEY_BYTES else None


def read_as(bits: int | None, reading: str) -> int | None:
    """Bits of what a conversion makes of a byte string."""
    if bits is None or reading == PLAIN:
        return bits
    if reading == TO_HEX:
        return bits * 2
    return bits // 2 if reading == OF_HEX else None


def combined(outer: str, inner: str) -> str | None:
    """What two conversions do, one after the other; null where that is not followed."""
    if PLAIN in (outer, inner):
        return outer if inner == PLAIN else inner
    pair = (outer, inner)
    return PLAIN if pair in ((OF_HEX, TO_HEX), (TO_HEX, OF_HEX), (OF_BASE64, TO_BASE64)) else None


def reading_of(site: Site, language: str) -> str:
    """What a call does to the length of the text or bytes that it converts."""
    written = site.path + " " + " ".join(given.node.text()[:30] for given in site.arguments[1:2])
    last = site.path.rpartition(".")[2]
    if last in ("digest", "toString", "encode") and site.arguments:
        written += " " + site.arguments[0].node.text()[:12]
    if _TO_HEX.search(site.path) or (last == "toString" and _DIGEST.search(site.path)):
        return TO_HEX
    if _HEX.search(written):
        return TO_HEX if last in ("toString", "digest", "stringify") else OF_HEX
    if _BASE64.search(written):
        encodes = _ENCODES.search(site.path) or last in ("toString", "digest", "stringify", "Encode")
        return TO_BASE64 if encodes and language != "swift" else OF_BASE64
    return PLAIN


def digest_bits(site: Site, language: str, made_with: Iterable[str]) -> int | None:
    """Bits of a call that gives a digest; `made_with` are the expressions that its object is made with."""
    before, _, last = site.path.rpartition(".")
    text = site.node.text()[:200]
    own = _DIGEST.match(last)
    if own is None and last.lower() not in _FINALS and not re.match(r"Sum\d*(?:_\d+)?$|finalize", last):
        return None
    names = [own["name"]] if own else [match["name"] for match in _DIGEST.finditer(site.path)][-1:]
    if last.startswith("Sum") and (size := re.match(r"Sum(224|256|384|512)$", last)):
        names = [f"sha{size[1]}"]
    if not names and (named := _NAMED.match(text)):
        names = [match["name"] for match in _DIGEST.finditer(named[1])]
    if not names:
        found = {match["name"] for made in made_with for match in _DIGEST.finditer(made[:120])}
        names = [found.pop()] if len(found) == 1 else []
    bits = _bits_of(names[0]) if names else None
    if bits is None or re.search(r"(?i)hmac|pbkdf", site.path):
        return None
    written = last + " " + " ".join(given.node.text()[:8] for given in site.arguments)
    hexed = bool(re.search(r"(?i)hex", written))
    if language == "php":
        hexed = hexed or not re.search(r"\btrue\s*\)$", text)
    elif language in ("javascript", "typescript", "tsx", "vue", "java") and _HEX_TEXTS.match(last):
        by_module = before in ("", "SecureUtil", "CryptoUtil", "utility", "hash")
        hexed = hexed or by_module
    if last in ("digest", "final") and re.search(r"(?i)base64", text[-14:]):
        return None
    return bits * 2 if hexed else bits


def _bits_of(name: str) -> int | None:
    plain = re.sub(r"[-_]", "", name.lower())
    if plain in _DIGEST_BITS:
        return _DIGEST_BITS[plain]
    size = re.search(r"(224|256|384|512)$", plain)
    return int(size[1]) if size else None


def _possible(bits: int) -> int | None:
    return bits if bits in _KEY_BITS else None


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
