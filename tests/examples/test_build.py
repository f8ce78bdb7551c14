"""The sample region is made as real git repositories, the same ones every time."""

import subprocess
from pathlib import Path

import pytest
import yaml

from examples.build import SAMPLE_REGION, build_sample_region


def git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=repository, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("region")
    build_sample_region(target)
    return target


def planned() -> list[dict]:
    return yaml.safe_load((SAMPLE_REGION / "region.yaml").read_text("utf-8"))["repositories"]


@pytest.mark.parametrize("repository", planned(), ids=lambda plan: plan["name"])
def test_repository_when_built_then_holds_the_planned_commits_and_files(
    region: Path, repository: dict
) -> None:
    folder = region / repository["owner"] / repository["name"]
    if not repository["commits"]:
        assert git(folder, "rev-list", "--all") == ""
        return
    assert int(git(folder, "rev-list", "--count", "HEAD")) == repository["commits"]
    source = SAMPLE_REGION / "files" / repository["name"]
    held = set(git(folder, "ls-tree", "-r", "--name-only", "HEAD").splitlines()) - {"CHANGELOG.md"}
    assert held == {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    for path in held:
        shown = subprocess.run(
            ["git", "cat-file", "blob", f"HEAD:{path}"], cwd=folder, capture_output=True, check=True
        ).stdout
        assert shown == (source / path).read_bytes()


def test_region_when_built_twice_then_has_the_same_commit_ids(region: Path, tmp_path: Path) -> None:
    build_sample_region(tmp_path)
    for repository in planned():
        if repository["commits"]:
            folder = Path(repository["owner"], repository["name"])
            assert git(tmp_path / folder, "rev-parse", "HEAD") == git(region / folder, "rev-parse", "HEAD")


def test_region_when_built_then_several_people_work_over_years(region: Path) -> None:
    folder = region / "panshi" / "panshi-etl"
    authors = set(git(folder, "log", "--format=%ae").splitlines())
    years = set(git(folder, "log", "--format=%ad", "--date=format:%Y").splitlines())
    assert len(authors) >= 3
    assert len(years) >= 3


def test_build_when_killed_in_the_middle_then_the_next_one_starts_that_repository_again(
    tmp_path: Path,
) -> None:
    leftover = tmp_path / "xinghe" / ".gov-portal.partial"
    leftover.mkdir(parents=True)
    (leftover / "HEAD").write_text("half written")
    build_sample_region(tmp_path)
    assert not leftover.exists()
    assert git(tmp_path / "xinghe" / "gov-portal", "rev-parse", "HEAD")


def test_checkout_when_given_then_joins_the_region_as_a_community(tmp_path: Path) -> None:
    checkout = tmp_path / 'odd "name"'
    workspace = build_sample_region(tmp_path / "region", checkout)
    import tomllib

    community = tomllib.loads(workspace.read_text("utf-8"))["communities"][-1]
    assert community["repositories"] == [str(checkout)]
