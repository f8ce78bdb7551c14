"""From what registries said to the raw tables, and which packages they are asked for."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from duckdb import DuckDBPyConnection
from made_repositories import make_repository, package_lock

from pipelines.cli import main
from pipelines.crawl.registry.facts import Package, PackageFacts, Release
from pipelines.crawl.registry.store import begin_record, record_path, with_facts, write_record
from pipelines.package_list import named_packages
from pipelines.progress import LoggedProgress
from pipelines.registry_stage import refresh_registries, source_repository
from warehouse.store.database import open_database

LIB = Package("pkg:npm/lib", "npm", None, "lib")
GONE = Package("pkg:npm/gone", "npm", None, "gone")


class Notes(LoggedProgress):
    def __init__(self) -> None:
        self.texts: list[str] = []

    def note(self, text: str) -> None:
        self.texts.append(text)


@pytest.fixture
def con(tmp_path: Path) -> Iterator[DuckDBPyConnection]:
    with closing(open_database(tmp_path / "warehouse.duckdb")) as con:
        yield con


def keep(folder: Path, package: Package, facts: PackageFacts | None) -> None:
    record = begin_record(package, "https://registry.example", "npm/1")
    write_record(folder, package, record if facts is None else with_facts(record, facts))


def test_records_when_read_then_fill_both_tables_once(con: DuckDBPyConnection, tmp_path: Path) -> None:
    folder = tmp_path / "registries"
    published = datetime(2026, 1, 2, tzinfo=UTC)
    facts = PackageFacts(
        "1.0.0",
        "MIT",
        2,
        repository_url="git+https://user:secret@github.com/acme/lib.git",
        releases=(Release("1.0.0", published, False), Release("0.9.0", None, True, "broken")),
    )
    keep(folder, LIB, facts)
    keep(folder, GONE, None)
    changed = refresh_registries(con, folder, LoggedProgress())
    assert changed == {"package", "package_release"}
    rows = con.sql("from raw.package order by purl").to_arrow_table().to_pylist()
    assert [(r["purl"], r["status"], r["maintainers"], r["source_repo_id"]) for r in rows] == [
        ("pkg:npm/gone", "failed", None, None),
        ("pkg:npm/lib", "read", 2, "github.com/acme/lib"),
    ]
    assert rows[1]["repository_url"] == "git+https://github.com/acme/lib.git"
    releases = con.sql(
        "select version, published_at, yanked, yanked_reason from raw.package_release order by version"
    ).fetchall()
    assert releases == [("0.9.0", None, True, "broken"), ("1.0.0", published, False, None)]
    assert refresh_registries(con, folder, LoggedProgress()) == frozenset()


@pytest.mark.parametrize("damage", ["{", '{"purl": 1}', "cut column"])
def test_record_when_damaged_then_is_told_and_the_others_count(
    con: DuckDBPyConnection, tmp_path: Path, damage: str
) -> None:
    folder = tmp_path / "registries"
    keep(folder, LIB, PackageFacts(releases=(Release("1.0.0"),)))
    keep(folder, GONE, PackageFacts(releases=(Release("1.0.0"),)))
    path = record_path(folder, GONE)
    if damage == "cut column":
        content: dict[str, Any] = json.loads(path.read_text())
        content["releases"]["yanked"] = []
        damage = json.dumps(content)
    path.write_text(damage)
    notes = Notes()
    refresh_registries(con, folder, notes)
    assert con.sql("select purl from raw.package").fetchall() == [("pkg:npm/lib",)]
    assert [str(path) in text for text in notes.texts] == [True]


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("git+https://github.com/acme/lib.git#readme", "github.com/acme/lib"),
        ("git@gitee.com:acme/lib.git", "gitee.com/acme/lib"),
        ("https://github.com/acme/mono/tree/main/packages/lib", "github.com/acme/mono"),
        ("https://gitlab.example/group/sub/lib/-/tree/main", "gitlab.example/group/sub/lib"),
        ("https://github.com/acme", None),
        ("https://lib.example", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_source_address_when_written_in_many_ways_then_means_one_repository(
    address: str, meant: str | None
) -> None:
    assert source_repository(address) == meant


WORKSPACE = """\
[registries]
urls = { npm = "https://npm.example" }
skip = ["pkg:npm/%40secret/*"]

[[enterprises]]
id = "one"
repositories = ["one", "two"]

[taxonomy]
packaged = false
"""


def call(*words: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, (result.output, result.exception)
    return result


@pytest.mark.slow
def test_update_when_called_then_asks_for_named_packages_only_and_the_next_run_reads_them(
    tmp_path: Path,
) -> None:
    (tmp_path / "workspace.toml").write_text(WORKSPACE)
    lock = json.loads(package_lock("app", {"lib": "1.0.0", "kit": "2.0.0", "inner": "1.0.0"}))
    lock["packages"]["node_modules/@secret/plan"] = {"version": "1.0.0"}
    lock["packages"]["node_modules/fork"] = {
        "version": "1.0.0",
        "resolved": "git+ssh://git@forge.example/a/fork.git#0123456789012345678901234567890123456789",
    }
    make_repository(tmp_path / "one", [{"package-lock.json": json.dumps(lock)}])
    inner = json.dumps({"name": "inner", "version": "1.0.0", "private": True})
    make_repository(tmp_path / "two", [{"package.json": inner}])
    assert "chainatlas run" in call("registries", "update", tmp_path, code=2).stderr
    call("run", tmp_path, "--jobs", 1)
    published = tmp_path / ".chainatlas" / "published" / "chainatlas.duckdb"
    named = named_packages(published, ["npm", "pypi"], ["pkg:npm/%40secret/*"])
    assert {(package.purl, package.versions) for package in named} == {
        ("pkg:npm/lib", ("1.0.0",)),
        ("pkg:npm/kit", ("2.0.0",)),
    }
    saved = tmp_path / "saved" / "npm"
    saved.mkdir(parents=True)
    document = {
        "dist-tags": {"latest": "1.2.0"},
        "maintainers": [{"name": "a"}],
        "versions": {"1.0.0": {"deprecated": "use kit"}, "1.2.0": {"license": "MIT"}},
        "time": {"1.0.0": "2026-01-01T00:00:00Z", "1.2.0": "2026-01-31T00:00:00Z"},
    }
    (saved / "lib.json").write_text(json.dumps(document))
    said = call("registries", "update", tmp_path, "--from", saved.parent)
    assert "2 packages: 1 absent, 1 updated" in said.stdout
    call("run", tmp_path, "--jobs", 1)
    found = json.loads(
        call(
            "query",
            tmp_path,
            "select purl, releases.version from raw.package join"
            " raw.package_release as releases using (purl) order by all",
            "--format",
            "json",
        ).stdout
    )
    assert found == [
        {"purl": "pkg:npm/lib", "version": "1.0.0"},
        {"purl": "pkg:npm/lib", "version": "1.2.0"},
    ]


def test_settings_when_an_address_holds_a_password_then_it_is_refused_and_not_repeated(
    tmp_path: Path,
) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "workspace.toml").write_text(
        '[[enterprises]]\nid = "one"\nrepositories = ["code"]\n\n'
        '[registries]\nurls = { npm = "https://user:canary-secret@registry.example", nmp = "x" }\n'
    )
    said = call("registries", "update", tmp_path, code=2).stderr
    assert "CHAINATLAS_REGISTRY_TOKEN_NPM" in said
    assert "no registry is known for 'nmp'" in said
    assert "canary" not in said


def test_doctor_when_registries_were_never_asked_then_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "workspace.toml").write_text(
        '[[enterprises]]\nid = "one"\nrepositories = ["code", "https://forge.example/acme/app"]\n'
    )
    found = {
        entry["name"]: entry for entry in json.loads(call("doctor", tmp_path, "--format", "json").stdout)
    }
    assert found["registries"]["status"] == "warning"
    assert "1 of 1 are not there" in found["mirrors"]["finding"]
    state = tmp_path / ".chainatlas" / "registries"
    keep(state, LIB, None)
    found = {
        entry["name"]: entry for entry in json.loads(call("doctor", tmp_path, "--format", "json").stdout)
    }
    assert found["registries"]["finding"].startswith("1 packages, last asked 20")
