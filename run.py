#!/usr/bin/env python3
"""Set up chainatlas and run it. Needs python3 (3.11 or newer), pip and git; nothing else.

    python3 run.py demo               build a sample region, run the whole pipeline on it, show the report
    python3 run.py test [ARGUMENTS]   ruff, mypy and pytest; ARGUMENTS go to pytest (for instance -m slow)
    python3 run.py WORDS...           chainatlas WORDS... (for instance: run ~/code)

The first call makes a virtual environment in .venv from requirements.lock, every file checked by its hash;
later calls start at once. This file uses the standard library only.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "chainatlas.stamp"


def main(words: list[str]) -> int:
    if sys.version_info < (3, 11):
        print(f"chainatlas needs Python 3.11 or newer; this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    if not words or words[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    set_up()
    if words[0] == "test":
        return test(words[1:])
    return run([PYTHON, "-m", "pipelines.cli", *words])


def set_up() -> None:
    """Make the virtual environment, unless the one there was made from the same lock and Python."""
    wanted = fingerprint()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return
    print("Setting up chainatlas in .venv (once, about a minute) …", file=sys.stderr, flush=True)
    STAMP.unlink(missing_ok=True)
    pip = make_environment()
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    check(
        [*pip, "install", *quiet, "--require-hashes", "--no-deps", "-r", ROOT / "requirements.lock"],
        "the locked packages could not be installed; is a package index reachable?",
    )
    check(
        [*pip, "install", *quiet, "--no-deps", "--no-build-isolation", "--editable", ROOT],
        "chainatlas itself could not be installed",
    )
    STAMP.write_text(wanted)


def fingerprint() -> str:
    parts = [sys.version, str(ROOT)]
    parts += [(ROOT / name).read_text("utf-8") for name in ("requirements.lock", "pyproject.toml")]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def make_environment() -> list[str | Path]:
    """Create .venv and return the words that call pip for it.

    Some distributions ship python3 and pip but not ensurepip; then the caller's pip installs from outside.
    """
    try:
        venv.create(VENV, clear=True, with_pip=True)
        return [PYTHON, "-m", "pip"]
    except subprocess.CalledProcessError:
        venv.create(VENV, clear=True, with_pip=False)
        return [sys.executable, "-m", "pip", "--python", PYTHON]


def test(arguments: list[str]) -> int:
    """Run every check even if an earlier one fails, so that one call shows all there is to mend."""
    checks: list[list[str | Path]] = [
        [PYTHON, "-m", "ruff", "check", "."],
        [PYTHON, "-m", "ruff", "format", "--check", "."],
        [PYTHON, "-m", "mypy"],
        [PYTHON, "-m", "pytest", "-n", "auto", *arguments],
    ]
    results = [run(command, cwd=ROOT) for command in checks]
    return 1 if any(results) else 0


def check(command: list[str | Path], problem: str) -> None:
    if run(command):
        sys.exit(f"chainatlas could not be set up: {problem}")


def run(command: list[str | Path], cwd: Path | None = None) -> int:
    try:
        return subprocess.run([str(word) for word in command], cwd=cwd, check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
