"""Load shards into the warehouse in batches, while the workers go on scanning."""

import logging
import shutil
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from duckdb import DuckDBPyConnection

from warehouse.store.load import LoadReport, load_shards

BATCH_SHARDS = 200
BATCH_SECONDS = 5.0
_REST = 4.0
"""How much longer than a batch took to load the next one is collected: what looks through the whole warehouse
costs the more the more it holds, and should not cost a larger share of a run for that."""
_LOGGER = logging.getLogger(__name__)


class ShardLoader:
    """Collects shards and loads a batch every so many shards or seconds, in a thread of its own.

    The connection belongs to that thread until `close`. Whoever adds shards faster than they can be loaded is
    made to wait: at most two batches lie about. A shard is removed from disk once it is loaded.
    """

    def __init__(
        self, con: DuckDBPyConnection, batch_shards: int = BATCH_SHARDS, batch_seconds: float = BATCH_SECONDS
    ) -> None:
        self.rows: Counter[str] = Counter()
        """Rows loaded so far, by table."""
        self.refused: list[str] = []
        """Shards that could not be loaded, with the reason."""
        self._con = con
        self._batch_shards = batch_shards
        self._batch_seconds = batch_seconds
        self._batch: list[Path] = []
        self._began = time.monotonic()
        self._loading_seconds = 0.0
        self._thread = ThreadPoolExecutor(1, "load-shards")
        self._loading: Future[LoadReport] | None = None

    def add(self, shard: Path) -> None:
        """Take one more shard.

        Raises:
            WarehouseError: an earlier batch could not be loaded.
        """
        self._batch.append(shard)
        full = len(self._batch) >= self._batch_shards
        late = time.monotonic() - self._began > max(self._batch_seconds, _REST * self._loading_seconds)
        if full or (late and (self._loading is None or self._loading.done())):
            self._finish_batch()
            self._loading = self._thread.submit(self._load, self._batch)
            self._batch, self._began = [], time.monotonic()

    def close(self) -> None:
        """Load what is left.

        Raises:
            WarehouseError: a batch could not be loaded.
        """
        self._finish_batch()
        self._take(load_shards(self._con, self._batch))
        self._batch = []

    def _load(self, batch: Sequence[Path]) -> LoadReport:
        began = time.monotonic()
        try:
            return load_shards(self._con, batch)
        finally:
            self._loading_seconds = time.monotonic() - began

    def _finish_batch(self) -> None:
        if self._loading is not None:
            loading, self._loading = self._loading, None
            self._take(loading.result())

    def _take(self, report: LoadReport) -> None:
        self.rows.update(report.rows)
        for shard, reason in report.refused.items():
            self.refused.append(f"{shard.name}: {reason}")
            _LOGGER.warning("shard %s was refused: %s", shard, reason)
        for shard in [*report.loaded, *report.refused]:
            shutil.rmtree(shard, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self.close()
        finally:
            self._thread.shutdown()


def load_leftovers(con: DuckDBPyConnection, shards: Sequence[Path]) -> int:
    """Load what a run that was killed had scanned; returns the number of shards."""
    with ShardLoader(con, batch_seconds=float("inf")) as loader:
        for shard in shards:
            loader.add(shard)
    return len(shards) - len(loader.refused)
