"""What a scan worker is told, and what it answers; without the scanners, which take long to import."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pipelines.crawl.local import Repository
from pipelines.crawl.repository_id import folder_name
from pipelines.snapshot_plan import SnapshotPlan
from sbom.limits import Limits
from warehouse.store.shard import Scanner

Status = Literal["succeeded", "partial", "failed"]

DUE_SCANNERS: dict[str, tuple[Scanner, ...]] = {
    "git": ("crypto", "history", "sbom"),
    "bare": ("crypto", "history", "sbom"),
    "folder": ("crypto", "sbom"),
    "bom": ("sbom",),
    "absent": ("crypto", "history", "sbom"),
}
"""Scanners that are due for a repository, by the kind of `raw.repository`; none can read an absent one."""

BOM_FILE = "bom.cdx.json"
"""Name of the BOM in the folder of a repository."""
GRACE_SECONDS = 30.0
"""Scanners look at `Limits.seconds` themselves; a worker that has not ended this much later is killed."""


@dataclass(frozen=True, slots=True)
class ScanJob:
    """One repository and scanner, with all that a worker needs to know."""

    repository: Repository
    scanner: Scanner
    scanner_version: str
    limits: Limits
    shards: Path
    """Folder of the run in which the shard is written."""
    boms: Path
    maven_repository: Path | None = None
    """`sbom`: a local Maven repository for parents and BOMs outside of the repository."""
    person_key: bytes = field(default=b"", repr=False)
    """`history`: key of the pseudonyms of people."""
    snapshots: SnapshotPlan | None = None
    """`sbom`: the earlier commits that are read too."""
    snapshots_folder: Path | None = None
    """Where what they hold is kept."""
    supplier: str | None = None
    """`sbom`: name of the enterprise or community, as the BOM's supplier; null for a BOM made elsewhere."""
    processes: int = 1
    """Git processes that the reading of a history may use at once."""
    pack_bytes: int = 0
    """Size of the repository's packs, by which the time that is left is estimated."""
    state: str | None = None
    """`history`: what the last scan left behind. Others: the fingerprint of a plain folder, to be kept."""

    @property
    def seconds(self) -> float:
        both = 2 if self.snapshots else 1
        return both * self.limits.seconds + GRACE_SECONDS


@dataclass(frozen=True, slots=True)
class ScanOutcome:
    """How a scan ended, and the shard that says so to the warehouse."""

    repo_id: str
    scanner: Scanner
    status: Status
    shard: Path
    error: str | None = None


def bom_path(boms: Path, repo_id: str) -> Path:
    """Where the BOM of a repository is kept."""
    return boms / folder_name(repo_id) / BOM_FILE
