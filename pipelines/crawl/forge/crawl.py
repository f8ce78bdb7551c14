"""Read what is wanted of one forge after another; a forge that cannot be asked stops no other."""

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from duckdb import DuckDBPyConnection

from pipelines.crawl.forge.asking import Asker
from pipelines.crawl.forge.clients import Client
from pipelines.crawl.forge.errors import ForgeError, ForgeStopped, Gone
from pipelines.crawl.forge.interface import Forge
from pipelines.crawl.forge.kinds import Kind
from pipelines.crawl.forge.paging import read_pages
from pipelines.crawl.forge.repository import Outcome, SubjectReader
from pipelines.crawl.forge.tokens import Token
from pipelines.crawl.forge.writing import Cursor, ForgeWriter
from pipelines.progress import Progress
from warehouse.store.database import transaction
from warehouse.store.table_versions import bump_versions


@dataclass(frozen=True, slots=True)
class ForgeTarget:
    """What is wanted of one forge."""

    host: str
    kind: Kind
    api: str
    owners: tuple[str, ...] = ()
    """Organisations, groups or users all of whose repositories are wanted."""
    repositories: tuple[str, ...] = ()
    """Names with their owner."""
    details: int = 2_000
    """How many issues and change requests of a repository may be asked for one by one in a run."""
    profiles: int = 500
    """How many profiles may be asked for in a run."""
    without_any: str = "no token"
    """What to say where there is none."""
    wait_seconds: float = 60.0
    read_seconds: float = 60.0


def crawl_forge(
    con: DuckDBPyConnection,
    target: ForgeTarget,
    tokens: Sequence[Token],
    progress: Progress,
    *,
    person_key: bytes,
    full: bool = False,
    backoff_seconds: float = 1.0,
) -> list[Outcome]:
    """Read what is wanted of a forge; returns how each endpoint ended, of which every one is recorded."""
    outcomes: list[Outcome] = []
    forge = target.kind.forge()

    def connect(secret: str | None) -> Client:
        return target.kind.client(target.api, secret, target.read_seconds)

    _restore_limits(con, target.host, tokens)
    asker = Asker(
        target.api,
        connect,
        tokens,
        without_any=target.without_any,
        wait_seconds=target.wait_seconds,
        backoff_seconds=backoff_seconds,
    )
    writer = ForgeWriter(con, target.host, forge.parser, person_key)
    with closing(asker):
        reader = SubjectReader(forge, asker, writer, outcomes.append, details=target.details, full=full)
        _Crawl(con, target, forge, reader, progress).run()
    return outcomes


class _Crawl:
    """One forge's part of a crawl."""

    def __init__(
        self,
        con: DuckDBPyConnection,
        target: ForgeTarget,
        forge: Forge,
        reader: SubjectReader,
        progress: Progress,
    ) -> None:
        self._con, self._target, self._forge = con, target, forge
        self._reader, self._progress = reader, progress
        self._writer = reader.writer

    def run(self) -> None:
        host = self._target.host
        wanted = {path: f"{host}/{path}" for path in self._target.repositories}

        def skip_owner(owner: str, reason: str) -> None:
            wanted.update(self._known(owner))
            self._reader.skip(f"{host}/{owner}", "repositories", reason)

        self._each(
            f"{host}: owners",
            list(self._target.owners),
            lambda owner: self._owned(owner, wanted),
            skip_owner,
        )
        paths = self._least_recent_first(wanted)
        stop = self._each(
            host,
            paths,
            self._reader.read,
            lambda path, reason: self._reader.skip(f"{host}/{path}", "*", reason),
        )
        self._forget_skips()
        self._mark_wanted(list(wanted.values()))
        if self._target.profiles and stop is None:
            self._profiles()

    def _each(
        self,
        what: str,
        names: Sequence[str],
        read: Callable[[str], object],
        skip: Callable[[str, str], None],
    ) -> ForgeStopped | None:
        """Read one after another; when the forge cannot be asked any more, the others are skipped."""
        stop: ForgeStopped | None = None
        if names:
            self._progress.begin(what, len(names))
        for name in names:
            if stop is None:
                try:
                    read(name)
                except ForgeStopped as error:
                    stop = error
            else:
                skip(name, str(stop))
            self._progress.advance()
        return stop

    def _owned(self, owner: str, wanted: dict[str, str]) -> None:
        """Add paths and ids of an owner's repositories; where the list fails, those known so far too."""
        host = self._target.host
        is_whole = False

        def read(course: object) -> None:  # noqa: ARG001
            nonlocal is_whole
            for number, listing in enumerate(self._forge.owner(owner)):
                try:
                    for page in read_pages(self._reader.asker, listing, Cursor(), lambda _: None):
                        for document in page.documents:
                            known = self._forge.read_repository(host, document)
                            if known is not None:
                                wanted[known[0].path] = f"{host}/{known[0].path}"
                    is_whole = True
                    return
                except Gone:
                    if number + 1 == len(self._forge.owner(owner)):
                        raise

        try:
            self._reader.course(f"{host}/{owner}", "repositories", None, read)
        finally:
            if not is_whole:
                wanted.update(self._known(owner))

    def _known(self, owner: str) -> dict[str, str]:
        rows = self._con.execute(
            "select repo_id from raw.forge_repository where forge = ? and in_workspace"
            " and starts_with(repo_id, ?)",
            [self._target.host, f"{self._target.host}/{owner}/"],
        ).fetchall()
        return {repo_id.partition("/")[2]: repo_id for (repo_id,) in rows}

    def _least_recent_first(self, wanted: dict[str, str]) -> list[str]:
        """So that a limit that ends every run does not always spare the same repositories."""
        ended = dict(
            self._con.execute(
                "select subject, max(ended_at) from raw.forge_crawl where forge = ?"
                " and status in ('complete', 'unchanged') group by subject",
                [self._target.host],
            ).fetchall()
        )
        never = datetime(1, 1, 1, tzinfo=UTC)
        return sorted(wanted, key=lambda path: (ended.get(wanted[path], never), path))

    def _forget_skips(self) -> None:
        """That all of a subject was skipped is no longer so once something of it was read."""
        self._con.execute(
            "delete from raw.forge_crawl as skipped where forge = ? and endpoint = '*' and exists"
            " (from raw.forge_crawl as other where other.forge = skipped.forge"
            " and other.subject = skipped.subject and other.ended_at > skipped.ended_at)",
            [self._target.host],
        )

    def _mark_wanted(self, names: list[str]) -> None:
        """Which repositories the workspace reaches, by any name that they have carried."""
        reached = (
            "(repo_id is not null and repository_id in (select repository_id from raw.forge_repository_name"
            " where forge = $host and repo_id in (select unnest($names::varchar[]))))"
        )
        with transaction(self._con):
            [(changed,)] = self._con.execute(
                f"update raw.forge_repository set in_workspace = {reached}"  # noqa: S608
                f" where forge = $host and in_workspace is distinct from {reached}",
                {"host": self._target.host, "names": names},
            ).fetchall()
            if changed:
                bump_versions(self._con, ["forge_repository"])

    def _profiles(self) -> None:
        """Profiles of people who were met, those who wrote most first."""
        waiting = self._con.execute(
            """
            select account.number, account.login
            from raw.forge_account as account
            left join (
                select author_id, count(*) as written
                from (
                    select author_id from raw.issue where forge = $host
                    union all
                    select author_id from raw.change_request where forge = $host
                    union all
                    select author_id from raw.comment where forge = $host
                )
                group by author_id
            ) as author on author.author_id = account.account_id
            where account.forge = $host and account.kind = 'user' and account.profile_at is null
                and account.removed_at is null and account.login is not null
            order by author.written desc nulls last, account.account_id
            limit $limit
            """,
            {"host": self._target.host, "limit": self._target.profiles},
        ).fetchall()
        if not waiting:
            return
        self._progress.begin(f"{self._target.host}: profiles", len(waiting))

        def read(course: object) -> None:  # noqa: ARG001
            for account_id, login in waiting:
                self._profile(account_id, login)
                if self._writer.is_due():
                    self._writer.commit()
                self._progress.advance()

        with suppress(ForgeStopped):  # recorded as the outcome of the profiles
            self._reader.course(self._target.host, "profiles", None, read)

    def _profile(self, account_id: str, login: str) -> None:
        try:
            answer, _ = self._reader.asker.get(self._forge.profile(account_id, login))
        except Gone:
            self._writer.commit()
            self._con.execute(
                "update raw.forge_account set removed_at = now() where forge = ? and number = ?",
                [self._target.host, account_id],
            )
            return
        except ForgeStopped:
            raise
        except ForgeError:
            return
        rows = self._forge.read_profile(answer.document)
        for row in rows.get("forge_account", []):
            row["profile_at"] = answer.told_at
        self._writer.add(rows, None, answer.told_at)


def _restore_limits(con: DuckDBPyConnection, host: str, tokens: Sequence[Token]) -> None:
    """Let tokens rest that an earlier crawl used up."""
    for mark, reset_at, remaining, resource in con.execute(
        "select token_mark, reset_at, remaining, resource from raw.forge_rate_limit"
        " where forge = ? and reset_at > now()",
        [host],
    ).fetchall():
        for token in tokens:
            if token.mark == mark and (remaining == 0 or resource == "secondary"):
                token.rests_until = max(reset_at, token.rests_until or reset_at)
