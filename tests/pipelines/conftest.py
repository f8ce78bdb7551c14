"""A small region that was run once, for the tests that start from there."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from audited_shop import make_shop
from click.testing import CliRunner
from made_repositories import make_repository, package_lock, write_small_taxonomy

from pipelines.cli import main

_WORKSPACE = """\
[region]
country = "CN"

[[enterprises]]
id = "one"
domains = ["one.example"]
repositories = ["one"]

[[enterprises]]
id = "two"
domains = ["two.example"]
repositories = ["two"]

[taxonomy]
packaged = false
folders = ["taxonomy"]
"""


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing of the tests is kept in the cache of whoever runs them, and commands speak English."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LC_ALL", "C.UTF-8")
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def _finished_region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished")
    write_small_taxonomy(folder / "taxonomy")
    (folder / "workspace.toml").write_text(_WORKSPACE, "utf-8")
    lock = package_lock("app", {"lodash": "4.17.21", "left-pad": "1.3.0"})
    make_repository(folder / "one" / "app", [{"package-lock.json": lock}, {"a.py": "x\n"}])
    make_repository(folder / "two" / "web", [{"index.js": "1\n"}])
    (make_repository(folder / "two" / "broken") / ".git" / "HEAD").write_text("nonsense\n")
    result = CliRunner().invoke(main, ["run", str(folder), "--jobs", "1"])
    assert result.exit_code == 0, result.output
    (folder / "stdout").write_text(result.stdout, "utf-8")
    (folder / "stderr").write_text(result.stderr, "utf-8")
    return folder


@pytest.fixture(scope="module")
def region(_finished_region: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two enterprises with three repositories, one of them broken, run once; a copy for each test module.

    What that run said is in its files `stdout` and `stderr`.
    """
    folder = tmp_path_factory.mktemp("copies") / "region"
    shutil.copytree(_finished_region, folder)
    return folder


@pytest.fixture(scope="session")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a repository `shop` to audit and a folder `osv` of advisories; nothing writes there."""
    return make_shop(tmp_path_factory.mktemp("audit"))
