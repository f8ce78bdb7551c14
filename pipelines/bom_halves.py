"""The BOM of a repository, of the two scans that know one half each: packages and cryptography.

The scans run in processes of their own, in any order. Each writes its half and, holding the folder's lock,
joins the document of both, if they are of the same commit. So the document is the same whoever comes last,
and a scan that is done again alone keeps the other half.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from pipelines.scan_job import BOM_FILE, bom_path
from sbom.bom import write_document
from sbom.crypto.cbom import join_cryptography
from sbom.crypto.model import CryptoResult
from sbom.crypto.stored import dump_result, load_result

_PACKAGES, _CRYPTOGRAPHY = "packages.json", "cryptography.json"


def write_packages(boms: Path, repo_id: str, document: dict[str, Any]) -> None:
    """Keep the document of a repository's packages, and join it with the cryptography that is kept."""
    with _locked(bom_path(boms, repo_id).parent) as folder:
        _write(folder / _PACKAGES, orjson.dumps(document))
        _join(folder)


def write_cryptography(boms: Path, repo_id: str, result: CryptoResult) -> None:
    """Keep what a repository holds of cryptography, and join it with the packages that are kept."""
    path = cryptography_path(boms, repo_id)
    with _locked(path.parent) as folder:
        _write(path, dump_result(result))
        _join(folder)


def cryptography_path(boms: Path, repo_id: str) -> Path:
    """Where the cryptography of a repository is kept."""
    return bom_path(boms, repo_id).with_name(_CRYPTOGRAPHY)


def _join(folder: Path) -> None:
    packages, kept = folder / _PACKAGES, folder / _CRYPTOGRAPHY
    if not packages.is_file():
        return
    document = orjson.loads(packages.read_bytes())
    if kept.is_file():
        crypto = load_result(kept.read_bytes())
        if crypto.commit == document["metadata"]["component"].get("version"):
            document = join_cryptography(document, crypto)
    _write(folder / BOM_FILE, write_document(document, "json"))


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_bytes(content)
    fresh.replace(path)


@contextmanager
def _locked(folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
