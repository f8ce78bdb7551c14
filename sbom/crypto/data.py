"""The data files of the package, in which its facts stand: how they are read, and a hash of them."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
_ENDINGS = (".yaml", ".csv", ".tsv")
_NOT_OF_SCANS = ("policies/", "effort.yaml", "libraries/")
"""What is only held against the rows of a scan, afterwards."""


def read_data(name: str) -> Any:
    """The content of a YAML file by its name below the package: `kinds.yaml`, `rules/php.yaml`."""
    return yaml.load((FOLDER / name).read_bytes(), yaml.CSafeLoader)


@cache
def scan_data_digest() -> str:
    """A hash of all data that the result of a scan depends on, those of files to come among them."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        name = path.relative_to(FOLDER).as_posix()
        if name.endswith(_ENDINGS) and not name.startswith(_NOT_OF_SCANS):
            digest.update(f"{name}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
