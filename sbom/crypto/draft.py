"""An occurrence in the making: what a rule says of a site, what its arguments are worth, what is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sbom.crypto.algorithms import Algorithm
from sbom.crypto.catalogue import (
    resolve_algorithm,
    resolve_curve,
    resolve_mode,
    resolve_padding,
    resolve_protocol,
)
from sbom.crypto.finding_rules import has_few_iterations
from sbom.crypto.rulebook import Rule
from sbom.crypto.sites import Site

_MODE_FAMILIES = frozenset({"block-cipher", "ae"})
_PRIMITIVES_OF_MODES = dict.fromkeys(("gcm", "gcm-siv", "ccm", "eax", "ocb", "siv"), "ae") | {
    "wrap": "key-wrap"
}
_RSA_PADDINGS = frozenset({"pkcs1v15", "pss"})
_WITH_DIGEST = frozenset({"HMAC", "PBKDF2", "HKDF"})
_LONGEST_KEY = 512
_FUNCTIONS = {"hash": "digest", "xof": "digest", "mac": "tag", "kdf": "keyderive", "drbg": "generate"}


@dataclass(slots=True)
class Draft:
    """A matched site. `algorithms` are the possible ones, each with whether it is certain."""

    rule: Rule
    site: Site
    api: str
    place: int = 0
    """Where it is told: the beginning of the site; on any object, whose expression may be long, its name."""
    algorithms: list[tuple[Algorithm, bool]] = field(default_factory=list)
    mode: str | None = None
    padding: str | None = None
    key_size: int | None = None
    key_bits: int | None = None
    """Bits of the key by the bytes it is made of; a size that is stated goes before it."""
    output_bits: int | None = None
    """Bits of the key that it derives."""
    key_source: "Draft | None" = None
    """What makes its key."""
    curve: str | None = None
    digest: str | None = None
    iterations: int | None = None
    protocol: str | None = None
    version: str | None = None
    primitive: str | None = None
    function: str | None = None
    certain: bool = True
    signers: list[tuple[Algorithm, bool]] = field(default_factory=list)
    """Algorithms of the key that a signature is made with."""
    signer: "Draft | None" = None
    """What makes the key that a signature is made with, which may be told of it later."""
    finding: str | None = None
    """What its rule says is wrong, by the value of its switch."""
    findings: set[str] = field(default_factory=set)
    static_secret: bool = False
    """What a token is made or checked with is a constant: a secret, if it is no public key."""
    generators: list["Draft"] = field(default_factory=list)
    """What fills the bytes that it is given with random ones; their seed may be told later."""
    asked: bool = False
    """Its algorithm is given, whether or not it can be told, so that the usual one does not hold."""
    padded: bool = False
    """Its padding stands there, told or not, so that no default holds."""
    begun: bool = False
    """Its mode stands there and is not told, so that no default holds."""
    used: bool = False
    """A call of its rule's `after` is made on its object, in a function that joins no blocks."""
    parts: list["Draft"] = field(default_factory=list)
    consumed: bool = False
    """It stands inside of another draft's expression, which says the same and more."""

    def say(self, says: Mapping[str, Any]) -> None:
        """Take over what a rule says of all its sites; what is known already stays."""
        if (name := says.get("algorithm")) and not self.algorithms:
            found = resolve_algorithm(str(name))
            self.algorithms.append((found or Algorithm(str(name), str(says.get("family", name))), True))
        if (family := says.get("family")) and self.algorithms:
            self.algorithms = [(replace(item, family=family), sure) for item, sure in self.algorithms]
        if name := says.get("mode"):
            self.mode = self.mode or resolve_mode(str(name)) or str(name)
        if name := says.get("padding"):
            self.padding = self.padding or resolve_padding(str(name)) or str(name)
        if name := says.get("curve"):
            found_curve = resolve_curve(str(name))
            self.curve = self.curve or (found_curve.name if found_curve else None)
        if name := says.get("protocol"):
            self.protocol = self.protocol or str(name)
        if name := says.get("version"):
            found_protocol = resolve_protocol(str(name))
            self.version = self.version or (found_protocol.version if found_protocol else str(name))
        self.key_size = self.key_size or says.get("key_size")
        self.iterations = self.iterations or says.get("iterations")
        self.digest = self.digest or says.get("digest")
        self.primitive = self.primitive or says.get("primitive")
        self.function = self.function or says.get("function")

    def take(self, part: "Draft") -> None:
        """Merge what an argument that is itself a site says."""
        if part.algorithms and (not self.algorithms or _says_more(part.algorithms, self.algorithms)):
            self.algorithms = list(part.algorithms)
        if self.version is None and part.version is not None:
            self.protocol = part.protocol  # SSL 3.0, where the rule tells TLS
        for name in (
            "mode",
            "padding",
            "key_size",
            "key_bits",
            "curve",
            "digest",
            "iterations",
            "protocol",
            "version",
        ):
            if getattr(self, name) is None:
                setattr(self, name, getattr(part, name))
        self.certain = self.certain and part.certain
        self.findings |= part.findings
        self.parts.append(part)

    def agree(self, parts: "list[Draft]") -> None:
        """Take over what all of several possible parts say alike."""
        for name in ("mode", "padding", "key_size", "key_bits", "curve", "protocol", "version"):
            values = {getattr(part, name) for part in parts}
            if getattr(self, name) is None and len(values) == 1:
                setattr(self, name, values.pop())

    def is_curve(self) -> bool:
        """Whether it names nothing but a curve."""
        return any(algorithm.family == "EC" for algorithm, _ in self.algorithms) and self.curve is not None

    def settle(self) -> None:
        """A signature of which the hash alone is told has the scheme of its key, else an unknown one."""
        if self.primitive != "signature":
            return
        if self.signer is not None and not self.signers:
            self.signers = list(self.signer.algorithms)
        if all(algorithm.primitive in ("hash", "xof") for algorithm, _ in self.algorithms):
            self.digest = self.digest or next((item.name for item, _ in self.algorithms), None)
            self.algorithms = list(self.signers)
            if self.algorithms and all(item.family == "HMAC" for item, _ in self.algorithms):
                self.primitive, self.function = "mac", "tag"  # a token that a secret signs
        if not self.algorithms and self.padding in _RSA_PADDINGS and (rsa := resolve_algorithm("RSA")):
            self.algorithms = [(rsa, True)]

    def is_refused(self) -> bool:
        """Whether it is no occurrence by itself."""
        if self.rule.silent or self.consumed:
            return True
        if not self.algorithms and not self.asked and (usual := self.rule.says.get("default_algorithm")):
            self.say({"algorithm": usual})
        return self.rule.known_only and not (self.algorithms or self.findings) and self.protocol is None

    def say_alone(self) -> None:
        """Take over what its rule says of an object that is used by itself, without a mode."""
        if self.used and self.mode is None:
            self.say(self.rule.alone)

    def take_size(self, depth: int = 4) -> None:
        """Take over the size of the key from what makes it, where that is told later than it is used."""
        source = self.key_source
        if self.key_size is not None or self.key_bits is not None or source is None or depth <= 0:
            return
        source.take_size(depth - 1)
        size = source.output_bits or source.key_size
        if size is None and source.rule.says.get("function") == "keygen":  # a key, whose bytes count
            size = source.key_bits
        is_pair = any(algorithm.family.startswith("RSA") for algorithm, _ in self.algorithms)
        self.key_bits = size if size is not None and (size <= _LONGEST_KEY or is_pair) else None

    def share_mode(self) -> None:
        """A block cipher that was made elsewhere is used in the mode that this site says."""
        for part in self.parts:
            if part.algorithms and part.mode is None and not part.consumed:
                part.mode = self.mode
            if self.rule.says.get("primitive") == "key-agree" and part.primitive is None:
                part.primitive = "key-agree"  # a key on a curve that is made for it


def _says_more(first: list[tuple[Algorithm, bool]], second: list[tuple[Algorithm, bool]]) -> bool:
    """Whether one algorithm is of the family that alone is known of the other: HMAC-SHA256 and HMAC."""
    if len(first) != 1 or len(second) != 1:
        return False
    known, other = second[0][0], first[0][0]
    return known.family == known.name == other.family != other.name


def judged(draft: Draft, algorithm: Algorithm | None) -> tuple[str, ...]:
    """Codes of what is wrong with a site, by its values."""
    codes = set(draft.findings)
    if draft.static_secret and algorithm is not None and algorithm.family == "HMAC":
        codes.add("static-key")
    if any("weak-random" in judged(generator, None) for generator in draft.generators):
        codes.add("weak-random")
    if draft.finding:
        codes.add(draft.finding)
    mode = draft.mode or (algorithm.mode if algorithm else None)
    if mode == "ecb" and algorithm is not None and algorithm.primitive in _MODE_FAMILIES:
        codes.add("ecb-mode")
    if algorithm is not None and "encrypts" in _families(
        algorithm.family, draft.padding or algorithm.padding, draft
    ):
        codes.add("rsa-without-oaep")
    family = algorithm.family if algorithm is not None else None
    if draft.iterations is not None and has_few_iterations(draft.iterations, family):
        codes.add("few-iterations")
    if (draft.protocol, draft.version) in OLD_PROTOCOLS:
        codes.add("old-protocol")
    return tuple(sorted(codes))


OLD_PROTOCOLS = frozenset({("SSL", "2.0"), ("SSL", "3.0"), ("TLS", "1.0"), ("TLS", "1.1"), ("DTLS", "1.0")})


def _families(family: str, padding: str | None, draft: Draft) -> Iterable[str]:
    if family == "RSAES-PKCS1":
        return ("encrypts",)
    encrypts = draft.function in ("encrypt", "decrypt") and draft.padding != "oaep"
    if family == "RSA" and (encrypts or padding == "raw"):
        return ("encrypts",)
    return ()


def completed(draft: Draft, algorithm: Algorithm | None) -> Algorithm | None:
    """The algorithm with all that the site says of it; RSA with a padding becomes the scheme."""
    if algorithm is None:
        return None
    signs = draft.primitive == "signature" or draft.function in ("sign", "verify")
    scheme_of_ec = "ECDSA" if signs else "ECDH" if draft.primitive == "key-agree" else ""
    if algorithm.family == "EC" and (found := resolve_algorithm(scheme_of_ec)):
        algorithm = replace(found, size=algorithm.size, curve=algorithm.curve, digest=algorithm.digest)
    if algorithm.name in _WITH_DIGEST and draft.digest:
        algorithm = resolve_algorithm(f"{algorithm.name}-{draft.digest}") or algorithm
    if algorithm.family == "CMAC":
        ciphers = [item.name for part in draft.parts for item, _ in part.algorithms]
        algorithm = next(filter(None, (resolve_algorithm(f"{name}-CMAC") for name in ciphers)), algorithm)
    if algorithm.family == "RSA":
        schemes = {"oaep": "RSAES-OAEP", "pss": "RSASSA-PSS", "pkcs1v15": "RSAES-PKCS1"}
        encrypts = draft.function in ("encrypt", "decrypt") and not draft.padded
        usual = resolve_padding(str(draft.rule.says.get("default_padding", ""))) if encrypts else None
        if not (draft.padded or draft.begun) and "default_rsa_padding" in draft.rule.says:
            usual = resolve_padding(draft.rule.says["default_rsa_padding"])
        padding = draft.padding or algorithm.padding or usual
        scheme = "RSASSA-PKCS1" if signs and padding != "pss" else schemes.get(padding or "")
        if scheme and (found := resolve_algorithm(scheme)):
            algorithm = replace(found, size=algorithm.size, digest=draft.digest)
    says = draft.rule.says
    takes_mode = algorithm.primitive in _MODE_FAMILIES and algorithm.family not in ("ChaCha20", "Salsa20")
    mode = (
        draft.mode or algorithm.mode or (says.get("default_mode") if takes_mode and not draft.begun else None)
    )
    padding = draft.padding or algorithm.padding
    if padding is None and mode in ("ecb", "cbc"):
        padding = says.get("default_padding")
    curve = draft.curve or algorithm.curve
    size = draft.key_size or algorithm.size or draft.key_bits
    if size is None and curve is not None and (known := resolve_curve(curve)):
        size = known.size
    return replace(
        algorithm, mode=mode, padding=padding, size=size, curve=curve, digest=draft.digest or algorithm.digest
    )


def primitive_of(draft: Draft, algorithm: Algorithm | None) -> str | None:
    """The CycloneDX primitive of a site."""
    if draft.primitive:
        return draft.primitive
    if algorithm is None:
        return None
    return _PRIMITIVES_OF_MODES.get(algorithm.mode or "", algorithm.primitive)


def function_of(draft: Draft, primitive: str | None) -> str | None:
    """The CycloneDX function that the site performs; null where the site does not tell."""
    return draft.function or _FUNCTIONS.get(primitive or "")
