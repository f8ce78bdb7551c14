"""How libraries spell algorithms, curves, modes and protocols, resolved into the names of the catalogue.

The spellings stand in `names.yaml`. One is compared folded: lower case, letters and digits alone.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sbom.crypto.algorithms import Algorithm, CatalogueRow, catalogue
from sbom.crypto.data import read_data
from sbom.crypto.nested_names import resolve_nested

_UNFOLDED = re.compile(r"[^a-z0-9]+")
_OID = re.compile(r"[0-2](?:\.\d+){3,}")
_WITH = re.compile(r"(?P<digest>.+?)with(?P<signature>.+?)(?P<mgf>andmgf1|andshake(?:128|256))?", re.DOTALL)
_PBE = re.compile(r"pbe(?:with)?(?P<mac>hmac)?(?P<digest>.+?)and(?P<cipher>.+)", re.DOTALL)
_SUITE = re.compile(
    r"(?:TLS|SSL)_[A-Z0-9_]+|(?:ECDHE|DHE|ECDH|ECC|EDH|ADH|AECDH|PSK|SRP)-[A-Z0-9-]+-[A-Z0-9]+"
)
_SHA512T = re.compile(r"(?i)(sha-?512)/(?=2(?:24|56))")
_KDF = re.compile(r"(?P<agreement>.+?)u?(?:with)?(?P<digest>(?:sha|ripemd|md5|sm3).*?)[ch]?kdf")
_IES = re.compile(r"(?P<name>ies|ecies|dhies|xies)with.+")
_MAC = re.compile(r"(?P<cipher>.+?)(?P<kind>[cg]?)mac(?:\d*(?:withiso78164padding)?|cfb8|64)")
_NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Curve:
    """An elliptic curve by its name in the registry; `size` is in bits."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class ProtocolVersion:
    """A protocol and the version that a setting names; null if it leaves the version open."""

    protocol: str
    version: str | None


def fold(text: str) -> str:
    """A spelling without case and punctuation."""
    return _UNFOLDED.sub("", text.lower())


@cache
def resolve_algorithm(text: str) -> Algorithm | None:
    """What a spelling names: a JCA name or transformation, an EVP or JOSE name, a cipher suite, an OID.

    Null for everything that the catalogue does not know.
    """
    text = text.strip()
    if not text or len(text) > _NAME_LENGTH:
        return None
    names = _names()
    if _OID.fullmatch(text):
        found = names.oids.get(text)
        return (found and _composed(fold(found.name))) or found
    if found := names.exact.get(text.upper().replace("_", "-")):
        return found
    if "|" in text:
        return _piped(text)
    if text.endswith(")") and (found := resolve_nested(text, resolve_algorithm)):
        return found
    text = _SHA512T.sub(r"\1", text)
    return _transformation(text) if "/" in text else _suite(text) or _sized(text)


@cache
def resolve_curve(text: str) -> Curve | None:
    """The curve of a name or OID, null if it is none."""
    return _names().curves.get(text.strip() if _OID.fullmatch(text.strip()) else fold(text))


@cache
def resolve_mode(text: str) -> str | None:
    """The mode of operation in CycloneDX spelling."""
    return _names().modes.get(fold(text).removeprefix("mode"))


@cache
def resolve_padding(text: str) -> str | None:
    """The padding in CycloneDX spelling; `raw` for none."""
    folded = fold(text)
    return _names().paddings.get(folded) or ("oaep" if folded.startswith("oaepwith") else None)


@cache
def resolve_protocol(text: str) -> ProtocolVersion | None:
    """The protocol version that a setting names."""
    return _names().protocols.get(fold(text))


@cache
def resolve_digest(text: str) -> str | None:
    """The catalogue's name of a hash, null if the text names something else."""
    found = resolve_algorithm(text)
    return found.name if found is not None and found.primitive in ("hash", "xof") else None


def _transformation(text: str) -> Algorithm | None:
    """A JCA transformation `algorithm/mode/padding`, or a name with a stroke: SHA1withRSA/PSS."""
    whole = fold(text)
    if found := _names().spelled.get(whole) or _signature(whole) or _mac(whole):
        return found
    first, *rest = text.split("/")
    found = _spelling(fold(first))
    if found is None:
        return None
    if found.family == "RSA":
        padding = resolve_padding(rest[-1])
        scheme = {"oaep": "RSAES-OAEP", "pkcs1v15": "RSAES-PKCS1", "pss": "RSASSA-PSS"}.get(padding or "")
        digest = re.match(r"oaepwith(.+?)andmgf1", fold(rest[-1]))
        return replace(
            _names().spelled[fold(scheme)] if scheme else found,
            padding=padding,
            digest=resolve_digest(digest[1]) if digest else None,
        )
    mode = resolve_mode(rest[0])
    padding = resolve_padding(rest[1]) if len(rest) > 1 else None
    return _with_mode(replace(found, padding=padding), mode or found.mode)


def _piped(text: str) -> Algorithm | None:
    """OpenHarmony's notation: AES256|GCM|PKCS7, RSA2048|PKCS1|SHA256, SM2_256|SM3, ECC256."""
    first, *rest = text.split("|")
    found = _sized(first)
    if found is None:
        return None
    for part in rest:
        if digest := resolve_digest(part):
            found = replace(found, digest=found.digest or digest)
        elif found.primitive in ("block-cipher", "ae") and (mode := resolve_mode(part)):
            found = _with_mode(found, mode)
        elif padding := resolve_padding({"PKCS1": "PKCS1Padding"}.get(part, part)):
            found = replace(found, padding=padding)
    return found


def _sized(text: str) -> Algorithm | None:
    """An algorithm with its key size behind its name: RSA2048, SM2_256, ECC256, DSA1024."""
    folded = fold(text)
    match = re.fullmatch(r"(rsa|dsa|dh|ecc|ec|sm2|ed25519|x25519)(\d{3,4})?", folded)
    if match is None or match[2] is None:
        return _spelling(folded)
    found = _names().spelled[match[1]]
    size = int(match[2])
    curve = {224: "nist/P-224", 256: "nist/P-256", 384: "nist/P-384", 521: "nist/P-521"}.get(size)
    if found.family == "EC":
        return replace(found, size=size, curve=curve)
    return replace(found, size=size)


def _with_mode(found: Algorithm, mode: str | None) -> Algorithm:
    """A cipher in a mode, with the name that the catalogue gives the two together."""
    if mode is None:
        return found
    primitive = found.primitive
    if mode in ("gcm", "gcm-siv", "ccm", "eax", "ocb", "siv"):
        primitive = "ae"
    elif mode == "wrap":
        primitive = "key-wrap"
    return replace(found, mode=mode, primitive=primitive)


def hmac_name(digest: str) -> str:
    """What the catalogue calls the HMAC with a hash of the catalogue: HMAC-SHA256 of SHA-256."""
    return f"HMAC-{digest.replace('SHA-', 'SHA')}"


def full_name(found: Algorithm) -> str:
    """The name with key size and mode where the cipher takes them, as the catalogue spells it."""
    if found.name not in _names().cipher_names:
        return found.name
    variable = found.size is not None and _names().fixed_sizes.get(found.name) is None
    size = f"-{found.size}" if variable else ""
    mode = f"-{found.mode.upper()}" if found.mode else ""
    return f"{found.name}{size}{mode}"


def _spelling(folded: str) -> Algorithm | None:
    names = _names()
    if found := names.spelled.get(folded):
        return found
    if match := names.cipher_pattern.fullmatch(folded):
        base = names.ciphers[match["base"]]
        size = match["size"] or match["late_size"]
        mode = names.modes.get(match["mode"] or "")
        padding = names.paddings.get(match["padding"] or "")
        stated = [int(number) for number in (match["size"], match["late_size"]) if number]
        if len(stated) < 2 and all(40 <= number <= 512 and number % 8 == 0 for number in stated):
            base = replace(base, size=int(size) if size else base.size, padding=padding)
            return _with_mode(base, mode)
    return _composed(folded)


def _composed(folded: str) -> Algorithm | None:
    """Names made of others: HmacSHA256, SHA256withRSA, PBEWithMD5AndDES, PBKDF2WithHmacSHA1."""
    for prefix, family in (("pbkdf2withhmac", "PBKDF2"), ("pbkdf2hmac", "PBKDF2"), ("pbkdf2", "PBKDF2")):
        if folded.startswith(prefix) and (digest := _digest(folded.removeprefix(prefix))):
            return Algorithm(f"PBKDF2-{hmac_name(digest)}", family, "kdf", digest=digest)
    if folded.startswith("hkdf") and (digest := _digest(folded.removeprefix("hkdf"))):
        return Algorithm(f"HKDF-{digest.replace('SHA-', 'SHA')}", "HKDF", "kdf", digest=digest)
    if match := _PBE.fullmatch(folded):
        first = re.fullmatch(r"(\d+)(bit|key)?(.*?)(?:cbc)?(?:bc|openssl)?", match["cipher"])
        digest, cipher = _digest(match["digest"]), _spelling(match["cipher"])
        if cipher is None and first is not None and (cipher := _spelling(first[3])) and first[2] == "bit":
            cipher = replace(cipher, size=int(first[1]))
        if digest and cipher:
            family = "PBES2" if match["mac"] else "PBES1"
            name = f"PBEWith{'Hmac' if match['mac'] else ''}{digest.replace('-', '')}And{cipher.name}"
            return Algorithm(name, family, "kdf", digest=digest, size=cipher.size)
    if folded.startswith("pbewithhmac") and (digest := _digest(folded.removeprefix("pbewithhmac"))):
        return Algorithm(f"PBMAC1-{digest}", "PBMAC1", "mac", digest=digest)
    for text in (
        folded.removeprefix("hmac"),
        folded.removeprefix("hmacpbe"),
        folded.removesuffix("hmac"),
        folded.removeprefix("pbewithhmac"),
    ):
        if text != folded and (digest := _digest(text.removeprefix("with"))):
            return Algorithm(hmac_name(digest), "HMAC", "mac", digest=digest)
    return _signature(folded) or _mac(folded) or _agreement(folded)


def _mac(folded: str) -> Algorithm | None:
    """A MAC by its block cipher: DESEDEMAC64, AESGMAC, BLOWFISHCMAC, RC2MAC/CFB8."""
    match = _MAC.fullmatch(folded)
    cipher = _names().ciphers.get(match["cipher"]) if match else None
    if match is None or cipher is None or cipher.primitive != "block-cipher":
        return None
    kind = match["kind"].upper()
    family, mode = ("CMAC" if kind == "C" else cipher.family), ("gcm" if kind == "G" else None)
    return replace(cipher, name=f"{cipher.name}-{kind}MAC", family=family, primitive="mac", mode=mode)


def _agreement(folded: str) -> Algorithm | None:
    """An agreement of keys with its KDF, and encryption with one: ECDHwithSHA256KDF, ECIESwithAES-CBC."""
    names = _names().spelled
    if match := _IES.fullmatch(folded):
        return names[match["name"]]
    match = _KDF.fullmatch(folded)
    found = names.get(match["agreement"]) if match else None
    if match is None or found is None or found.primitive != "key-agree":
        return None
    return replace(found, digest=_digest(match["digest"]))


def _signature(folded: str) -> Algorithm | None:
    names = _names()
    match = _WITH.fullmatch(folded)
    if match is None:
        for name, signed in names.signatures.items():  # rsa-sha256, ecdsaSHA256
            for text in (folded.removeprefix(name), folded.removesuffix(name)):
                if text != folded and (digest := _digest(text.removeprefix("with").removeprefix("and"))):
                    return _signed(signed, digest)
        return None
    first, second = match["digest"], match["signature"]
    if second not in names.signatures and first in names.signatures:  # ecdsa-with-SHA256
        first, second = second, first
    scheme = names.signatures.get(second + ("andmgf1" if match["mgf"] else ""))
    scheme = scheme or names.signatures.get(second)
    digest = None if first == "none" else _digest(first)
    if scheme is None or (digest is None and first != "none"):
        return None
    return _signed(scheme, digest)


def _signed(scheme: Algorithm, digest: str | None) -> Algorithm:
    with_digest = (digest or "NONE").replace("-", "", 1 if (digest or "").startswith("SHA-") else 0)
    name = scheme.name if scheme.name == "RSASSA-PSS" else f"{with_digest}with{scheme.name}"
    padding = "pkcs1v15" if scheme.family == "RSASSA-PKCS1" else scheme.padding
    return replace(scheme, name=name, digest=digest, padding=padding)


def _digest(folded: str) -> str | None:
    found = _names().spelled.get(folded)
    return found.name if found is not None and found.primitive in ("hash", "xof") else None


def _suite(text: str) -> Algorithm | None:
    """The cipher of a TLS suite: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, ECDHE-RSA-AES128-GCM-SHA256."""
    text = text.upper()
    if not _SUITE.fullmatch(text):
        return None
    cipher = re.sub(r"^.*_WITH_|^(?:TLS|SSL)_", "", text)
    for digest in ("_SHA256", "_SHA384", "_SHA512", "_SHA", "_MD5", "_SM3"):
        cipher = cipher.removesuffix(digest)
    cipher = re.sub(r"^(?:(?:ECDHE|DHE|ECDH|ECC|PSK|RSA|ECDSA|DSS|SM2|DH|ANON)-)+", "", cipher)
    cipher = re.sub(r"-(?:SHA256|SHA384|SHA|MD5|SM3)$", "", cipher)
    return _spelling(fold(cipher.replace("3DES_EDE", "3DES")))


@dataclass(frozen=True, slots=True)
class _Names:
    spelled: Mapping[str, Algorithm]
    exact: Mapping[str, Algorithm]
    oids: Mapping[str, Algorithm]
    ciphers: Mapping[str, Algorithm]
    cipher_names: frozenset[str]
    cipher_pattern: re.Pattern[str]
    fixed_sizes: Mapping[str, int]
    signatures: Mapping[str, Algorithm]
    modes: Mapping[str, str]
    paddings: Mapping[str, str]
    curves: Mapping[str, Curve]
    protocols: Mapping[str, ProtocolVersion]


@cache
def _names() -> _Names:
    data = read_data("names.yaml")
    ciphers = _spellings(data["ciphers"], "block-cipher")
    spelled = _spellings(data["named"], None) | _spellings(data["hashes"], "hash") | ciphers
    modes = {name: mode for mode, names in data["modes"].items() for name in names}
    paddings = {fold(name): padding for padding, names in data["paddings"].items() for name in names}
    curves: dict[str, Curve] = {}
    for name, facts in data["curves"].items():
        for spelling in (*facts["names"], *facts.get("oids", ()), fold(name)):
            curves[spelling] = Curve(name, facts["size"])
    oids = {}
    for row in catalogue():
        if row.oid and row.oid not in oids:
            oids[row.oid] = spelled.get(fold(row.algorithm)) or _from_row(row, ciphers, modes)
        if row.family == "RSA" and row.parameter_set:
            spelled[f"rsa{row.parameter_set}"] = replace(spelled["rsa"], size=int(row.parameter_set or 0))
    return _Names(
        spelled=spelled,
        exact={
            name: Algorithm(facts["algorithm"], **{k: v for k, v in facts.items() if k != "algorithm"})
            for name, facts in data["jose"].items()
        },
        oids=oids,
        ciphers=ciphers,
        cipher_names=frozenset(data["ciphers"]),
        cipher_pattern=re.compile(
            f"(?:id|alg|evp)?(?P<base>{_any(ciphers)})(?P<size>\\d{{2,3}})?(?P<mode>{_any(modes)})?"
            f"(?P<late_size>\\d{{3}})?(?P<padding>{_any(paddings)})?"
        ),
        fixed_sizes={name: facts["size"] for name, facts in data["ciphers"].items() if "size" in facts},
        signatures=_spellings(data["signatures"], "signature"),
        modes=modes,
        paddings=paddings,
        curves=curves,
        protocols={
            spelling: ProtocolVersion(facts["protocol"], facts["version"])
            for facts in data["protocols"].values()
            for spelling in facts["names"]
        },
    )


def _spellings(section: Mapping[str, Any], primitive: str | None) -> dict[str, Algorithm]:
    found = {}
    for name, facts in section.items():
        values = {key: value for key, value in facts.items() if key != "names"}
        algorithm = Algorithm(name, **({"primitive": primitive} | values))
        for spelling in (*facts["names"], fold(name)):
            found[spelling] = algorithm
    return found


def _from_row(row: CatalogueRow, ciphers: Mapping[str, Algorithm], modes: Mapping[str, str]) -> Algorithm:
    base, *rest = row.algorithm.split("-")
    cipher = ciphers.get(fold(base))
    mode = modes.get(rest[-1].lower()) if rest else None
    size = int(row.parameter_set) if row.parameter_set and row.parameter_set.isdigit() else None
    if cipher is not None and mode is not None:
        return _with_mode(replace(cipher, size=size or cipher.size), mode)
    return Algorithm(row.algorithm, row.family, row.primitive)


def _any(spellings: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, spellings), key=lambda text: (-len(text), text)))
