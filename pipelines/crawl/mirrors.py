"""Bare mirrors of the repositories that a workspace names by their address: cloned once, then updated.

A clone is made under another name and renamed when it is complete, so that a half clone is never taken for a
repository. What became of each mirror stands in a small file beside it.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pipelines.crawl.mirror_git import folder_bytes, run_git, shown_address
from pipelines.crawl.repository_id import canonical_remote, folder_name, local_id
from pipelines.errors import CrawlError
from sbom.errors import SourceError
from sbom.git import find_git_dir, list_refs, resolve_head

_HALF = ".half-"
_SYMREF = re.compile(r"ref: (refs/heads/\S+)\tHEAD")
_SHA256 = re.compile(rb"^[0-9a-f]{64}\t", re.MULTILINE)
_NO_REQUESTS = ("^refs/pull/*", "^refs/merge-requests/*", "^refs/changes/*", "^refs/pull-requests/*")
"""What forges keep of change requests; their number makes a mirror many times larger than its branches."""
_MIB = 1 << 20

Status = Literal["cloned", "updated", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class Upstream:
    """A repository that the workspace names by its address."""

    url: str
    enterprise_id: str
    path: Path
    """Where its mirror is or will be."""

    @property
    def repo_id(self) -> str:
        plain = re.sub(r"[?#].*", "", self.url).rstrip("/")
        return canonical_remote(self.url) or local_id(self.enterprise_id, Path(plain))


@dataclass(frozen=True, slots=True)
class MirrorLimits:
    """Bounds for one mirror, and what may be spoken."""

    protocols: tuple[str, ...] = ("https", "ssh")
    seconds: float = 3600
    mebibytes: int = 20_000
    metadata_only: bool = False
    """Without the content of files: histories can be read, packages and cryptography cannot."""
    with_change_requests: bool = False


@dataclass(frozen=True, slots=True)
class MirrorRecord:
    """What became of a mirror at the last attempt."""

    repo_id: str
    url: str
    """Without credentials."""
    status: Status
    reason: str | None
    head_sha: str | None
    bytes: int
    metadata_only: bool
    attempted_at: str
    succeeded_at: str | None
    """When it was last up to date; null if never."""


def is_address(entry: str) -> bool:
    """Whether an entry of `repositories` is an address and no path."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]+:(?://|:)|[\w.-]+@[\w.-]+:(?!//)", entry) is not None


def protocol_of(url: str) -> str:
    """What git speaks for an address: the scheme, ssh for `user@host:path`, the helper for `ext::`."""
    helper = re.match(r"([A-Za-z][A-Za-z0-9+.-]+)::", url)
    if helper:
        return helper[1].lower()
    scheme, found, _ = url.partition("://")
    return {"git+ssh": "ssh", "ssh+git": "ssh"}.get(scheme.lower(), scheme.lower()) if found else "ssh"


def mirror_path(folder: Path, url: str) -> Path:
    """The folder of an address's mirror; no address leads out of `folder`."""
    repo_id = canonical_remote(url)
    if repo_id is None:
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", url.rstrip("/").rpartition("/")[2])[:60].strip(".-")
        repo_id = f"{name or 'repository'}~{hashlib.sha256(url.encode()).hexdigest()[:16]}"
    return folder / folder_name(repo_id)


def update_mirrors(
    upstreams: Sequence[Upstream], limits: MirrorLimits, jobs: int = 2
) -> Iterator[tuple[Upstream, MirrorRecord]]:
    """Clone what is not there and update what is; the outcomes come as they are ready.

    A repository that fails is a record with the reason, and a mirror that was there stays as it was.
    """
    pool = ThreadPoolExecutor(jobs)
    try:
        begun = {pool.submit(update_mirror, upstream, limits): upstream for upstream in upstreams}
        for job in as_completed(begun):
            yield begun[job], job.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def update_mirror(upstream: Upstream, limits: MirrorLimits) -> MirrorRecord:
    """Bring one mirror up to date.

    Raises:
        CrawlError: the record cannot be written.
    """
    before = read_record(upstream.path)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    record = MirrorRecord(
        upstream.repo_id,
        shown_address(upstream.url),
        "failed",
        None,
        None,
        0,
        limits.metadata_only,
        now,
        None,
    )
    is_there = find_git_dir(upstream.path) is not None
    try:
        _check_protocol(upstream.url, limits)
        status = _update(upstream, limits) if is_there else _clone(upstream, limits)
        record = replace(record, status=status, succeeded_at=now)
    except (CrawlError, SourceError, OSError) as error:
        kept = before.succeeded_at if before is not None and is_there else None
        record = replace(record, reason=str(error)[:500], succeeded_at=kept)
    try:
        if find_git_dir(upstream.path) is not None:
            size, head = folder_bytes(upstream.path), resolve_head(upstream.path)
            record = replace(record, bytes=size, head_sha=head)
        _write_record(upstream.path, record)
    except (OSError, SourceError) as error:
        raise CrawlError(f"{upstream.path}: cannot be written: {error}") from error
    return record


def _check_protocol(url: str, limits: MirrorLimits) -> None:
    protocol = protocol_of(url)
    if protocol not in limits.protocols:
        raise CrawlError(
            f"{protocol} is not among the protocols that [mirrors] allows: {', '.join(limits.protocols)}"
        )


def _clone(upstream: Upstream, limits: MirrorLimits) -> Status:
    """What `git clone --mirror` does, in steps, because that takes no refs out."""
    half = upstream.path.with_name(f"{_HALF}{upstream.path.name}")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    try:
        answer = _git(upstream, limits, half, "ls-remote", "--symref", "--", upstream.url, "HEAD")
        ids = "sha256" if _SHA256.search(answer) else "sha1"
        _git(
            upstream,
            limits,
            half,
            "init",
            "--bare",
            "--quiet",
            "--template=",
            _option("object-format", ids),
            str(half),
        )
        settings = [("remote.origin.url", upstream.url), ("remote.origin.mirror", "true")]
        settings += [("remote.origin.fetch", refspec) for refspec in _refspecs(limits)]
        for key, value in settings:
            _git(upstream, limits, half, _option("git-dir", half), "config", "--add", key, value)
        filters = [_option("filter", "blob:none")] if limits.metadata_only else []
        _fetch(upstream, limits, half, *filters)
        half.replace(upstream.path)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return "cloned"


def _update(upstream: Upstream, limits: MirrorLimits) -> Status:
    """Fetch what is new. The address is the workspace's, whatever the mirror's configuration says."""
    path, git_dir = upstream.path, _option("git-dir", upstream.path)
    before = (_head_name(path), list_refs(path))
    _git(upstream, limits, path, git_dir, "remote", "set-url", "origin", "--", upstream.url)
    _fetch(upstream, limits, path)
    if (_head_name(path), list_refs(path)) == before:
        return "unchanged"
    keep = ["-c", "gc.auto=6700", "-c", "gc.pruneExpire=never"]  # a vanished commit can still be read
    _git(upstream, limits, path, git_dir, *keep, "gc", "--auto", "--quiet")
    return "updated"


def _fetch(upstream: Upstream, limits: MirrorLimits, path: Path, *options: str) -> None:
    """All refs that are wanted, and HEAD where the server has it."""
    git_dir = _option("git-dir", path)
    quiet = ("--prune", "--quiet", "--no-write-fetch-head")
    _git(upstream, limits, path, git_dir, "fetch", *quiet, *options, "origin")
    answer = _git(upstream, limits, path, git_dir, "ls-remote", "--symref", "origin", "HEAD")
    head = _SYMREF.search(answer.decode("utf-8", "replace"))
    if head is not None and head[1] in list_refs(path):
        _git(upstream, limits, path, git_dir, "symbolic-ref", "HEAD", head[1])


def _refspecs(limits: MirrorLimits) -> tuple[str, ...]:
    return ("+refs/*:refs/*", *(() if limits.with_change_requests else _NO_REQUESTS))


def _option(name: str, value: object) -> str:
    return f"--{name}={value}"


def _git(upstream: Upstream, limits: MirrorLimits, folder: Path, *arguments: str) -> bytes:
    def too_large() -> str | None:
        if folder_bytes(folder) > limits.mebibytes * _MIB:
            return f"larger than {limits.mebibytes} MiB and stopped; raise `mebibytes` of [mirrors]"
        return None

    output = run_git(
        arguments,
        url=upstream.url,
        protocols=limits.protocols,
        seconds=limits.seconds,
        may_go_on=too_large,
    )
    if reason := too_large():
        raise CrawlError(reason)
    return output


def _head_name(path: Path) -> str:
    return (path / "HEAD").read_text("utf-8", "replace").strip()


def read_record(path: Path) -> MirrorRecord | None:
    """What became of the mirror at `path`; null if it was never attempted or the file is damaged."""
    try:
        return MirrorRecord(**json.loads(_record_path(path).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _record_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _write_record(path: Path, record: MirrorRecord) -> None:
    target = _record_path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.new")
    fresh.write_text(json.dumps(asdict(record)), "utf-8")
    fresh.replace(target)
