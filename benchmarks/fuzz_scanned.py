"""Parsers of what lies in a repository, as targets of fuzzing: one function a kind."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import fuzz_parsers
from fuzz_target import FIXTURES, Finding, Target

from pipelines.crawl.commit_header import split_header
from pipelines.crawl.commit_text import decode
from pipelines.crawl.raw_commit import parse_commit
from sbom.attestation import load_public_key, verify_envelope
from sbom.crypto.assets import asset_formats, read_assets
from sbom.crypto.languages import language_of
from sbom.crypto.model import Context
from sbom.crypto.scan import scan_crypto_source
from sbom.errors import ScanError
from sbom.imports import read_bom
from sbom.licences import match_licence
from sbom.lockfiles import formats, match_formats
from sbom.platforms import scan_platforms_source
from sbom.source import Listing, Source


class OneFile(Source):
    """A subject that holds one file."""

    def __init__(self, path: str, content: bytes) -> None:
        self.name, self._path, self._content = "fuzz", path, content

    def listing(self) -> Listing:
        return Listing(files={self._path: self._path}, links={}, submodules={}, unread={})

    def read(self, key: str) -> bytes:  # noqa: ARG002
        return self._content

    def read_link(self, key: str) -> str:
        return key


def lockfile() -> Iterator[Target]:
    by_format: dict[str, list[tuple[dict[str, bytes], str]]] = {}
    for files, path in fuzz_parsers.read_cases():
        for fmt in match_formats(path):
            by_format.setdefault(fmt.name, []).append((files, path))
    for fmt in formats():
        cases = by_format.get(fmt.name, [])[:200]
        if not cases:
            continue

        def parse(data: bytes, cases: Any = cases) -> None:
            files, path = cases[data[0] % len(cases)] if data else cases[0]
            if problems := fuzz_parsers.problems({**files, path: data[1:]}, path):
                raise Finding(problems[0])

        samples = [bytes([number]) + files[path] for number, (files, path) in enumerate(cases)]
        yield Target(f"lockfile/{fmt.name}", ("sbom.lockfiles", "sbom.purl", "sbom.makers"), samples, parse)


def asset() -> Iterator[Target]:
    stored = [
        (path.name, path.read_bytes())
        for path in sorted((FIXTURES / "crypto_assets").rglob("*"))
        if path.is_file() and path.suffix != ".yaml"
    ]
    for fmt in asset_formats():
        cases = [case for case in stored if fmt.reads(*case)]
        if not cases:
            name = fmt.globs[0].replace("*", "a") if fmt.globs else "a.txt"
            cases = [(name, fmt.embedded or b"\x30\x82\x01\x00" + bytes(40))]

        def parse(data: bytes, cases: Any = cases) -> None:
            path = cases[data[0] % len(cases)][0] if data else cases[0][0]
            found = read_assets(path, data[1:], Context.MAIN)
            last = data.count(b"\n") + 1
            for row in (*found.occurrences, *found.certificates, *found.keys, *found.unknowns):
                if row.line is not None and not 1 <= row.line <= last:
                    raise Finding(f"a line that is not there: {row}")
            for row in found.unknowns:
                if "looks like" in row.reason:
                    raise Finding(row.reason)

        samples = [bytes([number]) + content for number, (_, content) in enumerate(cases)]
        yield Target(f"asset/{fmt.name}", ("sbom.crypto",), samples, parse)


def source() -> Iterator[Target]:
    by_language: dict[str, list[tuple[str, bytes]]] = {}
    for path in sorted((FIXTURES / "crypto").rglob("*")):
        if path.is_file() and (language := language_of(path.name)) is not None:
            by_language.setdefault(language.name, []).append((path.name, path.read_bytes()))
    for language, cases in by_language.items():

        def parse(data: bytes, cases: Any = cases) -> None:
            name = cases[data[0] % len(cases)][0] if data else cases[0][0]
            scan_crypto_source(OneFile(name, data[1:]))

        samples = [bytes([number % 256]) + content for number, (_, content) in enumerate(cases)]
        yield Target(f"source/{language}", ("sbom.crypto",), samples, parse)

    names = ("Dockerfile", ".github/workflows/a.yml", "package-lock.json", "pnpm-lock.yaml", "poetry.lock")
    names += ("yarn.lock", "uv.lock", "Makefile", "CMakeLists.txt", "pom.xml")

    def platforms(data: bytes) -> None:
        scan_platforms_source(OneFile(names[data[0] % len(names)] if data else names[0], data[1:]))

    cases = [(files, path) for files, path in fuzz_parsers.read_cases() if path in names]
    samples = [bytes([names.index(path)]) + files[path] for files, path in cases]
    yield Target("source/platforms", ("sbom.platforms",), samples, platforms)


def bom() -> Iterator[Target]:
    boms = [path.read_bytes() for path in sorted((FIXTURES / "boms").glob("*.json"))]

    def bom(data: bytes) -> None:
        with suppress(ScanError):
            read_bom(data, "bom.json")

    xml = (
        b'<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1"><metadata>'
        b'<timestamp>2026-01-01T00:00:00Z</timestamp><component type="application" bom-ref="r">'
        b'<name>n</name></component></metadata><components><component type="library" bom-ref="a">'
        b"<name>a</name><version>1</version><licenses>"
        b"<license><id>MIT</id></license></licenses><purl>pkg:npm/a@1</purl></component></components>"
        b'<dependencies><dependency ref="r"><dependency ref="a"/></dependency></dependencies></bom>'
    )
    yield Target("bom/json", ("sbom.imports", "sbom.lockfiles.reading"), boms, bom)
    yield Target("bom/xml", ("sbom.imports", "sbom.bom_xml"), [xml], bom)

    key = load_public_key(
        b"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
        b"-----END PUBLIC KEY-----\n"
    )
    envelope = (
        b'{"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[{"sig":"AAAA"}]}'
    )

    def attestation(data: bytes) -> None:
        with suppress(ScanError):
            verify_envelope(data, key)

    yield Target("bom/attestation", ("sbom.attestation", "sbom.lockfiles.reading"), [envelope], attestation)
    licence = (Path(__file__).parents[1] / "LICENSE").read_bytes()

    def licences(data: bytes) -> None:
        match_licence(data)

    yield Target("bom/licence text", ("sbom.licences",), [licence, b"MIT License"], licences)


def git() -> Iterator[Target]:
    commit = (
        b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nparent 1111111111111111111111111111111111111111\n"
        b"author A <a@b.c> 1700000000 +0800\ncommitter A <a@b.c> 1700000000 +0800\nencoding GBK\n\ntext\n"
    )

    def objects(data: bytes) -> None:
        raw = parse_commit(data)
        header = b"c" + b"1" * 40 + b"\n" + b"\n".join(data.split(b"\n")[:9]) + b"\n" * 10
        split_header(header, (), lambda _: raw)
        decode(data, b"GBK")
        decode(data, data[:20])

    yield Target("git/commit", ("pipelines.crawl",), [commit], objects)
