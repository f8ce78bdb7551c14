"""Command lines of openssl, gmssl, keytool, ssh-keygen and others in scripts, Makefiles, Dockerfiles and CI.

What each program says is in `commands.yaml`. Nothing is run; a value that a variable holds stays unknown.
"""

import re
import shlex
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.configuration.writing import Line, lines_of, write_protocols
from sbom.crypto.assets.findings import AssetFile, AssetFindings, Setting
from sbom.crypto.catalogue import Algorithm, full_name, resolve_algorithm, resolve_curve
from sbom.crypto.draft import threshold
from sbom.crypto.model import AssetType, Confidence

_PROGRAMS = r"openssl|gmssl|keytool|ssh-keygen|(?:md5|sha1|sha224|sha256|sha384|sha512|b2)sum|curl|wget"
_COMMAND = re.compile(rf"(?:^|[\s;&|(`@\"'=/\[{{-])(?P<program>{_PROGRAMS})(?=[\s\"',]).*")
_END = re.compile(r"&&|\|\||[;|&)`]|\s#")
_COMMENT = re.compile(r"^\s*(?:#(?!!)|rem\s|::|//|echo\s)", re.IGNORECASE)
_WORDS = re.compile(r"[\s,]+")
_LONGEST = 4000


def parse(file: AssetFile, findings: AssetFindings) -> None:
    text = file.text
    starts = [line.start for line in lines_of(text)]
    for line in _joined(text):
        if _COMMENT.match(line.text) or len(line.text) > _LONGEST:
            continue
        rest = 0
        while match := _COMMAND.search(line.text, rest):
            begin = match.start("program")
            end = _END.search(line.text, begin)
            stop = end.start() if end else len(line.text)
            rest = max(stop, match.end("program"))
            place = line.start + begin
            number = bisect_right(starts, place)
            at = Setting(place, number, place - starts[number - 1] + 1, "", match["program"])
            _read(_tokens(line.text[begin:stop]), at, findings)


def _joined(text: str) -> Iterator[Line]:
    """Lines with those that continue them, as long as they are in the text."""
    held: Line | None = None
    for line in lines_of(text):
        whole = line if held is None else held._replace(text=f"{held.text} {line.text}")
        if line.text.endswith(("\\", "^")) and len(whole.text) < _LONGEST:
            held = whole._replace(text=f"{whole.text[:-1]} ")
            continue
        held = None
        yield whole
    if held is not None:
        yield held


def _tokens(command: str) -> list[str]:
    """The words of a command; an exec form of a Dockerfile or a YAML list holds them quoted."""
    try:
        words = shlex.split(command)
    except ValueError:
        words = command.split()
    return [word for item in words for word in _WORDS.split(item.strip("\"'[]")) if word]


def _read(tokens: list[str], at: Setting, findings: AssetFindings) -> None:
    program = tokens[0]
    at.api, says = _said(tokens)
    if says is None:
        return
    for token in tokens[1:]:
        if token in says.get("protocols", {}):
            write_protocols(findings, at, [says["protocols"][token]])
        if token in says.get("findings", {}) or (program == "curl" and re.fullmatch(r"-[a-zA-Z]*k", token)):
            findings.occurrence(
                at,
                asset_type=AssetType.PROTOCOL,
                protocol="TLS",
                findings=(
                    says["findings"].get(token, says["findings"]["-k" if program == "curl" else token]),
                ),
            )
            break
    if says.get("protocol"):
        write_protocols(findings, at, [says["protocol"]])
    needed = says.get("needs", ())
    if not says.keys() & _TELLING or (needed and not set(needed) & set(tokens)):
        return
    found = _Found(says, tokens)
    if found.algorithm is None and says.get("known"):
        return
    algorithm = found.algorithm
    findings.occurrence(
        at,
        algorithm=full_name(algorithm) if algorithm else None,
        family=algorithm.family if algorithm else None,
        mode=algorithm.mode if algorithm else None,
        padding=found.padding or (algorithm.padding if algorithm else None),
        key_size=algorithm.size if algorithm else None,
        curve=algorithm.curve if algorithm else None,
        digest=found.digest or (algorithm.digest if algorithm else None),
        iterations=found.iterations,
        primitive=found.primitive or (algorithm.primitive if algorithm else None),
        function=found.function,
        confidence=Confidence.HIGH if algorithm else Confidence.LOW,
        findings=tuple(_wrong(found)),
    )


def _wrong(found: "_Found") -> Iterator[str]:
    if found.algorithm is not None and found.algorithm.mode == "ecb":
        yield "ecb-mode"
    if found.iterations is not None and found.iterations < threshold("few-iterations"):
        yield "few-iterations"


_TELLING = frozenset({"algorithm", "options", "flag", "flags", "subcommand", "default"})


class _Found:
    """What the words of a command say of its algorithm."""

    def __init__(self, says: Mapping[str, Any], tokens: list[str]) -> None:
        self.algorithm = resolve_algorithm(says["algorithm"]) if "algorithm" in says else None
        self.digest: str | None = None
        self.iterations: int | None = None
        self.mode = next((says["modes"][token] for token in tokens if token in says.get("modes", {})), None)
        self.padding = next(
            (says["paddings"][token] for token in tokens if token in says.get("paddings", {})), None
        )
        self.function: str | None = says.get("function")
        self.primitive: str | None = None
        self._size: int | None = None
        self._curve: str | None = None
        self._read(says, tokens)
        if self.algorithm is None and (usual := says.get("default")):
            self.algorithm = resolve_algorithm(usual)
        if self.algorithm is not None:
            self._complete(says, tokens)

    def _read(self, says: Mapping[str, Any], tokens: list[str]) -> None:
        options = says.get("options", {})
        if says.get("subcommand") and len(tokens) > 1:
            self._give("ALGORITHM", tokens[1])
        for place, token in enumerate(tokens[1:], 1):
            following = tokens[place + 1] if place + 1 < len(tokens) else ""
            if token in options:
                self._give(options[token], following)
            elif token in says.get("flags", {}):
                self._give("ALGORITHM", says["flags"][token])
            elif says.get("flag") and token.startswith("-") and resolve_algorithm(token.lstrip("-")):
                self._give(says["flag"], token.lstrip("-"))
            elif says.get("number") and token.isdigit() and self._is_number(tokens, place):
                self._give(says["number"], token)

    def _is_number(self, tokens: list[str], place: int) -> bool:
        """Whether a number stands for itself and is no value of an option."""
        return place == len(tokens) - 1 or not tokens[place - 1].startswith("-")

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

    def _complete(self, says: Mapping[str, Any], tokens: list[str]) -> None:
        algorithm: Algorithm = self.algorithm  # type: ignore[assignment]  # asked before
        if set(says.get("macs", ())) & set(tokens):
            self.digest, self.function = algorithm.name, "tag"
            algorithm = resolve_algorithm(f"HMAC-{algorithm.name}") or algorithm
        elif set(says.get("signs", ())) & set(tokens):  # the scheme is that of the key, which no word tells
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


def _said(tokens: list[str]) -> tuple[str, Mapping[str, Any] | None]:
    """The command's name and what the table says of it."""
    table = _table()
    program = tokens[0]
    for token in tokens[1:] if program == "keytool" else tokens[1:2]:
        if says := table.get(f"{program} {token}"):
            return f"{program} {token}", says
    if len(tokens) > 1 and (says := table.get(f"{program} *")):
        return f"{program} {tokens[1]}", says
    return program, table.get(program)


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    table: Mapping[str, Mapping[str, Any]] = yaml.load(
        files("sbom.crypto.assets.configuration").joinpath("commands.yaml").read_bytes(), yaml.CSafeLoader
    )
    return table


FORMAT = AssetFormat(
    name="command-lines",
    version="1",
    parse=parse,
    globs=(
        *(
            "*.sh",
            "*.bash",
            "*.zsh",
            "*.bat",
            "*.cmd",
            "*.ps1",
            "*.mk",
            "makefile",
            "makefile.*",
            "gnumakefile",
        ),
        *(
            "dockerfile",
            "dockerfile.*",
            "*.dockerfile",
            "containerfile",
            "jenkinsfile",
            "jenkinsfile.*",
            "justfile",
        ),
        *(".gitlab-ci.yml", ".travis.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml", "taskfile.yml"),
        *(".github/workflows/*", "*/.github/workflows/*", ".circleci/config.yml", "*/.gitlab-ci/*.yml"),
        *(".drone.yml", "cloudbuild.yaml", "vagrantfile", "rakefile"),
    ),
    marker=re.compile(rf"\b(?:{_PROGRAMS})\b".encode()),
    title="command lines of scripts, Makefiles, Dockerfiles and CI",
)
