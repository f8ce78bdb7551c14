"""The state folder: everything that a run writes, in one place.

warehouse.duckdb               private, one writer
published/chainatlas.duckdb    read-only copy that reports and queries open
exchange/                      where other machines take jobs and leave shards without `[storage]`
shards/<run>/                  what workers have scanned and nobody has loaded yet
spark/                         tables between DuckDB and a Spark cluster, while a run builds models there
boms/<repository>/bom.cdx.json
snapshots/<repository>/        components of earlier commits, where the workspace asks for them
advisories/                    what `chainatlas advisories update` has brought
mirrors/                       what `chainatlas mirror` has cloned
registries/                    what `chainatlas registries update` has brought
report/                        the static page
metrics/chainatlas.prom        numbers of the last run, for Prometheus
dagster/                       DAGSTER_HOME
secret.key                     key of the pseudonyms of people, readable by its owner only
run.lock, run.json             held while a run is on, and who holds it
"""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import PipelineError
from pipelines.workspace import Workspace

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class StateFolder:
    """Paths below one state folder; `prepare` makes it."""

    path: Path

    @property
    def warehouse(self) -> Path:
        return self.path / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        return self.path / "published" / "chainatlas.duckdb"

    @property
    def shards(self) -> Path:
        return self.path / "shards"

    @property
    def exchange(self) -> Path:
        return self.path / "exchange"

    @property
    def spark(self) -> Path:
        return self.path / "spark"

    @property
    def boms(self) -> Path:
        return self.path / "boms"

    @property
    def snapshots(self) -> Path:
        return self.path / "snapshots"

    @property
    def advisories(self) -> Path:
        return self.path / "advisories"

    @property
    def mirrors(self) -> Path:
        return self.path / "mirrors"

    @property
    def registries(self) -> Path:
        return self.path / "registries"

    @property
    def metrics(self) -> Path:
        return self.path / "metrics" / "chainatlas.prom"

    @property
    def report(self) -> Path:
        return self.path / "report"

    @property
    def dagster(self) -> Path:
        return self.path / "dagster"

    @property
    def run_lock(self) -> Path:
        return self.path / "run.lock"

    @property
    def run_holder(self) -> Path:
        return self.path / "run.json"

    def prepare(self) -> None:
        """Make the folder, out of sight of git where it lies in somebody's work tree.

        Raises:
            PipelineError: the folder cannot be made.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            ignore = self.path / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n")
        except OSError as error:
            raise PipelineError(
                f"{self.path}: cannot be made: {error.strerror}; name another folder with `state`"
            ) from None

    def person_key(self) -> bytes:
        """The key of the pseudonyms, made at the first call. Whoever has it can recompute them.

        Raises:
            PipelineError: the key file is damaged.
        """
        path = self.path / "secret.key"
        if not path.exists():
            fresh = path.with_suffix(".new")
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(_KEY_BYTES))
            fresh.replace(path)
        try:
            key = bytes.fromhex(path.read_text("ascii"))
        except ValueError:
            key = b""
        if len(key) != _KEY_BYTES:
            raise PipelineError(f"{path}: is damaged; restore it, or remove it to give people new pseudonyms")
        return key


def locate_state(workspace: Workspace) -> StateFolder:
    """Where the state of a workspace is: where it says, else beside it, else below the user's home.

    A folder of somebody else's repositories may be read-only, and is observed all the same.
    """
    if workspace.settings.state is not None:
        return StateFolder(workspace.root / Path(workspace.settings.state).expanduser())
    return default_state(workspace.root)


def default_state(root: Path) -> StateFolder:
    """`.chainatlas` in `root`, or one below the user's state home where `root` cannot be written."""
    beside = root / ".chainatlas"
    if os.access(beside if beside.exists() else root, os.W_OK):
        return StateFolder(beside)
    home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return StateFolder(home / "chainatlas" / hashlib.sha256(str(root).encode()).hexdigest()[:16])


def user_cache() -> Path:
    """Where what can be made again is kept for the user, whichever workspace it is for."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chainatlas"
