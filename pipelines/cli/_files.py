"""Read and write the files that commands are given."""

import sys
from pathlib import Path

from pipelines.errors import PipelineError

_MOST_KEY_BYTES = 65_536


def write_output(content: bytes, output: Path | None) -> None:
    """Write to a file, or to standard output where there is none or it is `-`.

    Raises:
        PipelineError: the file cannot be written.
    """
    if output is None or str(output) == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise PipelineError(f"{output}: cannot be written: {error.strerror}") from error


def read_small(path: Path) -> bytes:
    """The content of a key file.

    Raises:
        PipelineError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(_MOST_KEY_BYTES)
    except OSError as error:
        raise PipelineError(f"{path}: cannot be read: {error.strerror}") from error
