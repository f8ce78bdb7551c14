"""Turn what a configuration names (protocols, suites, algorithms, curves) into occurrences."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sbom.crypto.assets.findings import AssetFindings, Setting
from sbom.crypto.catalogue import full_name, resolve_algorithm, resolve_curve, resolve_protocol
from sbom.crypto.draft import OLD_PROTOCOLS
from sbom.crypto.model import AssetType, Confidence
from sbom.crypto.tls_suites import (
    NamedAlgorithm,
    Suite,
    find_ssh_algorithm,
    find_suite,
    find_transform,
    read_cipher_list,
)

_WORDS = re.compile(r"[\s,;|\"'\[\](){}]+")
_PLACEHOLDER = re.compile(r"[$%#@]\{|\{\{|<%|\$\(|^\$")


class Line(NamedTuple):
    """A line of a text; `start` counts characters from the start of the text, `number` lines from 1."""

    number: int
    start: int
    text: str


def lines_of(text: str) -> Iterator[Line]:
    """The lines of a text without their ends."""
    start = 0
    for number, line in enumerate(text.split("\n"), start=1):
        yield Line(number, start, line.rstrip("\r"))
        start += len(line) + 1


def setting(line: Line, column: int, api: str, library: str) -> Setting:
    """A setting in a line, `column` characters from its start."""
    return Setting(line.start + column, line.number, column + 1, api, library)


def is_placeholder(value: str) -> bool:
    """Whether the value comes from elsewhere: `${…}`, `{{ … }}`, `<% … %>`, `$variable`."""
    return _PLACEHOLDER.search(value) is not None


def words(value: str) -> list[str]:
    """The words of a list that is separated by commas or white space, quoted or bracketed."""
    return [word for word in _WORDS.split(value) if word]


def write_protocols(findings: AssetFindings, at: Setting, names: Iterable[str]) -> None:
    """One occurrence for each protocol version named; what is excluded (`-SSLv3`, `!SSLv3`) is none."""
    for name in names:
        if name[:1] in "-!":
            continue
        found = resolve_protocol(name.lstrip("+><="))
        if found is not None:
            old = (found.protocol, found.version) in OLD_PROTOCOLS
            findings.occurrence(
                at,
                asset_type=AssetType.PROTOCOL,
                protocol=found.protocol,
                protocol_version=found.version,
                findings=("old-protocol",) if old else (),
            )


def write_suites(findings: AssetFindings, at: Setting, value: str) -> None:
    """Occurrences for a list of cipher suites: each suite, and each algorithm of them once.

    A selection such as `HIGH` is a suite that is not known.
    """
    if is_placeholder(value):
        return
    algorithms: dict[NamedAlgorithm, None] = {}
    for word in read_cipher_list(value):
        algorithms |= dict.fromkeys(word.algorithms)
        if word.suite is not None:
            _write_suite(findings, at, word.suite)
        elif word.is_selection:
            findings.occurrence(at, asset_type=AssetType.PROTOCOL, protocol="TLS", confidence=Confidence.LOW)
    for algorithm in algorithms:
        _write_named(findings, at, algorithm)


def _write_suite(findings: AssetFindings, at: Setting, suite: Suite) -> None:
    findings.occurrence(
        at,
        asset_type=AssetType.PROTOCOL,
        algorithm=suite.name,
        protocol=suite.protocol,
        protocol_version=suite.version,
    )


def _write_named(findings: AssetFindings, at: Setting, named: NamedAlgorithm) -> None:
    findings.occurrence(
        at,
        algorithm=named.algorithm,
        family=named.family,
        mode=named.mode,
        key_size=named.key_size,
        curve=named.curve,
        digest=named.digest,
        primitive=named.primitive,
        function=named.function,
        findings=("ecb-mode",) if named.mode == "ecb" else (),
    )


def write_transforms(findings: AssetFindings, at: Setting, value: str) -> None:
    """Occurrences for proposals of IPsec (`aes256-sha256-modp2048`) or Kerberos' encryption types."""
    named: dict[NamedAlgorithm, None] = {}
    for word in words(value):
        name = word.partition(":")[0]  # Kerberos' salt
        whole = find_transform(name)
        parts = [find_transform(part) for part in re.split(r"[-!]|ke\d_", name)] if whole is None else [whole]
        named |= dict.fromkeys(part for part in parts if part is not None)
    for algorithm in named:
        _write_named(findings, at, algorithm)


def write_ssh_algorithms(findings: AssetFindings, at: Setting, value: str) -> None:
    """Occurrences for a list of SSH algorithms; a list with `-` in front only excludes."""
    if value.startswith("-"):
        return
    for name in words(value.lstrip("+^")):
        named = find_ssh_algorithm(name)
        if named is not None:
            _write_named(findings, at, named)


def write_curves(findings: AssetFindings, at: Setting, value: str) -> None:
    """Occurrences for a list of groups of a key agreement."""
    for name in re.split(r"[:,\s]+", value.strip().strip("\"'")):
        text = name.strip("\"'?*/[]")
        group = resolve_algorithm(text)
        curve = resolve_curve(text)
        if curve is not None and curve.name == "oscaa/SM2":
            findings.occurrence(
                at, algorithm="SM2", family="SM2", key_size=256, curve=curve.name, primitive="key-agree",
                function="keygen",
            )  # fmt: skip
        elif curve is not None:
            known = group is not None and group.family == "ECDH"
            findings.occurrence(
                at, algorithm=group.name if group and known else "ECDH", family="ECDH", key_size=curve.size,
                curve=curve.name, primitive="key-agree", function="keygen",
            )  # fmt: skip
        elif group is not None and group.primitive in ("kem", "combiner"):
            findings.occurrence(
                at, algorithm=group.name, family=group.family, primitive=group.primitive, function="keygen"
            )
        elif match := re.fullmatch(r"ffdhe(\d{4})", text.lower()):
            findings.occurrence(
                at, algorithm="DH", family="FFDH", key_size=int(match[1]), primitive="key-agree",
                function="keygen",
            )  # fmt: skip


def write_algorithm(
    findings: AssetFindings,
    at: Setting,
    name: str,
    function: str | None = None,
    key_size: int | None = None,
) -> bool:
    """An occurrence for the algorithm of a name, if the catalogue knows it; tells whether it does."""
    if (suite := find_suite(name)) is not None and "_WITH_" in name.upper():
        _write_suite(findings, at, suite)
        return True
    found = resolve_algorithm(name)
    if found is None:
        return False
    findings.occurrence(
        at,
        algorithm=full_name(found),
        family=found.family,
        mode=found.mode,
        padding=found.padding,
        key_size=key_size or found.size,
        curve=found.curve,
        digest=found.digest,
        primitive=found.primitive,
        function=function or _FUNCTIONS.get(found.primitive or ""),
        findings=("ecb-mode",) if found.mode == "ecb" else (),
    )
    return True


_FUNCTIONS = {
    "hash": "digest",
    "mac": "tag",
    "signature": "sign",
    "kdf": "keyderive",
    "block-cipher": "encrypt",
    "stream-cipher": "encrypt",
    "ae": "encrypt",
    "pke": "encrypt",
    "key-agree": "keygen",
}
"""What a setting that names an algorithm of this primitive has it do."""
