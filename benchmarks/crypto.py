"""Speed and memory of the crypto scan over git repositories.

    python benchmarks/crypto.py REPOSITORY ...

Prints files per second of wall and of processor time (one process, rules loaded) and the highest resident
memory. Beside other tools: `crypto_peers.py`.
"""

import resource
import sys
import time
from pathlib import Path

from sbom.crypto.languages import languages
from sbom.crypto.prefilter import active_libraries
from sbom.crypto.scan import scan_crypto


def main(arguments: list[str]) -> None:
    for name in languages():
        active_libraries(name, b"")
    for argument in arguments:
        path = Path(argument)
        wall, processor = time.perf_counter(), time.process_time()
        result = scan_crypto(path)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{path}: {result.files_listed} source files, {result.files_parsed} parsed, "
            f"{len(result.occurrences)} occurrences; "
            f"{wall:.2f} s ({result.files_listed / wall:.0f} files/s), "
            f"processor {processor:.2f} s ({result.files_listed / processor:.0f} files/s), {memory} MiB"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
