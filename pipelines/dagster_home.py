"""Where Dagster keeps its own records: a folder of the state, with our `dagster.yaml`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

from pipelines.errors import PipelineError

_PLACES = (Path(__file__).parent / "dagster.yaml", Path(__file__).parent.parent / "dagster.yaml")
"""In the installed package, in a checkout."""
_RECORDS = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")
_MAKE_RECORDS = "import dagster; dagster.DagsterInstance.get().dispose()"


def prepare_dagster_home(folder: Path) -> Path:
    """Make the folder with the present `dagster.yaml` and Dagster's databases in it, and return it.

    Processes that open it together for the first time would each make the databases, and spoil them.

    Raises:
        PipelineError: Dagster cannot make them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "home.lock"):
        shutil.copyfile(next(path for path in _PLACES if path.is_file()), folder / "dagster.yaml")
        if not all((folder / name).is_file() for name in _RECORDS):
            words = [sys.executable, "-c", _MAKE_RECORDS]
            environment = os.environ | {"DAGSTER_HOME": str(folder)}
            made = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
            if made.returncode:
                reason = (made.stderr.strip().splitlines() or ["no reason told"])[-1]
                raise PipelineError(f"{folder}: Dagster's records cannot be made: {reason}")
    return folder
