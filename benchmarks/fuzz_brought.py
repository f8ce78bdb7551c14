"""Parsers of what is brought from outside or written by users, as targets of fuzzing: one function a kind."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from fuzz_target import Target

from pipelines.audit.vex import read_vex
from pipelines.crawl.payload import gitee, github, gitlab
from pipelines.crawl.registry.documents import Document
from pipelines.crawl.registry.facts import Package
from pipelines.crawl.registry.kinds import registry_kinds
from pipelines.errors import USER_ERRORS, CrawlError
from pipelines.workspace import load_workspace
from pipelines.workspace_template import __file__ as template
from sbom.crypto.policy import load_policies
from sbom.errors import ScanError
from warehouse.advisories import enrichment
from warehouse.advisories.osv import osv_tables
from warehouse.advisories.validation import find_fault
from warehouse.errors import WarehouseError
from warehouse.taxonomy import load_taxonomy


def registry() -> Iterator[Target]:
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


def payload() -> Iterator[Target]:
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


def feed() -> Iterator[Target]:
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


def own() -> Iterator[Target]:
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
