"""The keys of `workspace.toml` and their types: the one place where they are declared."""

import re
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model

from pipelines.crawl.forge.hosts import KINDS
from sbom.limits import Limits

Kind = Literal["enterprise", "community"]


def _matching(pattern: str, what: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"is not {what}")
        return text

    return check


_Id = Annotated[str, AfterValidator(_matching(r"\w[\w.+-]{0,99}", "an id of letters, digits and . _ + -"))]
_Country = Annotated[str, AfterValidator(_matching("[A-Z]{2}", "a two-letter ISO 3166 code such as CN"))]
_Domain = Annotated[
    str, AfterValidator(_matching(r"[^\s@]+\.[^\s@.]+", "an e-mail domain such as acme.example"))
]
_Address = Annotated[str, AfterValidator(_matching(r"https?://[^\s@?#]+", "an address of an API"))]
_ForgeKind = Annotated[
    str, AfterValidator(_matching("|".join(KINDS), f"a kind of forge: {', '.join(sorted(KINDS))}"))
]
_Email = Annotated[str, AfterValidator(_matching(r"[^\s@]+@[^\s@]+", "an e-mail address"))]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Name(_Table):
    """A name in Chinese and English; one of the two is enough."""

    zh: str | None = None
    en: str | None = None


class Region(_Table):
    """The region that is observed."""

    country: _Country | None = None
    """ISO 3166 code, decides which upstreams are foreign; null = neither foreign nor domestic is told."""
    city: str | None = None
    name: Name = Name()
    districts: list[str] = []


class Enterprise(_Table):
    """An enterprise of the region."""

    kind: ClassVar[Kind] = "enterprise"
    id: _Id
    name: Name = Name()
    district: str | None = None
    park: str | None = None
    domains: list[_Domain] = []
    """E-mail domains; their subdomains count too."""
    repositories: list[str] = []
    """Folders: of a repository, of many repositories, or without git; BOM files; or globs of them. Addresses
    of repositories, which `chainatlas mirror` clones."""


class Community(Enterprise):
    """A watched community: its repositories are observed but are not the region's output."""

    kind: ClassVar[Kind] = "community"


class RosterEntry(_Table):
    """Where one person works, from the first to the last day; null = always, still."""

    email: _Email
    enterprise: str
    valid_from: date | None = Field(None, alias="from")
    valid_to: date | None = Field(None, alias="to")


class IdentityStatement(_Table):
    """Addresses of one person, as somebody stated on a day; it holds from that day on."""

    emails: Annotated[list[_Email], Field(min_length=2)]
    on: date
    by: str | None = None
    """Who answers for it."""


class Folders(_Table):
    """Folders of data files, read in this order."""

    folders: list[str] = []


class Vex(_Table):
    """Statements on whether vulnerabilities matter here: CycloneDX or OpenVEX documents."""

    files: list[str] = []
    """Files; or globs of them."""


class Indicator(_Table):
    """A figure that repositories cannot show, entered by somebody who signs for it; stands beside ours."""

    subject: Annotated[
        str, AfterValidator(_matching(r"region|(enterprise|chain|segment|park):.+", "region or kind:id"))
    ]
    """`region`, `enterprise:<id>`, `chain:<id>`, `segment:<id>` or `park:<name>`."""
    name: Annotated[str, Field(min_length=1)]
    """Such as revenue, certificates, patents, staff."""
    value: float | int
    unit: Annotated[str, Field(min_length=1)]
    as_of: date
    """Day for which the figure holds."""
    signed_by: Annotated[str, Field(min_length=1)]
    """Who answers for it."""
    source: str | None = None


class TaxonomyFolders(Folders):
    """Own taxonomy folders, which override the packaged one by id; `packaged = false` leaves that out."""

    packaged: bool = True


class AdvisorySettings(Folders):
    """Folders of advisories, and what `chainatlas advisories update` brings; null = its own defaults."""

    archives: str | None = None
    """Address of a bucket with one `<ecosystem>/all.zip` for each ecosystem, such as a mirror of OSV's."""
    ecosystems: list[str] | None = None
    feeds: list[str] | None = None
    """Addresses or files of further advisories, KEV, EPSS, vulnrichment and ends of life."""


class RegistrySettings(_Table):
    """How `chainatlas registries update` asks package registries for facts."""

    urls: dict[str, str] = {}
    """Address by purl type, of the registry or a mirror of it; others are not asked."""
    skip: list[str] = []
    """Globs of package URLs that no registry is asked for, such as `pkg:npm/%40acme/*`."""
    days: Annotated[float, Field(ge=0)] = 7
    """What was asked for within so many days is not asked for again."""
    connections: Annotated[int, Field(gt=0, le=64)] | None = None
    """Requests at once to one registry; null = a number for each registry."""
    contact: str | None = None
    """Address that registries can write to; part of the user agent."""


class MirrorSettings(_Table):
    """How `chainatlas mirror` clones repositories that are named by their address."""

    protocols: list[Literal["https", "ssh", "git", "http", "file"]] = ["https", "ssh"]
    """What git may speak."""
    seconds: Annotated[float, Field(gt=0)] = 3600
    """Longest time for one git command."""
    mebibytes: Annotated[int, Field(gt=0)] = 20_000
    """Largest size of one mirror."""
    metadata_only: bool = False
    """Commits and folders without the content of files: histories can be read, packages cannot."""
    with_change_requests: bool = False
    """The refs of change requests too, which make a mirror many times larger."""
    jobs: Annotated[int, Field(gt=0, le=32)] = 2
    """Repositories at once."""


class Snapshots(_Table):
    """Earlier commits whose components are read: when an exposure came in, and when it went out."""

    months: Annotated[int, Field(ge=0)] = 0
    """The last commit of each of the last so many months in which the branch moved; 0 = none."""
    tags: str | None = None
    """Release tags that match this pattern, such as `v*`, instead of months."""


class Storage(_Table):
    """Storage besides the state folder."""

    address: str | None = None
    """Where the published copy is put too, and where other machines leave what they scan: a folder or `s3://…`."""


class WarehouseSettings(_Table):
    """What the warehouse takes of the machine."""

    memory_bytes: Annotated[int, Field(ge=256 * 1024 * 1024)] | None = None
    """Memory of its tables and queries in a run; what does not fit is put aside on disk. Null = half of the
    machine's; Python and the scans need theirs besides."""


class EventFolders(Folders):
    """Folders of hourly files of GH Archive, `2025-01-31-15.json.gz`."""

    webhooks: list[str] = []
    """Folders of webhook payloads of GitHub, GitLab and Gitee, one JSON file each."""


class ForgeSettings(_Table):
    """How one forge is asked for issues, change requests, reviews, comments, releases and accounts."""

    kind: _ForgeKind | None = None
    """Null for a host that is known: github.com, gitee.com, gitcode.com, gitlab.com and a few others."""
    api: _Address | None = None
    """Address of the API; null = the usual one of the kind."""
    owners: list[str] = []
    """Organisations, groups or users all of whose repositories are wanted."""
    repositories: list[str] = []
    """Further repositories, `owner/name`; those of the workspace are asked for by their remotes."""
    token_variables: list[str] | None = None
    """Environment variables with tokens; null = the usual one of the kind, such as GITHUB_TOKEN."""
    token_file: str | None = None
    """File with one token a line that only its owner can read."""
    anonymous: bool = False
    """Ask without a token where there is none."""
    details: Annotated[int, Field(ge=0)] = 2_000
    """Issues and change requests of a repository that are asked for one by one in a run."""
    profiles: Annotated[int, Field(ge=0)] = 500
    """Profiles that are asked for in a run."""
    wait_seconds: Annotated[float, Field(ge=0, le=3600)] = 60
    """The longest wait for a limit to end; a run that would wait longer ends, and the next goes on."""


class CryptoPolicies(Folders):
    """Folders of own policies for cryptography, which replace the packaged ones by name."""


class Privacy(_Table):
    """What is shown of people: pseudonyms, unless `show_people` is set."""

    show_people: bool = False


_LIMITS: dict[str, Any] = {f.name: (Annotated[f.type, Field(gt=0)], f.default) for f in fields(Limits)}
_LimitsTable: Any = create_model("_LimitsTable", __base__=_Table, **_LIMITS)


class Settings(_Table):
    """The content of `workspace.toml`."""

    region: Region = Region()
    enterprises: list[Enterprise] = []
    communities: list[Community] = []
    roster: list[RosterEntry] = []
    identities: list[IdentityStatement] = []
    undone_merges: list[str] = []
    """Ids of merges of `chainatlas identities` that are wrong."""
    taxonomy: TaxonomyFolders = TaxonomyFolders()
    advisories: AdvisorySettings = AdvisorySettings()
    registries: RegistrySettings = RegistrySettings()
    events: EventFolders = EventFolders()
    mirrors: MirrorSettings = MirrorSettings()
    forges: dict[str, ForgeSettings] = {}
    """By host."""
    vex: Vex = Vex()
    crypto: CryptoPolicies = CryptoPolicies()
    snapshots: Snapshots = Snapshots()
    storage: Storage = Storage()
    warehouse: WarehouseSettings = WarehouseSettings()
    indicators: list[Indicator] = []
    privacy: Privacy = Privacy()
    limits: _LimitsTable = _LimitsTable()
    as_of: date | None = None
    """The day the answers hold for; null = the day of the run."""
    maven_repository: str | None = None
    """A local Maven repository, from which parents and BOMs that a repository does not hold are read."""
    state: str | None = None
    """State folder; null = `.chainatlas` beside the file."""

    @property
    def owners(self) -> list[Enterprise]:
        """Enterprises and watched communities."""
        return [*self.enterprises, *self.communities]

    @property
    def scan_limits(self) -> Limits:
        return Limits(**self.limits.model_dump())
