"""How long the scans that are left will take: by what they read, at the speed of those that have ended.

Repositories differ by a factor of ten thousand, and the largest are scanned first: a share of the number of
scans would promise hours, then end early. A scan's weight is what it took on public repositories, in seconds
of one processor; only the proportions matter, the speed is measured.
"""

import time
from collections.abc import Callable, Iterable

from pipelines.scan_job import ScanJob

_BASE = 0.06
"""Starting git, writing the shard: every scan has it."""
_PER_MIB = {"history": 0.08, "sbom": 0.02, "crypto": 0.04}
_SURE_SHARE = 0.02
"""Before so much of the weight is done, the speed is not known."""
_MIB = 1 << 20


class ScanEstimate:
    """What is left of the scans of one run."""

    def __init__(self, jobs: Iterable[ScanJob], clock: Callable[[], float] = time.monotonic) -> None:
        self._waiting: dict[tuple[str, str], float] = {
            (job.repository.repo_id, job.scanner): weight(job) for job in jobs
        }
        self._total = sum(self._waiting.values())
        self._done = 0.0
        self._clock, self._began = clock, clock()

    def finish(self, repo_id: str, scanner: str) -> None:
        """A scan has ended, however."""
        self._done += self._waiting.pop((repo_id, scanner), 0.0)

    @property
    def seconds_left(self) -> float | None:
        """Null as long as too little is done to tell."""
        if not self._waiting:
            return 0.0
        if self._done < _SURE_SHARE * self._total:
            return None
        return (self._clock() - self._began) * (self._total - self._done) / self._done


def weight(job: ScanJob) -> float:
    """Seconds of one processor that the scan would take on the machine that the weights were measured on."""
    return _BASE + _PER_MIB[job.scanner] * job.pack_bytes / _MIB
