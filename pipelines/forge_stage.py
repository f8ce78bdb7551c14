"""Ask the forges that the workspace names for its repositories."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duckdb import DuckDBPyConnection

from pipelines.crawl.forge.hosts import KINDS, KNOWN_HOSTS, REPOSITORY
from pipelines.crawl.local import Repository
from pipelines.progress import Progress
from pipelines.settings import ForgeSettings
from pipelines.workspace import Workspace
from warehouse.store.privacy import check_key

if TYPE_CHECKING:
    from pipelines.crawl.forge.crawl import ForgeTarget
    from pipelines.crawl.forge.repository import Outcome
    from pipelines.crawl.forge.tokens import Token

_READ = ("complete", "unchanged")


@dataclass(frozen=True, slots=True)
class CrawlRequest:
    """What is to be crawled: the repositories of the workspace and what its forges name besides."""

    workspace: Workspace
    repositories: Sequence[Repository]
    person_key: bytes
    """Key of the pseudonyms by which rows name people."""
    hosts: Sequence[str] = ()
    """Only these; all that the workspace names if there is none."""
    full: bool = False
    """Read everything again, which shows what was deleted."""


def crawl_forges(con: DuckDBPyConnection, request: CrawlRequest, progress: Progress) -> "list[Outcome]":
    """Ask every forge; returns how each endpoint ended. Nothing is imported where no forge is named.

    Raises:
        CrawlError: a file of tokens can be read by others.
        WarehouseError: the warehouse cannot be written.
    """
    forges = request.workspace.settings.forges
    hosts = [host for host in forges if not request.hosts or host in request.hosts]
    if not hosts:
        return []
    from pipelines.crawl.forge.crawl import crawl_forge  # noqa: PLC0415  # its libraries take half a second

    check_key(con, request.person_key)
    outcomes: list[Outcome] = []
    for host in hosts:
        paths = _paths(host, request.repositories)
        target, tokens = _target(request, host, forges[host], paths)
        outcomes += crawl_forge(
            con, target, tokens, progress, person_key=request.person_key, full=request.full
        )
    return outcomes


def describe_gaps(outcomes: "Iterable[Outcome]") -> Iterator[str]:
    """One line for each reason why something was not read, most frequent first."""
    gaps = Counter((o.host, o.status, o.reason) for o in outcomes if o.status not in _READ)
    for (host, status, reason), count in sorted(gaps.items(), key=lambda entry: (-entry[1], str(entry[0]))):
        times = f" ({count} times)" if count > 1 else ""
        yield f"{host}: {status}: {reason}{times}"


def _paths(host: str, repositories: Iterable[Repository]) -> list[str]:
    """Paths of the workspace's repositories whose remote is at the host."""
    remotes = (r.url.removeprefix("https://").partition("/") for r in repositories if r.url)
    return sorted({path for there, _, path in remotes if there == host and REPOSITORY.fullmatch(path)})


def _target(
    request: CrawlRequest, host: str, settings: ForgeSettings, paths: Iterable[str]
) -> "tuple[ForgeTarget, list[Token]]":
    from pipelines.crawl.forge import kinds  # noqa: PLC0415
    from pipelines.crawl.forge.crawl import ForgeTarget  # noqa: PLC0415
    from pipelines.crawl.forge.tokens import anonymous, read_tokens  # noqa: PLC0415

    known_kind, known_api = KNOWN_HOSTS.get(host, (None, None))
    kind = settings.kind or known_kind or ""
    usual_api, usual_variable = KINDS[kind]
    api = settings.api or (known_api if kind == known_kind else None) or usual_api.format(host=host)
    variables = [usual_variable] if settings.token_variables is None else settings.token_variables
    file = request.workspace.root / settings.token_file if settings.token_file else None
    tokens = read_tokens(variables, file, request.person_key)
    if not tokens and settings.anonymous:
        tokens = [anonymous()]
    target = ForgeTarget(
        host,
        kinds.KINDS[kind],
        api.rstrip("/"),
        owners=tuple(settings.owners),
        repositories=tuple(dict.fromkeys((*paths, *settings.repositories))),
        details=settings.details,
        profiles=settings.profiles,
        without_any=f"no token: set {' or '.join(variables) or 'token_variables'}, or name a token_file",
        wait_seconds=settings.wait_seconds,
    )
    return target, tokens
