"""Servers and tools whose settings are lines of names and values, by `server_settings.yaml`."""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.configuration import directives, writing
from sbom.crypto.assets.findings import AssetFile, AssetFindings, Setting
from sbom.crypto.assets.names import FileNames, file_names
from sbom.crypto.catalogue import hmac_name, resolve_algorithm
from sbom.crypto.der_keys import KeyFacts

_LIST = re.compile(r"[\s:,;|\"']+")
_COMMENTS = "#;"
_VERSION = re.compile(r"\d\.\d")


@dataclass(frozen=True, slots=True)
class Program:
    """A program, the files that it reads, and what its settings say."""

    name: str
    files: FileNames
    holds: re.Pattern[str] | None
    settings: Mapping[str, directives.Writer]

    def reads(self, file: AssetFile) -> bool:
        return self.files.match(file.path) and (self.holds is None or bool(self.holds.search(file.text)))


@cache
def program_rows() -> tuple[dict[str, Any], ...]:
    """The rows of `server_settings.yaml`."""
    return tuple(
        yaml.load(files(__package__).joinpath("server_settings.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    )


@cache
def _programs() -> tuple[Program, ...]:
    return tuple(
        Program(
            row["program"],
            file_names(tuple(row["files"])),
            re.compile(row["holds"]) if "holds" in row else None,
            {name: _WRITERS[says] for name, says in row["settings"].items()},
        )
        for row in program_rows()
    )


def parse(file: AssetFile, findings: AssetFindings) -> None:
    for program in _programs():
        if program.reads(file):
            directives.write_directives(file.text, program.settings, program.name, findings, _COMMENTS)


def _protocols(findings: AssetFindings, at: Setting, value: str) -> None:
    """Versions, of which a bare number (`1.2`) is one of TLS."""
    names = writing.words(value)
    writing.write_protocols(findings, at, (f"TLS{n}" if _VERSION.fullmatch(n) else n for n in names))


def _algorithms(findings: AssetFindings, at: Setting, value: str) -> None:
    for name in _names(value):
        writing.write_algorithm(findings, at, name)


def _mac(findings: AssetFindings, at: Setting, value: str) -> None:
    for name in _names(value):
        digest = resolve_algorithm(name)
        if digest is not None and digest.primitive == "hash":
            writing.write_algorithm(findings, at, hmac_name(digest.name), "tag")


def _names(value: str) -> Iterable[str]:
    return (name for name in _LIST.split(value) if name) if not writing.is_placeholder(value) else ()


def _private_key(findings: AssetFindings, at: Setting, value: str) -> None:
    if _is_key(value):
        findings.key("private-key", "literal", at.line, KeyFacts("X25519", None, 256, None, None))


def _shared_key(findings: AssetFindings, at: Setting, value: str) -> None:
    if _is_key(value):
        findings.key("secret-key", "literal", at.line, KeyFacts("ChaCha20-Poly1305", None, 256, None, None))


def _is_key(value: str) -> bool:
    try:
        return len(base64.b64decode(value.strip(), validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


_WRITERS: Mapping[str, Callable[[AssetFindings, Setting, str], None]] = {
    "protocols": _protocols,
    "suites": writing.write_suites,
    "curves": writing.write_curves,
    "algorithms": _algorithms,
    "mac": _mac,
    "transforms": writing.write_transforms,
    "private_key": _private_key,
    "shared_key": _shared_key,
}


FORMAT = AssetFormat(
    name="servers",
    version="1",
    parse=parse,
    globs=tuple(sorted({glob for row in program_rows() for glob in row["files"]})),
    title="Redis, OpenVPN, strongSwan, Kerberos, GnuPG and others",
)
