"""CONTRIBUTING.md, followed to the letter in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
FILES_OF_A_SECTION = {
    # what is added, without what proves it (fixtures) and what commands write (docs)
    "A lock file format": 1,
    "A crypto rule": 2,  # with the package that it is of
    "An algorithm": 2,
    "A metric": 2,  # with what it says in Chinese
    "A chain segment": 2,  # with the workspace that names the folder
    "A forge": 2,
    "A policy": 1,
}


class Block(NamedTuple):
    """A fenced block: what stands behind the fence, and its text."""

    info: str
    text: str

    def option(self, name: str) -> str | None:
        found = re.search(rf'\b{name}="([^"]*)"', self.info)
        return found[1] if found else None


def sections() -> Iterator[tuple[str, list[Block]]]:
    for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        yield title, [Block(*found) for found in re.findall(r"^```([^\n]*)\n(.*?)^```$", body, re.M | re.S)]


def copy_project(folder: Path) -> Path:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/fixtures/crypto", "benchmarks/")):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)
    return folder


def write(folder: Path, block: Block) -> str | None:
    """Do what a block says of a file, and return its path; null if it is of no file."""
    if (path := block.option("title")) is not None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        assert not (folder / path).exists(), path
        (folder / path).write_text(block.text, "utf-8")
    elif (path := block.option("add")) is not None:
        with (folder / path).open("a", encoding="utf-8") as file:
            file.write(block.text)
    elif (path := block.option("in")) is not None:
        text = (folder / path).read_text("utf-8")
        changed, count = re.subn(
            rf"({block.option('after')}.*\n)", lambda m: m[1] + block.text, text, flags=re.M
        )
        assert count == 1, f"{path}: {block.option('after')}"
        (folder / path).write_text(changed, "utf-8")
    return path


def run(folder: Path, line: str) -> None:
    line = re.sub(r"^chainatlas ", f"{sys.executable} -m pipelines.cli ", line)
    line = re.sub(r"^python ", f"{sys.executable} ", line)
    environment = {**os.environ, "PYTHONPATH": str(folder), "DAGSTER_HOME": ""}
    environment.pop("PYTEST_ADDOPTS", None)
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


@pytest.mark.slow
@pytest.mark.parametrize("title", FILES_OF_A_SECTION)
def test_section_when_followed_to_the_letter_then_its_commands_pass_and_few_files_are_touched(
    title: str, tmp_path: Path
) -> None:
    folder = copy_project(tmp_path)
    touched = []
    for block in dict(sections())[title]:
        if block.info == "sh":
            for line in block.text.splitlines():
                run(folder, line)
        else:
            path = write(folder, block)
            touched += [path] if path is not None and not path.startswith("tests/") else []
    assert len(touched) == FILES_OF_A_SECTION[title], touched


def test_sections_when_counted_then_each_has_its_test_and_fits_a_page() -> None:
    assert [title for title, _ in sections()] == list(FILES_OF_A_SECTION)
    parts = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    assert max(part.count("\n") for part in parts) < 75
