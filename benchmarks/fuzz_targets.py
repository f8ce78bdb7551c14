"""Every parser of untrusted input as a function of bytes, with the samples that fuzzing begins with.

A target's first byte of input chooses the sample that names the file and what lies around it. A target raises
what nobody expects of the parser: an exception of Python's own, rows that do not hold together.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import fuzz_parsers

FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures"


@dataclass(frozen=True)
class Target:
    """One parser."""

    name: str
    """`<kind>/<format>`."""
    packages: tuple[str, ...]
    """Python packages whose coverage guides the fuzzing."""
    samples: Sequence[bytes]
    parse: Callable[[bytes], None]


class Finding(Exception):
    """A parser gave what it must not give."""


def targets(kind: str | None = None) -> dict[str, Target]:
    """All parsers by name, or those of one kind."""
    kinds = {
        "lockfile": _lockfiles,
        "asset": _assets,
        "source": _sources,
        "bom": _boms,
        "registry": _registries,
        "payload": _payloads,
        "feed": _feeds,
        "git": _git_objects,
        "own": _own_files,
    }
    chosen = kinds.values() if kind is None else [kinds[kind]]
    return {target.name: target for make in chosen for target in make()}


def _lockfiles() -> Iterator[Target]:
    from sbom.lockfiles import formats, match_formats  # noqa: PLC0415

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


def _assets() -> Iterator[Target]:
    from sbom.crypto.assets import asset_formats, read_assets  # noqa: PLC0415
    from sbom.crypto.model import Context  # noqa: PLC0415

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


def _sources() -> Iterator[Target]:
    from sbom.crypto.languages import language_of  # noqa: PLC0415
    from sbom.crypto.scan import scan_crypto_source  # noqa: PLC0415
    from sbom.platforms import scan_platforms_source  # noqa: PLC0415

    by_language: dict[str, list[tuple[str, bytes]]] = {}
    for path in sorted((FIXTURES / "crypto").rglob("*")):
        if path.is_file() and (language := language_of(path.name)) is not None:
            by_language.setdefault(language.name, []).append((path.name, path.read_bytes()))
    for language, cases in by_language.items():

        def parse(data: bytes, cases: Any = cases) -> None:
            name = cases[data[0] % len(cases)][0] if data else cases[0][0]
            scan_crypto_source(_OneFile(name, data[1:]))

        samples = [bytes([number % 256]) + content for number, (_, content) in enumerate(cases)]
        yield Target(f"source/{language}", ("sbom.crypto",), samples, parse)

    names = ("Dockerfile", ".github/workflows/a.yml", "package-lock.json", "pnpm-lock.yaml", "poetry.lock")
    names += ("yarn.lock", "uv.lock", "Makefile", "CMakeLists.txt", "pom.xml")

    def platforms(data: bytes) -> None:
        scan_platforms_source(_OneFile(names[data[0] % len(names)] if data else names[0], data[1:]))

    cases = [(files, path) for files, path in fuzz_parsers.read_cases() if path in names]
    samples = [bytes([names.index(path)]) + files[path] for files, path in cases]
    yield Target("source/platforms", ("sbom.platforms",), samples, platforms)


def _one_file() -> Any:
    from sbom.source import Listing, Source  # noqa: PLC0415

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

    return OneFile


def _OneFile(path: str, content: bytes) -> Any:  # noqa: N802
    return cache(_one_file)()(path, content)


def _boms() -> Iterator[Target]:
    from sbom.attestation import load_public_key, verify_envelope  # noqa: PLC0415
    from sbom.errors import ScanError  # noqa: PLC0415
    from sbom.imports import read_bom  # noqa: PLC0415
    from sbom.licences import match_licence  # noqa: PLC0415

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


def _registries() -> Iterator[Target]:
    from pipelines.crawl.registry.documents import Document  # noqa: PLC0415
    from pipelines.crawl.registry.facts import Package  # noqa: PLC0415
    from pipelines.crawl.registry.kinds import registry_kinds  # noqa: PLC0415
    from pipelines.errors import CrawlError  # noqa: PLC0415

    class Same:
        """Every path has the same document."""

        def __init__(self, content: bytes) -> None:
            self._content = content

        def get(self, path: str) -> Document:  # noqa: ARG002
            return Document(self._content)

        def below(self, address: str) -> str | None:
            return "/" + address.rpartition("/")[2]

    samples = [
        b'{"versions":{"1.0.0":{"dist":{"tarball":"x"},"license":"MIT"}},"time":{"1.0.0":"2024-01-01T00:00:00Z"},'
        b'"dist-tags":{"latest":"1.0.0"}}',
        b'{"info":{"version":"1.0","license":"MIT"},"releases":{"1.0":[{"upload_time_iso_8601":'
        b'"2024-01-01T00:00:00Z","yanked":true}]},"vulnerabilities":[]}',
        b"<metadata><versioning><latest>1</latest><versions><version>1</version></versions></versioning>"
        b"</metadata>",
        b'{"crate":{"max_version":"1.0.0"},"versions":[{"num":"1.0.0","yanked":false}]}',
        b'{"items":[{"items":[{"catalogEntry":{"version":"1.0.0","published":"2024-01-01T00:00:00Z"}}]}]}',
        b'{"packages":{"a/b":[{"version":"1.0.0","time":"2024-01-01T00:00:00Z"}]}}',
        b"v1.0.0\nv1.1.0\n",
    ]
    for kind in registry_kinds().values():

        def parse(data: bytes, kind: Any = kind) -> None:
            with suppress(CrawlError):
                kind.read(Package(f"pkg:{kind.type}/a/b", kind.type, "a", "b", ("1.0.0",)), Same(data))

        yield Target(f"registry/{kind.type}", ("pipelines.crawl.registry",), samples, parse)


def _payloads() -> Iterator[Target]:
    import orjson  # noqa: PLC0415

    from pipelines.crawl.payload import gitee, github, gitlab  # noqa: PLC0415

    at = datetime(2026, 1, 1, tzinfo=UTC)
    user = '{"id":1,"login":"a","username":"a","name":"A","email":"a@b.c"}'
    repository = (
        '{"id":1,"full_name":"o/r","path_with_namespace":"o/r","html_url":"https://h.example/o/r",'
        f'"web_url":"https://h.example/o/r","homepage":"https://h.example/o/r","owner":{user}}}'
    )
    item = (
        f'{{"id":1,"iid":1,"number":1,"title":"t","state":"open","user":{user},"created_at":"2026-01-01T00:00:00Z",'
        '"updated_at":"2026-01-01T00:00:00Z","html_url":"https://h.example/o/r/issues/1","labels":[]}'
    )
    samples = [
        f'{{"action":"opened","issue":{item},"repository":{repository},"sender":{user}}}'.encode(),
        f'{{"action":"open","pull_request":{item},"repository":{repository},"hook_name":"merge_request_hooks"}}'.encode(),
        f'{{"object_kind":"merge_request","project":{repository},"user":{user},"object_attributes":{item}}}'.encode(),
        f'{{"action":"created","release":{item},"comment":{item},"review":{item},"repository":{repository}}}'.encode(),
    ]
    for name, module in {"gitee": gitee, "github": github, "gitlab": gitlab}.items():

        def parse(data: bytes, read: Any = module.read) -> None:
            try:
                document = orjson.loads(data)
            except orjson.JSONDecodeError:
                return
            if isinstance(document, dict):
                read(document, at)

        yield Target(f"payload/{name}", ("pipelines.crawl.payload", "pipelines.crawl.forge"), samples, parse)


def _feeds() -> Iterator[Target]:
    import orjson  # noqa: PLC0415

    from warehouse.advisories import enrichment  # noqa: PLC0415
    from warehouse.advisories.osv import osv_tables  # noqa: PLC0415
    from warehouse.advisories.validation import find_fault  # noqa: PLC0415
    from warehouse.errors import WarehouseError  # noqa: PLC0415

    record = (
        b'{"schema_version":"1.6.0","id":"GHSA-1","modified":"2026-01-01T00:00:00Z","affected":[{"package":'
        b'{"ecosystem":"npm","name":"a"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},'
        b'{"fixed":"1.2.3"}]}],"versions":["1.0.0"]}],"severity":[{"type":"CVSS_V3","score":'
        b'"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"aliases":["CVE-2026-1"]}'
    )
    others = [record.replace(b"npm", name) for name in (b"PyPI", b"Maven", b"Go", b"Debian:12", b"NuGet")]

    def osv(data: bytes) -> None:
        try:
            document = orjson.loads(data)
        except orjson.JSONDecodeError:
            return
        if find_fault(document) is None:
            osv_tables([("a.json", document)])

    yield Target("feed/osv", ("warehouse.advisories", "warehouse.versions"), [record, *others], osv)

    def feed(name: str, read: Callable[[bytes], Any], sample: bytes) -> Target:
        def parse(data: bytes) -> None:
            with suppress(ValueError, KeyError, WarehouseError, TypeError, AttributeError):
                # the loader refuses a file as a whole for any of these
                for _ in read(data):
                    pass

        return Target(f"feed/{name}", ("warehouse.advisories",), [sample], parse)

    def reject(*_: object) -> None:
        return

    yield feed(
        "kev",
        lambda data: enrichment.read_kev(data, reject),
        b'{"dateReleased":"2026-01-01","vulnerabilities":[{"cveID":"CVE-2026-1","dateAdded":"2026-01-01"}]}',
    )
    yield feed(
        "epss",
        lambda data: enrichment.read_epss(data.decode("utf-8", "replace").splitlines(), reject),
        b"#model_version:v1,score_date:2026-01-01\ncve,epss,percentile\nCVE-2026-1,0.1,0.2\n",
    )
    yield feed(
        "vulnrichment",
        lambda data: enrichment.read_vulnrichment(data.decode("utf-8", "replace").splitlines(), reject),
        b"cve,exploitation,automatable,technical_impact\nCVE-2026-1,poc,yes,total\n",
    )


def _git_objects() -> Iterator[Target]:
    from pipelines.crawl.commit_header import split_header  # noqa: PLC0415
    from pipelines.crawl.commit_text import decode  # noqa: PLC0415
    from pipelines.crawl.raw_commit import parse_commit  # noqa: PLC0415

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


def _own_files() -> Iterator[Target]:
    from pipelines.audit.vex import read_vex  # noqa: PLC0415
    from pipelines.errors import USER_ERRORS  # noqa: PLC0415
    from pipelines.workspace import load_workspace  # noqa: PLC0415
    from pipelines.workspace_template import __file__ as template  # noqa: PLC0415
    from sbom.crypto.policy import load_policies  # noqa: PLC0415
    from sbom.errors import ScanError  # noqa: PLC0415
    from warehouse.errors import WarehouseError  # noqa: PLC0415
    from warehouse.taxonomy import load_taxonomy  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="chainatlas-fuzz-"))
    root = Path(template).parents[1]

    def of_file(name: str, ending: str, read: Callable[[Path], object], samples: list[bytes]) -> Target:
        place = folder / name
        place.mkdir(exist_ok=True)

        def parse(data: bytes) -> None:
            (place / f"a.{ending}").write_bytes(data)
            with suppress(*USER_ERRORS, ScanError, WarehouseError):
                read(place / f"a.{ending}")

        return Target(
            f"own/{name}", ("pipelines", "warehouse.taxonomy", "warehouse.yaml_lines", "sbom"), samples, parse
        )

    workspace = (
        b'[region]\nname = { zh = "a", en = "b" }\ncountry = "CN"\n[[enterprises]]\nid = "a"\n'
        b'name = { zh = "a" }\nrepositories = ["*"]\ndomains = ["a.example"]\n'
    )
    taxonomy = [path.read_bytes() for path in sorted((root / "taxonomy").glob("*.yaml"))]
    policies = [path.read_bytes() for path in sorted((root / "sbom/crypto/policies").glob("*.yaml"))]
    vex = (
        b'{"bomFormat":"CycloneDX","specVersion":"1.6","vulnerabilities":[{"id":"CVE-2026-1","analysis":'
        b'{"state":"not_affected"},"affects":[{"ref":"pkg:npm/a@1"}]}]}'
    )
    openvex = (
        b'{"@context":"https://openvex.dev/ns/v0.2.0","@id":"a","statements":[{"vulnerability":{"name":'
        b'"CVE-2026-1"},"products":[{"@id":"pkg:npm/a@1"}],"status":"fixed"}]}'
    )
    yield of_file("workspace", "toml", load_workspace, [workspace])
    yield of_file("taxonomy", "yaml", lambda path: load_taxonomy([path.parent]), taxonomy)
    yield of_file("crypto policy", "yaml", lambda path: load_policies([path.parent]), policies)
    yield of_file("vex", "json", lambda path: read_vex([path]), [vex, openvex])


def summarise(counts: Mapping[str, int]) -> dict[str, int]:
    """Executions by kind of parser."""
    kinds: dict[str, int] = {}
    for name, count in counts.items():
        kinds[name.partition("/")[0]] = kinds.get(name.partition("/")[0], 0) + count
    return kinds
