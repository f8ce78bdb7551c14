"""One file that holds the state of a workspace, and the state that is made of it again.

The file is a tar archive: `manifest.json` first, with the size and SHA-256 of every file, then the files.
What a run makes anew (the report, shards that nobody loaded, Dagster's record) is left out.
"""

import contextlib
import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipelines.errors import PipelineError
from pipelines.run_lock import hold_run_lock
from pipelines.state import StateFolder
from warehouse.store.database import open_database

_MANIFEST = "manifest.json"
_MAX_MANIFEST_BYTES = 256 << 20
_LEFT_OUT = {
    "report",
    "shards",
    "exchange",
    "spark",
    "metrics",
    "dagster",
    "run.lock",
    "run.json",
    ".gitignore",
}
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup file holds."""

    path: Path
    made_at: str
    made_by: str
    """Version of chainatlas."""
    files: int
    size: int
    """Bytes of the files."""
    replaced: Path | None = None
    """Where a restore has put the state that was there before."""


def write_backup(state: StateFolder, path: Path) -> Backup:
    """Write the state to a file that only its owner may read: the key of the pseudonyms is in it.

    Raises:
        PipelineError: there is no state, a run is on, or the file is there already or cannot be written.
    """
    if not state.path.is_dir():
        raise PipelineError(f"{state.path}: there is no state to back up; chainatlas run makes one")
    if path.exists():
        raise PipelineError(f"{path}: is there already; name another file")
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with hold_run_lock(state):
            if state.warehouse.is_file():
                open_database(state.warehouse).close()  # brings what its log holds into the file
            manifest = _describe(state.path)
            opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(opened, "wb") as file, tarfile.open(fileobj=file, mode="w") as archive:
                content = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
                entry = tarfile.TarInfo(_MANIFEST)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
                for name in manifest["files"]:
                    archive.add(state.path / name, name, recursive=False)
        unfinished.replace(path)
    except OSError as error:
        raise PipelineError(f"{error.filename or path}: cannot be backed up: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return _summary(path, manifest)


def restore_backup(path: Path, state: StateFolder) -> Backup:
    """Put the state of a backup in place, whole or not at all; a state that is there is moved aside.

    Raises:
        PipelineError: the file is no backup or damaged, a run is on, or the folder cannot be written.
    """
    fresh = state.path.with_name(f"{state.path.name}.restoring")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        manifest = _unpack(path, fresh)
        aside = None
        if state.path.exists():
            with hold_run_lock(state):
                aside = _free_name(state.path)
                state.path.rename(aside)
        fresh.rename(state.path)
    except (OSError, tarfile.TarError) as error:
        raise PipelineError(f"{path}: cannot be restored: {error}") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    state.prepare()
    return _summary(path, manifest, aside)


def _describe(folder: Path) -> dict[str, Any]:
    files = {}
    for file in sorted(_files(folder)):
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        files[file.relative_to(folder).as_posix()] = {"size": file.stat().st_size, "sha256": digest}
    return {
        "chainatlas": version("chainatlas"),
        "made_at": datetime.now(UTC).isoformat(" ", "seconds"),
        "files": files,
    }


def _files(folder: Path) -> Iterator[Path]:
    for item in folder.iterdir():
        if item.name in _LEFT_OUT or item.is_symlink():
            continue
        yield from (file for file in item.rglob("*") if file.is_file() and not file.is_symlink())
        if item.is_file():
            yield item


def _unpack(path: Path, folder: Path) -> dict[str, Any]:
    with tarfile.open(path, "r|") as archive:
        entries = iter(archive)
        first = next(entries, None)
        if first is None or first.name != _MANIFEST or first.size > _MAX_MANIFEST_BYTES:
            raise PipelineError(f"{path}: is no backup of chainatlas: it does not begin with {_MANIFEST}")
        manifest = _read_manifest(path, archive, first)
        missing = dict(manifest["files"])
        for entry in entries:
            expected = missing.pop(entry.name, None)
            if expected is None or not entry.isfile():
                raise PipelineError(f"{path}: holds {entry.name!r}, which its manifest does not name")
            archive.extract(entry, folder, filter="data")
            with (folder / entry.name).open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
            if digest != expected.get("sha256"):
                raise PipelineError(
                    f"{path}: {entry.name} is damaged: its SHA-256 differs from the manifest's"
                )
    if missing:
        raise PipelineError(f"{path}: is cut off: {len(missing)} files are missing, first {min(missing)}")
    return manifest


def _read_manifest(path: Path, archive: tarfile.TarFile, entry: tarfile.TarInfo) -> dict[str, Any]:
    content = archive.extractfile(entry)
    with contextlib.suppress(ValueError):
        manifest = json.loads(content.read() if content is not None else b"")
        if isinstance(manifest, dict) and isinstance(manifest.get("files"), dict):
            return manifest
    raise PipelineError(f"{path}: its {_MANIFEST} cannot be read")


def _free_name(folder: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    names = (
        f"{folder.name}.before-restore-{stamp}{extra}" for extra in ("", *(f"-{n}" for n in range(2, 99)))
    )
    return next(place for place in map(folder.with_name, names) if not place.exists())


def _summary(path: Path, manifest: dict[str, Any], aside: Path | None = None) -> Backup:
    sizes = [entry["size"] for entry in manifest["files"].values()]
    return Backup(path, manifest["made_at"], manifest["chainatlas"], len(sizes), sum(sizes), aside)
