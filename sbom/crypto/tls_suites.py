"""TLS and TLCP cipher suites and SSH algorithms by name, resolved into their algorithms.

`tls_suites.tsv` holds the suites of the IANA registry with the names of OpenSSL, and those of TLCP
(GB/T 38636-2020); `ssh_algorithms.tsv` the names of RFC 4253 and its successors, with those of OpenSSH;
`transforms.tsv` those of IPsec (as strongSwan and Libreswan spell them) and of Kerberos (MIT's `kdc.conf`);
`openssl_keywords.yaml` the words of OpenSSL's cipher lists.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from sbom.crypto.catalogue import hmac_name
from sbom.crypto.data import FOLDER, read_data

_PREFIX = re.compile(r"^(?:TLS_|SSL_|TLCP_|TLS13_)")
_SEPARATORS = re.compile(r"[:,\s;]+")


@dataclass(frozen=True, slots=True)
class NamedAlgorithm:
    """An algorithm as a table names it; what a name does not say is null."""

    algorithm: str
    family: str
    primitive: str | None = None
    function: str | None = None
    mode: str | None = None
    key_size: int | None = None
    curve: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """A cipher suite by its IANA name; `algorithms` are key exchange, authentication, cipher and hash."""

    name: str
    code: str
    protocol: str
    version: str | None
    algorithms: tuple[NamedAlgorithm, ...]


_EXCHANGES = {
    "RSA": NamedAlgorithm("RSAES-PKCS1", "RSAES-PKCS1", "pke", "encrypt"),
    "DH": NamedAlgorithm("DH", "FFDH", "key-agree", "keygen"),
    "ECDH": NamedAlgorithm("ECDH", "ECDH", "key-agree", "keygen"),
    "SM2": NamedAlgorithm("SM2", "SM2", "key-agree", "keygen", key_size=256, curve="oscaa/SM2"),
    "SM9": NamedAlgorithm("SM9", "SM9", "key-agree", "keygen"),
    "SRP": NamedAlgorithm("SRP", "SRP", "key-agree", "keygen"),
}
_SIGNATURES = {
    "RSA": NamedAlgorithm("RSA", "RSA", "signature", "sign"),
    "DSA": NamedAlgorithm("DSA", "DSA", "signature", "sign"),
    "ECDSA": NamedAlgorithm("ECDSA", "ECDSA", "signature", "sign"),
    "SM2": NamedAlgorithm("SM2", "SM2", "signature", "sign", key_size=256, curve="oscaa/SM2"),
    "SM9": NamedAlgorithm("SM9", "SM9", "signature", "sign"),
}
_FAMILIES = {"Camellia": "CAMELLIA", "SHA-256": "SHA-2", "SHA-384": "SHA-2", "SHA-512": "SHA-2"}


def find_suite(name: str) -> Suite | None:
    """The suite of an IANA, OpenSSL, JSSE or TLCP name; null if it is none."""
    return _suites().get(_folded(name))


def _folded(name: str) -> str:
    return _PREFIX.sub("", name.strip().upper().replace("-", "_"))


@cache
def _suites() -> dict[str, Suite]:
    found: dict[str, Suite] = {}
    for row in _rows("tls_suites.tsv"):
        suite = _suite(row)
        for spelling in (row["iana"], *row["openssl"].split()):
            found.setdefault(_folded(spelling), suite)
    return found


def _suite(row: dict[str, str]) -> Suite:
    code = row["code"]
    tlcp, tls13 = code.startswith("0xE0"), code.startswith("0x13") or code in ("0x00C6", "0x00C7")
    algorithms = [_EXCHANGES.get(row["key_exchange"]), _SIGNATURES.get(row["authentication"]), _cipher(row)]
    algorithms.append(_hash(row))
    return Suite(
        row["iana"],
        code,
        "TLCP" if tlcp else "TLS",
        "1.1" if tlcp else "1.3" if tls13 else None,
        tuple(part for part in algorithms if part is not None),
    )


def _hash(row: dict[str, str]) -> NamedAlgorithm | None:
    """Of an authenticated cipher the hash of the key derivation, of any other the one of the HMAC."""
    name = row["hash"]
    if not name:
        return None
    if row["mode"] in ("GCM", "CCM") or row["cipher"] == "ChaCha20":
        return NamedAlgorithm(name, _FAMILIES.get(name, name), "hash", "digest")
    return NamedAlgorithm(hmac_name(name), "HMAC", "mac", "tag", digest=name)


def _cipher(row: dict[str, str]) -> NamedAlgorithm | None:
    name, mode, size = row["cipher"], row["mode"].lower() or None, row["key_size"]
    if not name:
        return None
    if name == "ChaCha20":
        return NamedAlgorithm("ChaCha20-Poly1305", "ChaCha20", "ae", "encrypt", key_size=256)
    fixed = name in ("DES", "3DES", "RC4", "IDEA", "SEED", "SM4", "RC2")
    parts = [name, *([size] if size and not fixed else []), *([mode.upper()] if mode else [])]
    primitive = "ae" if mode in ("gcm", "ccm") else "stream-cipher" if name == "RC4" else "block-cipher"
    return NamedAlgorithm(
        "-".join(parts), _FAMILIES.get(name, name), primitive, "encrypt", mode, int(size) if size else None
    )


def find_ssh_algorithm(name: str) -> NamedAlgorithm | None:
    """The algorithm of a cipher, MAC, key exchange or host key of SSH; null if it is none."""
    return _named_algorithms("ssh_algorithms.tsv").get(name.strip().lower())


def find_transform(name: str) -> NamedAlgorithm | None:
    """The algorithm of a transform of IPsec or an encryption type of Kerberos; null if it is none."""
    return _named_algorithms("transforms.tsv").get(name.strip().lower())


def named_tables() -> Mapping[str, Mapping[str, NamedAlgorithm]]:
    """Tables of names that rules may refer to."""
    return {"ssh_algorithms": _named_algorithms("ssh_algorithms.tsv")}


@cache
def _named_algorithms(table: str) -> dict[str, NamedAlgorithm]:
    functions = {"cipher": "encrypt", "mac": "tag", "kex": "keygen", "hostkey": "sign"}
    return {
        row["name"]: NamedAlgorithm(
            row["algorithm"],
            row["family"],
            row["primitive"],
            functions[row["kind"]],
            row["mode"] or None,
            int(row["key_size"]) if row["key_size"] else None,
            row["curve"] or None,
            row["digest"] or None,
        )
        for row in _rows(table)
    }


@dataclass(frozen=True, slots=True)
class CipherWord:
    """One word of a cipher list: the suite or the algorithms that it names; neither for a selection."""

    text: str
    suite: Suite | None
    algorithms: tuple[NamedAlgorithm, ...]
    is_selection: bool


def read_cipher_list(text: str) -> Iterator[CipherWord]:
    """The words of a list of suites or an OpenSSL cipher list; excluded ones (`!MD5`, `-RC4`) are left out.

    What is neither a suite nor a known word is left out too: it may be anything.
    """
    keywords, selections = _keywords()
    pieces = _SEPARATORS.split(text.strip().strip("\"'[](){}"))
    for word in (piece.strip("\"'[](){}") for piece in pieces):
        if not word or word[0] in "!-":
            continue
        suite = find_suite(word)
        if suite is not None:
            yield CipherWord(word, suite, suite.algorithms, False)
            continue
        parts = word.split("@")[0].removeprefix("+").split("+")
        if word.removeprefix("+") in selections or parts[0] in selections:
            yield CipherWord(word, None, (), True)
        elif all(part in keywords or part in selections for part in parts):
            algorithms = tuple(keywords[part] for part in parts if part in keywords)
            yield CipherWord(word, None, algorithms, not algorithms)


@cache
def _keywords() -> tuple[dict[str, NamedAlgorithm], frozenset[str]]:
    data = read_data("openssl_keywords.yaml")
    functions = {"hash": "digest", "key-agree": "keygen", "signature": "sign"}
    words = {
        name: NamedAlgorithm(function=functions.get(facts["primitive"], "encrypt"), **facts)
        for section in ("ciphers", "others")
        for name, facts in data[section].items()
    }
    return words, frozenset(data["selections"]["names"])


def _rows(name: str) -> Iterator[dict[str, str]]:
    header, *lines = FOLDER.joinpath(name).read_text("utf-8").splitlines()
    columns = header.split("\t")
    for line in lines:
        yield dict(zip(columns, line.split("\t"), strict=True))
