"""Where Dagster keeps its own records: a folder of the state, with our `dagster.yaml`."""

import shutil
from pathlib import Path

_PLACES = (Path(__file__).parent / "dagster.yaml", Path(__file__).parent.parent / "dagster.yaml")
"""In the installed package, in a checkout."""


def prepare_dagster_home(folder: Path) -> Path:
    """Make the folder with the present `dagster.yaml` in it and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(next(path for path in _PLACES if path.is_file()), folder / "dagster.yaml")
    return folder
