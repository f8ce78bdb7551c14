"""Real git repositories made for tests, a few milliseconds each."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ALICE = "Alice <alice@one.example>"
BOB = "Bob <bob@two.example>"
_YEAR_2024 = 1_704_067_200
_DAY = 86_400


def git(folder: Path, *arguments: str, stdin: bytes | None = None) -> str:
    """Run git without the caller's configuration and return its output."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
    done = subprocess.run(
        ["git", "-C", folder, *arguments], input=stdin, env=environment, check=True, capture_output=True
    )
    return done.stdout.decode().strip()


def make_repository(
    folder: Path,
    commits: Sequence[Mapping[str, str]] = ({"README.md": "hello\n"},),
    *,
    authors: Sequence[str] = (ALICE, BOB),
    remote: str | None = None,
    bare: bool = False,
) -> Path:
    """A repository whose commits write the given files, one a day from 2024-01-01, authors taking turns."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main", *(["--bare"] if bare else []))
    if remote is not None:
        git(folder, "config", "remote.origin.url", remote)
    add_commits(folder, commits, authors=authors)
    return folder


def add_commits(
    folder: Path, commits: Sequence[Mapping[str, str]], *, authors: Sequence[str] = (ALICE,), first: int = 0
) -> str:
    """Commits on top of branch `main`; returns the new HEAD, empty for a repository without commits."""
    known = subprocess.run(
        ["git", "-C", folder, "rev-parse", "--verify", "-q", "main"], capture_output=True, check=False
    )
    stream = []
    for number, files in enumerate(commits):
        when = _YEAR_2024 + (first + number) * _DAY
        signature = f"{authors[number % len(authors)]} {when} +0800"
        stream.append(f"commit refs/heads/main\nauthor {signature}\ncommitter {signature}\ndata 6\nchange\n")
        if number == 0 and known.returncode == 0:
            stream.append(f"from {known.stdout.decode().strip()}\n")
        for path, content in files.items():
            stream.append(f"M 100644 inline {path}\ndata {len(content.encode())}\n{content}\n")
    if commits:
        git(folder, "fast-import", "--quiet", "--force", stdin="".join(stream).encode())
        return git(folder, "rev-parse", "main")
    return ""


def package_lock(name: str, packages: Mapping[str, str]) -> str:
    """A package-lock.json v3 with direct dependencies only: version by package name."""
    root = {"name": name, "version": "1.0.0", "dependencies": dict(packages)}
    entries = {"": root} | {
        f"node_modules/{package}": {"version": version, "license": "MIT"}
        for package, version in packages.items()
    }
    lock = {"name": name, "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": entries}
    return json.dumps(lock, indent=2)


def write_small_taxonomy(folder: Path) -> Path:
    """A taxonomy of one segment: the packaged one takes two seconds to read."""
    folder.mkdir(parents=True)
    (folder / "organizations.yaml").write_text(
        "organizations:\n"
        "  foundation: {name_zh: 基金会, name_en: Foundation, kind: foundation, region: US, neutral: true}\n",
        "utf-8",
    )
    (folder / "web.yaml").write_text(
        "id: web\n"
        "name: {zh: 网络, en: Web}\n"
        "kind: base\n"
        "segments:\n"
        "  - id: web-tools\n"
        "    name: {zh: 工具, en: Tools}\n"
        "    layer: midstream\n"
        "    observability: high\n"
        "    importance: 0.5\n"
        "    keywords: {zh: [工具], en: [tool]}\n"
        "    topics: [tool]\n"
        "    rules:\n"
        "      - {purl: pkg:npm/lodash, owner: foundation, weight: 1.0, verified: false}\n"
        "    alternatives: []\n",
        "utf-8",
    )
    return folder
