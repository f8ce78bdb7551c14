"""What the assets share: the region of a run with its state folder and its warehouse."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import dagster as dg
from duckdb import DuckDBPyConnection
from pydantic import Field, PrivateAttr

from pipelines import logs
from pipelines.crawl.local import Observation, observe_repositories
from pipelines.discovery import open_workspace
from pipelines.disk_space import require_floor
from pipelines.drops import NOTHING, Drops, find_drops
from pipelines.model_context import model_context
from pipelines.run_lock import hold_run_lock
from pipelines.run_records import forget_old_runs
from pipelines.state import StateFolder, locate_state
from pipelines.storage import PUBLISHED_KEY, open_store
from pipelines.workspace import Workspace
from warehouse.errors import WarehouseError
from warehouse.runner import ModelContext, QueryEngine
from warehouse.store.database import give_back_memory, open_database, use_memory
from warehouse.store.publish import publish_warehouse
from warehouse.store.runs import begin_run, end_run

_LOGGER = logging.getLogger(__name__)


class RegionResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """A workspace, its state folder, and its warehouse, which is open from its first use to the run's end."""

    target: str = Field(description="A workspace.toml, or a folder that holds one or holds repositories.")
    workers: int = Field(default=0, description="Scan processes; 0 = as many as there are CPUs.")
    rescan: bool = Field(default=False, description="Scan unchanged repositories too.")
    only: list[str] = Field(default=[], description="Scan these enterprises or repositories alone.")
    since: str = Field(default="", description="Scan those alone whose HEAD moved here since then.")

    executor: str = Field(
        default="", description="What scans in buckets: celery, k8s, dask …; empty = this process."
    )
    executor_config: str = Field(default="", description="File with the executor's configuration.")
    spark_master: str = Field(
        default="", description="Spark cluster that runs the SQL models; empty = DuckDB does."
    )

    _workspace: Workspace | None = PrivateAttr(default=None)
    _open: ExitStack = PrivateAttr(default_factory=ExitStack)
    _con: DuckDBPyConnection | None = PrivateAttr(default=None)
    _run_id: str | None = PrivateAttr(default=None)
    _drops: Drops = PrivateAttr(default=NOTHING)
    _observation: Observation | None = PrivateAttr(default=None)

    @property
    def workspace(self) -> Workspace:
        """As it stood when the run first asked."""
        if self._workspace is None:
            self._workspace = open_workspace(Path(self.target).expanduser().absolute())
        return self._workspace

    @property
    def state(self) -> StateFolder:
        return locate_state(self.workspace)

    def observe(self) -> Observation:
        """The repositories as they stood when the run first asked: all of it speaks of the same HEADs."""
        if self._observation is None:
            self._observation = observe_repositories(self.workspace)
        return self._observation

    def warehouse(self) -> DuckDBPyConnection:
        """The private warehouse, held against other runs until this one ends.

        Raises:
            PipelineError: another run is on.
            WarehouseError: the warehouse cannot be opened.
        """
        if self._con is None:
            self._open.enter_context(hold_run_lock(self.state))
            self._con = self._open.enter_context(closing(open_database(self.state.warehouse)))
            use_memory(self._con, self.workspace.settings.warehouse.memory_bytes)
        return self._con

    def give_back_memory(self) -> None:
        """Let go of what the warehouse keeps in memory for the next query, while something else needs it."""
        give_back_memory(self.warehouse(), self.workspace.settings.warehouse.memory_bytes)

    def begin_run(self, run_id: str) -> None:
        """Record in the warehouse that the run began; `end_run` or the end of the process records its end."""
        begin_run(self.warehouse(), run_id)
        self._run_id = run_id
        logs.run_id.set(run_id)
        _LOGGER.info("run began")

    def end_run(self, error: str | None = None) -> None:
        """Record how the run ended, if it was begun."""
        if self._run_id is not None:
            end_run(self.warehouse(), self._run_id, error)
            self._run_id = None
            _LOGGER.info("run ended", extra={"error": error})

    @property
    def drops(self) -> Drops:
        """What became less by what this run published."""
        return self._drops

    def publish(self) -> None:
        """Publish the warehouse, in which the run is recorded as succeeded by then, here and in the storage.

        Raises:
            PipelineError: there is no room for it, and what was published stays; or the storage does not take
                it, and keeps what it has.
            WarehouseError: it cannot be copied; what was published stays.
        """
        require_floor(self.state.path, self.state.warehouse)
        run_id = self._run_id
        self._drops = find_drops(self.warehouse(), self.state.published)
        self.end_run()
        try:
            publish_warehouse(self.warehouse(), self.state.published)
        except WarehouseError as error:
            if run_id is not None:
                with suppress(WarehouseError):  # the reason why it was not published matters more
                    end_run(self.warehouse(), run_id, str(error))
            raise
        if (address := self.workspace.settings.storage.address) is not None:
            open_store(address).put(self.state.published, PUBLISHED_KEY)

    @contextmanager
    def query_engine(self) -> Iterator[QueryEngine | None]:
        """What runs the SQL models instead of DuckDB, if anything does.

        Raises:
            WarehouseError: Spark is not installed, or the cluster cannot be reached.
        """
        if not self.spark_master:
            yield None
            return
        from warehouse.spark.engine import spark_engine  # noqa: PLC0415  # an extra

        with spark_engine(self.spark_master, self.state.spark) as engine:
            yield engine

    def model_context(self) -> ModelContext:
        """What the models depend on besides the tables."""
        return model_context(self.workspace, self.state)

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Close the warehouse, let the next run begin, and forget Dagster's records of long ago."""
        with suppress(WarehouseError):  # what broke the warehouse is told by who met it
            self.end_run("stopped before the warehouse was published")
        self._open.close()
        self._con = None
        if context.instance is not None and context.run is not None:
            forget_old_runs(context.instance, but=context.run.run_id)
