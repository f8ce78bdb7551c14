"""Make the sample region: real git repositories with years of commits, from the plan in `sample_region/`.

History is invented, content is not: every commit shows a little more of the files that the repository holds
in the end, so that each file has authors and a past. The same plan always gives the same commit ids.
"""

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

SAMPLE_REGION = Path(__file__).parent / "sample_region"
_SHOWN_WHOLE = (".crt", ".lock", ".json", ".yaml", ".toml", ".xml", ".mod", ".gradle", ".lockfile", ".txt")
"""Lock files and manifests are shown whole: half of one would be a broken one."""
_UTC_PLUS_8 = "+0800"


def build_sample_region(target: Path, checkout: Path | None = None) -> Path:
    """Make the sample region's repositories under `target` and return the path of its workspace.toml.

    `checkout`, a git repository of chainatlas itself, joins the region as a watched community where given.
    """
    plan = yaml.safe_load((SAMPLE_REGION / "region.yaml").read_text("utf-8"))
    for repository in plan["repositories"]:
        folder = target / repository["owner"] / repository["name"]
        if not folder.exists():
            _make_repository(folder, repository, plan["people"])
    for folder in ("taxonomy", "advisories"):
        shutil.copytree(SAMPLE_REGION / folder, target / folder, dirs_exist_ok=True)
    workspace = (SAMPLE_REGION / "workspace.toml").read_text("utf-8")
    if checkout is not None:
        workspace += _CHECKOUT_ENTRY.format(folder=str(checkout).replace("\\", "\\\\").replace('"', '\\"'))
    path = target / "workspace.toml"
    path.write_text(workspace, "utf-8")
    return path


_CHECKOUT_ENTRY = """
[[communities]]
id = "chainatlas"
name = {{ zh = "链图", en = "chainatlas" }}
repositories = ["{folder}"]
"""


@dataclass(slots=True)
class _Growth:
    """What is already shown of each file of a repository."""

    lines: dict[str, list[bytes]]
    shown: dict[str, int] = field(default_factory=dict)
    changelog: list[bytes] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path) -> "_Growth":
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        return cls({name: files[name].read_bytes().splitlines(keepends=True) for name in sorted(files)})

    def advance(self, step: int, steps: int) -> Iterator[tuple[str, bytes]]:
        """Files that commit number `step` of `steps` changes, with their new content."""
        for position, (path, lines) in enumerate(self.lines.items()):
            starts = steps * position // (2 * len(self.lines))
            share = min(1.0, (step - starts + 1) / max(1, steps - starts))
            whole = path.endswith(_SHOWN_WHOLE) or step == steps - 1
            wanted = len(lines) if whole else int(len(lines) * share)
            if step >= starts and wanted > self.shown.get(path, 0):
                self.shown[path] = wanted
                yield path, b"".join(lines[:wanted])
        self.changelog.append(f"- change {step + 1}\n".encode())
        yield "CHANGELOG.md", b"".join(self.changelog)


def _make_repository(folder: Path, repository: dict[str, Any], people: dict[str, dict[str, str]]) -> None:
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    _git(partial, "init", "--quiet", "--bare", "--initial-branch=main")
    if repository["commits"]:
        stream = b"".join(_commit_stream(repository, people))
        _git(partial, "fast-import", "--quiet", "--done", stdin=stream)
    partial.rename(folder)


def _commit_stream(repository: dict[str, Any], people: dict[str, dict[str, str]]) -> Iterator[bytes]:
    """The history as a `git fast-import` stream."""
    choice = random.Random(repository["name"])  # noqa: S311  # the same region every time, not a secret
    growth = _Growth.of(SAMPLE_REGION / "files" / repository["name"])
    authors, parts = zip(*repository["authors"].items(), strict=True)
    first, last = (_epoch(repository[key]) for key in ("from", "to"))
    steps = repository["commits"]
    for step in range(steps):
        person = people[choice.choices(authors, parts)[0]]
        when = first + (last - first) * step // max(1, steps - 1) + choice.randrange(0, 28_800)
        signature = f"{person['name']} <{person['email']}> {when} {_UTC_PLUS_8}"
        message = f"Change {step + 1} of {repository['name']}\n".encode()
        yield f"commit refs/heads/main\nauthor {signature}\ncommitter {signature}\n".encode()
        yield b"data %d\n%s" % (len(message), message)
        for path, content in growth.advance(step, steps):
            yield b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content)
    yield b"done\n"


def _epoch(day: Any) -> int:
    """Nine in the morning, UTC+8, of a day."""
    return int(datetime(day.year, day.month, day.day, 1, tzinfo=UTC).timestamp())


def _git(folder: Path, *arguments: str, stdin: bytes | None = None) -> None:
    """Only for repositories that we make ourselves; the caller's git configuration must not shape them."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *arguments], cwd=folder, input=stdin, env=environment, check=True)
