"""One run at a time on one state folder; a second one is told who runs."""

import getpass
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from filelock import FileLock, Timeout

from pipelines.errors import PipelineError
from pipelines.state import StateFolder


@contextmanager
def hold_run_lock(state: StateFolder) -> Iterator[None]:
    """Hold the lock of the state folder; one process may take it again, and a killed run's lock is free.

    Raises:
        PipelineError: another process holds it.
    """
    state.prepare()
    lock = FileLock(state.run_lock, timeout=0, is_singleton=True, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise PipelineError(
            f"{state.path}: a run is on already{_holder(state)}; wait until it ends, or stop it"
        ) from None
    try:
        state.run_holder.write_text(json.dumps(_self_description()))
        yield
    finally:
        lock.release()


def _self_description() -> dict[str, str]:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user id without a name
        user = str(os.getuid())
    began = datetime.now(UTC).isoformat(" ", "seconds")
    return {"process": str(os.getpid()), "user": user, "host": socket.gethostname(), "began": began}


def _holder(state: StateFolder) -> str:
    try:
        holder = json.loads(state.run_holder.read_text())
        return (
            f", begun at {holder['began']} by {holder['user']}@{holder['host']}, process {holder['process']}"
        )
    except (OSError, ValueError, KeyError, TypeError):  # the other one is about to write it
        return ""
