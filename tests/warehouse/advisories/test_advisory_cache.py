"""Advisories that are kept once keyed: the same answers, never out of date, no harm in a damaged file."""

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import pytest

from warehouse.advisories import cache as cache_module
from warehouse.advisories.cache import put_advisories
from warehouse.model import Model
from warehouse.runner import ModelContext, build_models, discover_models
from warehouse.store.database import open_in_memory

WANTED = ("core.advisory_entry", "core.advisory_group_fact", "mart.risk_weight")


@pytest.fixture(scope="module")
def models() -> dict[str, Model]:
    return discover_models(wanted=WANTED)


@pytest.fixture
def advisories(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "osv"
    folder.mkdir()
    write(folder, "GHSA-1")
    yield folder


def write(folder: Path, *ids: str) -> None:
    entry = {"package": {"ecosystem": "npm", "name": "lib"}, "versions": ["1.0.0"]}
    records = [{"id": name, "modified": "2026-01-02T00:00:00Z", "affected": [entry]} for name in ids]
    (folder / "npm.jsonl").write_text("\n".join(map(json.dumps, records)))


def groups(folder: Path, cache: Path | None, models: dict[str, Model]) -> tuple[list[str], frozenset[str]]:
    """Ids of the vulnerabilities, and which models came from the cache."""
    with closing(open_in_memory()) as con:
        built = put_advisories(con, [folder], cache, models)
        builds = build_models(con, ModelContext(date(2026, 1, 1), b"k"), models.keys() - built, models=models)
        assert all(build.rows is not None for build in builds), builds
        assert con.execute("select count(*) from raw.advisory_version").fetchall() != [(0,)]
        return [row[0] for row in con.execute("from core.advisory_group_fact order by 1").fetchall()], built


def forbid_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def load_advisories(*_: object) -> None:
        raise AssertionError("the advisories are read again")

    monkeypatch.setattr(cache_module, "load_advisories", load_advisories)


def test_advisories_when_kept_then_they_are_not_read_again(
    tmp_path: Path, advisories: Path, models: dict[str, Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = groups(advisories, tmp_path / "cache", models)
    forbid_reading(monkeypatch)
    assert groups(advisories, tmp_path / "cache", models) == first
    assert first[1] == models.keys() - {"mart.risk_weight"}


def test_advisories_when_a_file_changes_then_the_new_content_holds(
    tmp_path: Path, advisories: Path, models: dict[str, Model]
) -> None:
    assert groups(advisories, tmp_path / "cache", models)[0] == ["GHSA-1"]
    write(advisories, "GHSA-2")
    assert groups(advisories, tmp_path / "cache", models)[0] == ["GHSA-2"]
    write(advisories, "GHSA-1")
    assert groups(advisories, tmp_path / "cache", models)[0] == ["GHSA-1"]


def test_advisories_when_they_change_while_they_are_read_then_they_are_not_kept(
    tmp_path: Path, advisories: Path, models: dict[str, Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = cache_module.load_advisories

    def load_advisories(folders: list[Path]) -> object:
        tables = read(folders)
        write(advisories, "GHSA-2")
        return tables

    monkeypatch.setattr(cache_module, "load_advisories", load_advisories)
    assert groups(advisories, tmp_path / "cache", models) == (["GHSA-1"], frozenset())
    assert not list(tmp_path.glob("cache/*"))


@pytest.mark.parametrize("damage", [b"not a database", None])
def test_advisories_when_the_kept_file_is_damaged_then_they_are_read_and_kept_again(
    tmp_path: Path, advisories: Path, models: dict[str, Model], damage: bytes | None
) -> None:
    first = groups(advisories, tmp_path / "cache", models)
    [kept] = (tmp_path / "cache").iterdir()
    kept.write_bytes(kept.read_bytes()[:20000] if damage is None else damage)
    assert groups(advisories, tmp_path / "cache", models) == first


@pytest.mark.parametrize("place", ["file/below", None])
def test_advisories_when_nothing_can_be_kept_then_they_are_read(
    tmp_path: Path, advisories: Path, models: dict[str, Model], place: str | None
) -> None:
    (tmp_path / "file").write_text("no folder")
    cache = None if place is None else tmp_path / place
    assert groups(advisories, cache, models) == (["GHSA-1"], frozenset())


@pytest.mark.slow
def test_advisories_when_many_keep_them_at_once_then_all_have_the_answer(
    tmp_path: Path, advisories: Path, models: dict[str, Model]
) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(groups, [advisories] * 4, [tmp_path / "cache"] * 4, [models] * 4))
    assert [ids for ids, _ in found] == [["GHSA-1"]] * 4
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_advisories_when_many_versions_are_kept_then_the_oldest_go(
    tmp_path: Path, advisories: Path, models: dict[str, Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "_KEPT_FILES", 1)
    for name in ("GHSA-1", "GHSA-2"):
        write(advisories, name)
        groups(advisories, tmp_path / "cache", models)
    forbid_reading(monkeypatch)
    assert len(list(tmp_path.glob("cache/*"))) == 1
    assert groups(advisories, tmp_path / "cache", models)[0] == ["GHSA-2"]
