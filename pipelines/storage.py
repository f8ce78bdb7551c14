"""Files outside of the state folder: below a local folder, or in a store that speaks S3.

Addresses are those of `pyarrow.fs`: `/srv/share/atlas`, `file:///srv/share/atlas`, `s3://bucket/atlas`, for
another store than Amazon's `s3://bucket/atlas?endpoint_override=minio.internal:9000&scheme=http`. Credentials
come from where the AWS libraries look for them (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, a profile, the
machine's role), never from the address. Requests that a store answers with an error of its own are repeated.
"""

import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from pyarrow import ArrowException, fs

from pipelines.errors import PipelineError

PUBLISHED_KEY = "published/chainatlas.duckdb"
_PARTIAL = ".partial-"
_CHUNK_BYTES = 8 * 1024 * 1024
_PAUSES = (0.2, 1.0, 3.0)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Store:
    """Files by key, a relative path with `/`. Every method raises `PipelineError` if the store fails."""

    address: str
    _files: fs.FileSystem
    _root: str

    def put(self, local: Path, key: str) -> None:
        """Bring a local file there. Whoever reads the key meanwhile gets the file that was there before."""
        self._try(f"take {key}", lambda: self._upload(local, self._path(key)))

    def write(self, content: bytes, key: str) -> None:
        """Make a small file there."""

        def write() -> None:
            if self._is_local:
                self._files.create_dir(self._path(key).rpartition("/")[0], recursive=True)
            with self._files.open_output_stream(self._path(key)) as stream:
                stream.write(content)

        self._try(f"take {key}", write)

    def get(self, key: str, local: Path) -> None:
        """Bring a file here; its folder is made, and the file appears when it is whole."""

        def get() -> None:
            local.parent.mkdir(parents=True, exist_ok=True)
            partial = local.with_name(f"{_PARTIAL}{local.name}")
            try:
                with self._files.open_input_stream(self._path(key)) as source, partial.open("wb") as target:
                    shutil.copyfileobj(source, target, _CHUNK_BYTES)
                partial.replace(local)
            finally:
                partial.unlink(missing_ok=True)

        self._try(f"give {key}", get)

    def read(self, key: str) -> bytes:
        """The content of a small file."""

        def read() -> bytes:
            with self._files.open_input_stream(self._path(key)) as stream:
                return bytes(stream.read())

        return self._try(f"give {key}", read)

    def has(self, key: str) -> bool:
        """Whether the file is there."""
        info = self._try(f"look for {key}", lambda: self._files.get_file_info(self._path(key)))
        return bool(info.type == fs.FileType.File)

    def keys(self, prefix: str) -> list[str]:
        """All whole files below a prefix, sorted."""
        selector = fs.FileSelector(self._path(prefix), recursive=True, allow_not_found=True)
        listed = self._try(f"list {prefix}", lambda: self._files.get_file_info(selector))
        keys = [info.path.removeprefix(f"{self._root}/") for info in listed if info.is_file]
        return sorted(key for key in keys if not key.rpartition("/")[2].startswith(_PARTIAL))

    def remove(self, prefix: str) -> None:
        """Remove everything below a prefix, if there is anything."""

        def remove() -> None:
            if self._files.get_file_info(self._path(prefix)).type == fs.FileType.Directory:
                self._files.delete_dir(self._path(prefix))

        self._try(f"remove {prefix}", remove)

    def _upload(self, local: Path, target: str) -> None:
        """By streams, because `copy_files` loses the error of an upload that fails at its end."""
        folder, _, name = target.rpartition("/")
        partial = f"{folder}/{_PARTIAL}{name}" if self._is_local else target
        if self._is_local:
            self._files.create_dir(folder, recursive=True)
        with local.open("rb") as source, self._files.open_output_stream(partial) as stream:
            shutil.copyfileobj(source, stream, _CHUNK_BYTES)
        size = self._files.get_file_info(partial).size
        if size != local.stat().st_size:
            raise OSError(f"{size} of {local.stat().st_size} bytes arrived")
        if self._is_local:  # an object appears when all of it has arrived, a file while it is written
            self._files.move(partial, target)

    @property
    def _is_local(self) -> bool:
        return isinstance(self._files, fs.LocalFileSystem)

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}"

    def _try(self, what: str, work: Callable[[], _T]) -> _T:
        """Arrow repeats requests too, but not all: the error to a read of few bytes comes through."""
        for pause in (*_PAUSES, None):
            try:
                return work()
            except (OSError, ArrowException) as error:
                if pause is None or self._is_local or isinstance(error, FileNotFoundError):
                    reason = re.sub(r"\s+", " ", str(error))[:300]
                    raise PipelineError(f"{self.address}: cannot {what}: {reason}") from error
                time.sleep(pause)
        raise AssertionError


def open_store(address: str) -> Store:
    """The store at an address; nothing is asked of it yet.

    Raises:
        PipelineError: it is no address that pyarrow knows, or holds credentials.
    """
    if "://" not in address:
        return Store(address, fs.LocalFileSystem(), str(Path(address).absolute()))
    if "@" in urlsplit(address).netloc:
        raise PipelineError(
            "the address of the storage holds credentials; give them in AWS_ACCESS_KEY_ID and so on"
        )
    try:
        files, root = fs.FileSystem.from_uri(address)
    except (OSError, ValueError, ArrowException) as error:
        raise PipelineError(f"{address}: is no storage: {error}") from None
    return Store(address, files, root.rstrip("/"))
