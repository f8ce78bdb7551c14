"""What the words of a command line say of cryptography: openssl, gmssl, keytool, ssh-keygen and others.

The facts are in `commands.yaml`. Nothing is run; a word that a variable holds is `UNKNOWN_WORD` or holds it.
"""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sbom.crypto.algorithms import Algorithm
from sbom.crypto.catalogue import (
    full_name,
    resolve_algorithm,
    resolve_curve,
    resolve_protocol,
)
from sbom.crypto.data import read_data
from sbom.crypto.draft import OLD_PROTOCOLS
from sbom.crypto.finding_rules import has_few_iterations
from sbom.crypto.model import AssetType, Confidence

COMMANDS = "command-lines"
"""What occurrences of commands in code name as their library, which has no rules."""
COMMAND_LITERALS = (
    *(
        "openssl",
        "gmssl",
        "keytool",
        "ssh-keygen",
        "md5sum",
        "sha1sum",
        "sha224sum",
        "sha256sum",
        "sha384sum",
        "sha512sum",
    ),
    *(
        "b2sum",
        "shasum",
        "htpasswd",
        "mkpasswd",
        "gpg",
        "cryptsetup",
        "--insecure",
        "curl -",
        "--no-check-certificate",
    ),
    *("Keygen", "keygen_", "KEYGEN", "StrictHostKeyChecking=no", "http.sslVerify"),
)
"""Texts, one of which stands in every file that puts such a command together."""
_IN_CODE = re.compile(
    rb"(?:openssl|gmssl|keytool|ssh-keygen|(?:md5|sha\d+|b2)sum|shasum|htpasswd|mkpasswd|gpg2?|cryptsetup)(?:\.exe)?"
    rb"(?:[\"'`]\s*[,)\]]|\s+[-%$\"'{\w]|\w*(?:\(\))?\s*,\s*[\"'])"
    rb"|(?i:keygen)\w*\s*,\s*[\"']-t\b|--insecure|curl -|--no-check-certificate"
    rb"|StrictHostKeyChecking=no|http\.sslVerify"
)
_AROUND = 200
"""Bytes from the beginning of a program's name in which it is seen how it stands there."""
END = re.compile(r"&&|\|\||[;|&)`\n]|\s#|\d?>")
"""Where the words of one command end in a line of shell."""
UNKNOWN_WORD = "\ufffc"
"""Stands for what is not written in the text."""
_WORDS = re.compile(r"[\s,]+")
_TELLING = frozenset({"algorithm", "options", "flag", "flags", "subcommand", "default"})


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    table: Mapping[str, Mapping[str, Any]] = read_data("commands.yaml")
    return table


PROGRAMS = "|".join(
    sorted({re.escape(name.partition(" ")[0]) for name in _table()}, key=lambda name: (-len(name), name))
)
"""Regular expression of the programs that the table knows."""


@dataclass(frozen=True, slots=True)
class CommandUse:
    """One use of cryptography by a command; `api` is the program with its subcommand."""

    api: str
    algorithm: Algorithm | None = None
    padding: str | None = None
    digest: str | None = None
    iterations: int | None = None
    protocol: str | None = None
    protocol_version: str | None = None
    primitive: str | None = None
    function: str | None = None
    findings: tuple[str, ...] = ()

    def attributes(self) -> dict[str, Any]:
        """What it says, by the names of the attributes of a `CryptoOccurrence`."""
        algorithm = self.algorithm
        return {
            "asset_type": AssetType.PROTOCOL if self.protocol else AssetType.ALGORITHM,
            "algorithm": full_name(algorithm) if algorithm else None,
            "family": algorithm.family if algorithm else None,
            "mode": algorithm.mode if algorithm else None,
            "padding": self.padding,
            "key_size": algorithm.size if algorithm else None,
            "curve": algorithm.curve if algorithm else None,
            "digest": self.digest,
            "iterations": self.iterations,
            "protocol": self.protocol,
            "protocol_version": self.protocol_version,
            "primitive": self.primitive,
            "function": self.function,
            "confidence": Confidence.HIGH if algorithm or self.protocol else Confidence.LOW,
            "findings": self.findings,
        }


def in_code(content: bytes, start: int) -> bool:
    """Whether the bytes of a source file may put a command together around one of the `COMMAND_LITERALS`."""
    return _IN_CODE.search(content, start, start + _AROUND) is not None


def split_words(command: str) -> list[str]:
    """The words of a command; an exec form of a Dockerfile or a YAML list holds them quoted."""
    try:
        words = shlex.split(command)
    except ValueError:
        words = command.split()
    return [word for item in words for word in _WORDS.split(item.strip("\"'[]")) if word]


@cache
def subcommands() -> Mapping[str, frozenset[str]]:
    """The subcommands that the table knows, by program; `ssh-keygen` has an option instead."""
    found: dict[str, set[str]] = {}
    for name in _table():
        program, _, subcommand = name.partition(" ")
        if subcommand and subcommand != "*":
            found.setdefault(program, set()).add(subcommand)
    return {program: frozenset(names) for program, names in found.items()} | {"keygen": frozenset({"-t"})}


def read_command(words: Sequence[str]) -> Iterator[CommandUse]:
    """What a command uses; its first word is the program's name without folder."""
    api, says = _said(words)
    if says is None:
        return
    yield from _read_options(api, says, words)
    if says.get("protocol"):
        yield _protocol(api, says["protocol"])
    needed = says.get("needs", ())
    if not says.keys() & _TELLING or (needed and not set(needed) & set(words)):
        return
    if says.get("with_option") and not any(word.startswith("-") for word in words):
        return
    found = _Found(says, words)
    if found.algorithm is None and says.get("known"):
        return
    algorithm = found.algorithm
    yield CommandUse(
        api,
        algorithm=algorithm,
        padding=found.padding or (algorithm.padding if algorithm else None),
        digest=found.digest or (algorithm.digest if algorithm else None),
        iterations=found.iterations,
        primitive=found.primitive or (algorithm.primitive if algorithm else None),
        function=found.function,
        findings=tuple(_wrong(found)),
    )


def _read_options(api: str, says: Mapping[str, Any], words: Sequence[str]) -> Iterator[CommandUse]:
    """Protocol versions and switched-off checks, which options name by themselves."""
    program = words[0]
    findings: Mapping[str, str] = says.get("findings", {})
    for place, word in enumerate(words[1:], 1):
        if version := says.get("protocols", {}).get(word):
            yield _protocol(api, version)
        code = findings.get(word) or findings.get(" ".join(words[place : place + 2]))
        if code is None and program == "curl" and re.fullmatch(r"-[a-zA-Z]*k", word):
            code = findings["-k"]
        if code is not None:
            yield CommandUse(api, protocol=says.get("protocol_of_findings", "TLS"), findings=(code,))
            return


def _protocol(api: str, text: str) -> CommandUse:
    found = resolve_protocol(text)
    if found is None:
        return CommandUse(api, protocol=text)
    old = ("old-protocol",) if (found.protocol, found.version) in OLD_PROTOCOLS else ()
    return CommandUse(api, protocol=found.protocol, protocol_version=found.version, findings=old)


def _wrong(found: "_Found") -> Iterator[str]:
    if found.algorithm is not None and found.algorithm.mode == "ecb":
        yield "ecb-mode"
    family = found.algorithm.family if found.algorithm is not None else None
    if found.iterations is not None and has_few_iterations(found.iterations, family):
        yield "few-iterations"


class _Found:
    """What the words of a command say of its algorithm."""

    def __init__(self, says: Mapping[str, Any], words: Sequence[str]) -> None:
        name = _chosen(says, words) or says.get("algorithm")
        self.algorithm = resolve_algorithm(name) if name else None
        self.digest: str | None = None
        self.iterations: int | None = None
        self.mode = next((says["modes"][word] for word in words if word in says.get("modes", {})), None)
        self.padding = next(
            (says["paddings"][word] for word in words if word in says.get("paddings", {})), None
        )
        self.function: str | None = says.get("function")
        self.primitive: str | None = says.get("primitive")
        self._size: int | None = None
        self._curve: str | None = None
        self._read(says, words)
        if self.algorithm is None and (usual := says.get("default")):
            self.algorithm = resolve_algorithm(usual)
        if self.algorithm is not None:
            self._complete(says, words)

    def _read(self, says: Mapping[str, Any], words: Sequence[str]) -> None:
        options = says.get("options", {})
        if says.get("subcommand") and len(words) > 1:
            self._give("ALGORITHM", words[1])
        for place, word in enumerate(words[1:], 1):
            following = words[place + 1] if place + 1 < len(words) else ""
            if word in options:
                self._give(options[word], following)
            elif word in says.get("flags", {}):
                self._give("ALGORITHM", says["flags"][word])
            elif says.get("flag") and word.startswith("-") and resolve_algorithm(word.lstrip("-")):
                self._give(says["flag"], word.lstrip("-"))
            elif says.get("number") and word.isdigit() and self._is_number(words, place):
                self._give(says["number"], word)

    def _is_number(self, words: Sequence[str], place: int) -> bool:
        """Whether a number stands for itself and is no value of an option."""
        return place == len(words) - 1 or not words[place - 1].startswith("-")

    def _give(self, role: str, text: str) -> None:
        if role in ("SPEC", "PAIR"):
            self._give_pair(text)
        elif role == "ALGORITHM":
            self.algorithm = self.algorithm or resolve_algorithm(text)
        elif role == "CURVE" and (curve := resolve_curve(text)):
            self._curve, self._size = curve.name, self._size or curve.size
        elif role == "KEY_SIZE" and text.isdigit() and int(text) >= 32:
            self._size = int(text)
        elif role == "ITERATIONS" and text.isdigit():
            self.iterations = int(text)
        elif role == "DIGEST" and (digest := resolve_algorithm(text)):
            self.digest = digest.name

    def _give_pair(self, text: str) -> None:
        name, _, value = text.partition(":")
        if name.endswith("_bits") or value.isdigit():
            self._give("KEY_SIZE", value)
        elif "curve" in name:
            self._give("CURVE", value)
        if not name.endswith("_bits") and "_" not in name:
            self._give("ALGORITHM", name)

    def _complete(self, says: Mapping[str, Any], words: Sequence[str]) -> None:
        algorithm: Algorithm = self.algorithm  # type: ignore[assignment]  # asked before
        if set(says.get("macs", ())) & set(words):
            self.digest, self.function = algorithm.name, "tag"
            algorithm = resolve_algorithm(f"HMAC-{algorithm.name}") or algorithm
        elif set(says.get("signs", ())) & set(words):  # the scheme is that of the key, which no word tells
            self.digest, self.function, self.primitive = algorithm.name, "sign", "signature"
            self.algorithm = None
            return
        if self._curve == "oscaa/SM2":
            algorithm = resolve_algorithm("SM2") or algorithm
        self.algorithm = replace(
            algorithm,
            size=self._size or algorithm.size,
            curve=self._curve or algorithm.curve,
            mode=self.mode or algorithm.mode,
        )


def _chosen(says: Mapping[str, Any], words: Sequence[str]) -> str | None:
    """The algorithm that an option names instead of the usual one."""
    for place, word in enumerate(words[1:], 1):
        if name := says.get("chosen", {}).get(word):
            return str(name)
        following = words[place + 1] if place + 1 < len(words) else ""
        if name := says.get("choices", {}).get(word, {}).get(following):
            return str(name)
    return None


def _said(words: Sequence[str]) -> tuple[str, Mapping[str, Any] | None]:
    """The command's name and what the table says of it."""
    table = _table()
    program = words[0]
    for word in words[1:] if program == "keytool" else words[1:2]:
        if says := table.get(f"{program} {word}"):
            return f"{program} {word}", says
    if len(words) > 1 and (says := table.get(f"{program} *")):
        return f"{program} {words[1]}", says
    return program, table.get(program)
