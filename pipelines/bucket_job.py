"""The Dagster job of 64 operations, one for each bucket of a scan, on the executor that somebody has.

    python -m pipelines.bucket_job celery STORAGE RUN 3 17 … [--config deploy/celery.yaml] [--workers N]

works off these buckets; `chainatlas run --executor celery` starts it. The workers import this module.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import dagster as dg
import yaml

from pipelines.dagster_home import prepare_dagster_home
from pipelines.errors import PipelineError
from pipelines.run_records import forget_old_runs
from pipelines.scan_buckets import BUCKETS, scan_bucket

_EXTRA = "install chainatlas[{}], on every machine"


class Buckets(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Where the jobs of a run are, and with how many processes each machine scans a bucket of them."""

    storage: str
    run: str
    workers: int = 0


def _bucket_op(number: int) -> dg.OpDefinition:
    @dg.op(
        name=f"scan_bucket_{number:02}",
        out=dg.Out(dg.Nothing),
        description="Scan the repositories of one bucket that the run asks for.",
    )
    def scan(context: dg.OpExecutionContext, buckets: Buckets) -> None:
        try:
            report = scan_bucket(buckets.storage, buckets.run, number, buckets.workers)
        except PipelineError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        context.log.info(f"bucket {number}: {report}")

    return scan


_OPS = [_bucket_op(number) for number in range(BUCKETS)]


def _job(executor: dg.ExecutorDefinition) -> dg.JobDefinition:
    @dg.job(
        name="scan_buckets", executor_def=executor, resource_defs={"buckets": Buckets.configure_at_launch()}
    )
    def scan_buckets() -> None:
        for op in _OPS:
            op()

    return scan_buckets


def celery() -> dg.JobDefinition:
    """Celery workers, with any broker that Celery speaks."""
    try:
        from dagster_celery import celery_executor  # noqa: PLC0415
    except ImportError:
        raise PipelineError(_EXTRA.format("celery")) from None
    return _job(celery_executor)


def k8s() -> dg.JobDefinition:
    """One Kubernetes job for each bucket."""
    try:
        from dagster_k8s import k8s_job_executor  # noqa: PLC0415
    except ImportError:
        raise PipelineError(_EXTRA.format("k8s")) from None
    return _job(k8s_job_executor)


def dask() -> dg.JobDefinition:
    """A Dask cluster."""
    try:
        from dagster_dask import dask_executor  # noqa: PLC0415
    except ImportError:
        raise PipelineError(_EXTRA.format("dask")) from None
    return _job(dask_executor)


def multiprocess() -> dg.JobDefinition:
    """Processes of this machine: slower than a run without executor, and good for trying one out."""
    return _job(dg.multiprocess_executor)


EXECUTORS = {"celery": celery, "dask": dask, "k8s": k8s, "multiprocess": multiprocess}


def launch_executor(
    storage: str,
    run: str,
    numbers: Sequence[int],
    log: Path,
    *,
    executor: str,
    home: Path,
    config: Path | None = None,
    workers: int = 0,
) -> "subprocess.Popen[bytes]":
    """Start this module on some buckets, with Dagster's records in `home`.

    Raises:
        PipelineError: what the executor needs is not installed.
    """
    EXECUTORS[executor]()
    words = [sys.executable, "-m", "pipelines.bucket_job", executor, storage, run, *map(str, numbers)]
    words += ["--workers", str(workers), *(["--config", str(config)] if config is not None else [])]
    environment = {"DAGSTER_HOME": str(prepare_dagster_home(home))} | os.environ
    with log.open("wb") as output:
        return subprocess.Popen(words, stdout=output, stderr=subprocess.STDOUT, env=environment)


def main(arguments: list[str]) -> int:
    """Run the job; 1 if a bucket failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("executor", choices=sorted(EXECUTORS))
    parser.add_argument("storage")
    parser.add_argument("run")
    parser.add_argument("numbers", type=int, nargs="+")
    parser.add_argument("--config", type=Path, help="YAML with `execution`, as Dagster's run configuration")
    parser.add_argument("--workers", type=int, default=0)
    given = parser.parse_args(arguments)
    settings = yaml.safe_load(given.config.read_text("utf-8")) if given.config is not None else {}
    execution = {"execution": settings["execution"]} if "execution" in settings else {}
    buckets = {"storage": given.storage, "run": given.run, "workers": given.workers}
    with (
        dg.DagsterInstance.get() as instance,
        dg.execute_job(
            dg.reconstructable(EXECUTORS[given.executor]),
            instance,
            run_config={**execution, "resources": {"buckets": {"config": buckets}}},
            op_selection=[f"scan_bucket_{number:02}" for number in given.numbers],
        ) as result,
    ):
        forget_old_runs(instance, but=result.run_id)
        return 0 if result.success else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
