#!/usr/bin/env python3
"""Set up chainatlas and run it. Needs python3 (3.11 or newer), pip and git; nothing else.

    python3 run.py demo               build a sample region, run the whole pipeline on it, show the report
    python3 run.py test [ARGUMENTS]   ruff, mypy and pytest; ARGUMENTS go to pytest (for instance -m slow)
    python3 run.py release            build the wheel into dist/, its bill of materials beside it
    python3 run.py WORDS...           chainatlas WORDS... (for instance: run ~/code)

The first call makes a virtual environment in .venv from requirements.lock, every file checked by its hash;
later calls start at once. This file uses the standard library only.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "chainatlas.stamp"
QUIET = ("--quiet", "--disable-pip-version-check", "--no-input")


def main(words: list[str]) -> int:
    if sys.version_info < (3, 11):
        found = sys.version.split()[0]
        english = f"chainatlas needs Python 3.11 or newer; this is {found}"
        print(in_locale(english, f"链图需要 Python 3.11 或更新版本；当前是 {found}"), file=sys.stderr)
        return 2
    if not words or words[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    set_up()
    if words[0] == "test":
        return test(words[1:])
    if words[0] == "release":
        return release()
    return run([PYTHON, "-m", "pipelines.cli", *words])


def in_locale(english: str, chinese: str) -> str:
    """The one of both that the locale of messages asks for."""
    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return chinese if locale.startswith("zh") else english


def set_up() -> None:
    """Make the virtual environment, unless the one there was made from the same lock and Python."""
    wanted = fingerprint()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return
    english = "Setting up chainatlas in .venv (once, about a minute) …"
    told = in_locale(english, "正在 .venv 中安装链图（只有这一次，约一分钟）……")
    print(told, file=sys.stderr, flush=True)
    STAMP.unlink(missing_ok=True)
    pip = make_environment()
    if not install_with_uv(pip):
        install_with_pip(pip)
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


def install_with_uv(pip: list[str | Path]) -> bool:
    """Install with uv, which the lock names: it takes seconds where pip takes a minute.

    uv does not read pip's configuration, in which many a company and country names its mirror, so it is told.
    False where uv is not to be had or fails; pip then does the same work and says what is wrong.
    """
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    pinned = re.search(r"^uv==.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    if pinned is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        only_uv = Path(folder) / "uv.lock"
        only_uv.write_text(pinned.group(), "utf-8")
        if run([*pip, "install", *QUIET, "--require-hashes", "--no-deps", "-r", only_uv], hidden=True):
            return False
    uv: list[str | Path] = [PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", PYTHON]
    uv += uv_sources(pip)
    return not (
        run([*uv, "--require-hashes", "--no-deps", "-r", ROOT / "requirements.lock"], hidden=True)
        or run([*uv, "--no-deps", "--no-build-isolation", "--editable", ROOT], hidden=True)
    )


def uv_sources(pip: list[str | Path]) -> list[str]:
    """The options by which uv asks where pip would ask, unless uv has a configuration of its own."""
    words = [str(word) for word in [*pip, "config", "list"]]
    listed = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    setting = re.compile(r"^(?:\w+|:env:)\.(index-url|extra-index-url|find-links)='(.*)'$", re.MULTILINE)
    found = dict(setting.findall(listed))
    # Every file is checked by its hash, so it does not matter which of several indexes brings it.
    options = ["--index-strategy", "unsafe-best-match"]
    if "index-url" in found and not {"UV_INDEX_URL", "UV_DEFAULT_INDEX"} & os.environ.keys():
        options += ["--index-url", found["index-url"]]
    for name in ("extra-index-url", "find-links"):
        for place in found.get(name, "").split():
            options += [f"--{name}", place]
    return options


def install_with_pip(pip: list[str | Path]) -> None:
    check(
        [*pip, "install", *QUIET, "--require-hashes", "--no-deps", "-r", ROOT / "requirements.lock"],
        "the locked packages could not be installed; is a package index reachable?",
    )
    check(
        [*pip, "install", *QUIET, "--no-deps", "--no-build-isolation", "--editable", ROOT],
        "chainatlas itself could not be installed",
    )


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


def release() -> int:
    """Build the wheel into dist/, with a CycloneDX bill of materials of what it needs beside it."""
    dist = ROOT / "dist"
    check([PYTHON, "-m", "hatchling", "build", "-t", "wheel", "-d", dist], "the wheel could not be built")
    wheel = max(dist.glob("chainatlas-*.whl"), key=lambda path: path.stat().st_mtime)
    bom = dist / f"{'-'.join(wheel.stem.split('-')[:2])}.cdx.json"
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "chainatlas"  # of the whole tree, the fixtures of the tests would be in it
        project.mkdir()
        for name in ("requirements.lock", "pyproject.toml", "LICENSE"):
            (project / name.replace(".lock", ".txt")).write_bytes((ROOT / name).read_bytes())
        check(
            [PYTHON, "-m", "pipelines.cli", "sbom", project, "-o", bom],
            "the wheel's BOM could not be made",
        )
    print(f"{wheel}\n{bom}")
    return 0


def check(command: list[str | Path], problem: str) -> None:
    if run(command):
        sys.exit(f"chainatlas could not be set up: {problem}")


def run(command: list[str | Path], cwd: Path | None = None, hidden: bool = False) -> int:
    output = subprocess.DEVNULL if hidden else None
    try:
        words = [str(word) for word in command]
        return subprocess.run(words, cwd=cwd, check=False, stdout=output, stderr=output).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
