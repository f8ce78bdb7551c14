"""Temporary files beside the file that they become, named after their process so that leftovers are known."""

import glob
import os
import re
from pathlib import Path


def temporary_beside(path: Path) -> Path:
    """`<path>.tmp-<pid>`, which does not exist; removes the temporary files of processes that have died."""
    for file in path.parent.glob(f"{glob.escape(path.name)}.tmp-*"):
        match = re.search(r"\.tmp-(\d+)(\.wal)?$", file.name)
        if match and (int(match[1]) == os.getpid() or not _is_alive(int(match[1]))):
            file.unlink(missing_ok=True)
    return path.with_name(f"{path.name}.tmp-{os.getpid()}")


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
