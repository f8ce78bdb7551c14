"""Speed and memory of the crypto scan over git repositories; beside semgrep where its program is named.

    python benchmarks/crypto.py REPOSITORY ... [--semgrep PROGRAM]

Prints files per second of wall and of processor time (one process, rules loaded) and the highest resident
memory. With `--semgrep`, the source files of each repository are also written out and searched by semgrep
with six rules for Python, Java, Go and JavaScript hashes and ciphers: wall time of both.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sbom.crypto.languages import language_of, languages
from sbom.crypto.prefilter import active_libraries
from sbom.crypto.scan import scan_crypto
from sbom.source import open_source

RULES = """rules:
  - {id: hash-py, languages: [python], severity: INFO, message: hash, pattern-either: [
      {pattern: hashlib.md5(...)}, {pattern: hashlib.sha1(...)}, {pattern: hashlib.sha256(...)},
      {pattern: hashlib.new(...)}]}
  - {id: hash-java, languages: [java], severity: INFO, message: hash, pattern: MessageDigest.getInstance(...)}
  - {id: cipher-java, languages: [java], severity: INFO, message: cipher, pattern: Cipher.getInstance(...)}
  - {id: hash-go, languages: [go], severity: INFO, message: hash, pattern-either: [
      {pattern: md5.New(...)}, {pattern: md5.Sum(...)}, {pattern: sha1.New(...)},
      {pattern: sha256.Sum256(...)}, {pattern: sha256.New(...)}]}
  - {id: cipher-go, languages: [go], severity: INFO, message: cipher, pattern: aes.NewCipher(...)}
  - {id: hash-js, languages: [javascript, typescript], severity: INFO, message: hash,
      pattern-either: [{pattern: $C.createHash(...)}, {pattern: $C.createCipheriv(...)}]}
"""


def main(arguments: list[str]) -> None:
    semgrep = None
    if "--semgrep" in arguments:
        at = arguments.index("--semgrep")
        semgrep = arguments[at + 1]
        del arguments[at : at + 2]
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
        if semgrep is not None:
            print(f"  semgrep, 6 rules: {_semgrep_seconds(semgrep, path):.2f} s")


def _semgrep_seconds(program: str, path: Path) -> float:
    with tempfile.TemporaryDirectory() as folder, open_source(path) as source:
        rules = Path(folder) / "rules.yaml"
        rules.write_text(RULES)
        target = Path(folder) / "files"
        for name, key in source.listing().files.items():
            if language_of(name.rpartition("/")[2]) is not None:
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                (target / name).write_bytes(source.read(key))
        started = time.perf_counter()
        command = [program, "scan", "--config", str(rules), "--metrics=off", "--json", "-q", str(target)]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return time.perf_counter() - started


if __name__ == "__main__":
    main(sys.argv[1:])
