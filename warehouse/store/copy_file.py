"""Copy a file in a process of its own: `python copy_file.py SOURCE TARGET`; the copy is on disk at the end.

See `warehouse.store.publish` for why this is not a function call.
"""

import os
import shutil
import sys


def copy_file(source: str, target: str) -> None:
    shutil.copyfile(source, target)
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    try:
        copy_file(sys.argv[1], sys.argv[2])
    except OSError as failure:
        sys.exit(str(failure))
