"""marimo notebooks over the published warehouse, and what they share.

Every module that defines `app` is a notebook: it runs as an app (`chainatlas notebook NAME`), as a script
(`python notebooks/NAME.py --workspace FOLDER`, which prints the findings) and, copied, in marimo's editor.
"""

from importlib.resources import files
from pathlib import Path


def notebook_files() -> dict[str, Path]:
    """The file of each notebook by its name."""
    folder = Path(str(files(__name__)))
    paths = sorted(folder.glob("*.py"))
    return {path.stem: path for path in paths if "\napp = marimo.App(" in path.read_text("utf-8")}
