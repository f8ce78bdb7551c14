"""The published copy: whole or not at all, whatever happens to the publisher."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection
from made_shards import raw_table

from warehouse.errors import WarehouseError
from warehouse.runner import ModelContext, build_models
from warehouse.store import publish
from warehouse.store.database import open_database, open_published, registered, transaction
from warehouse.store.load import replace_table
from warehouse.store.publish import publish_warehouse
from warehouse.store.table_versions import bump_versions

PUBLISH_ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from warehouse.errors import WarehouseError
from warehouse.store.publish import publish_warehouse
limit = int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    publish_warehouse(Path(sys.argv[1]), Path(sys.argv[2]))
except WarehouseError as error:
    sys.exit(f"refused: {error}")
"""

OPEN_AND_WRITE = """
import sys
from pathlib import Path
from warehouse.store.database import open_database
open_database(Path(sys.argv[1]))
"""


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "published" / "chainatlas.duckdb"


def set_chain(con: DuckDBPyConnection, name: str) -> None:
    replace_table(con, "chain", raw_table("chain", [{"chain_id": name}]))


def read_chain(con: DuckDBPyConnection) -> str:
    [(name,)] = con.execute("select chain_id from raw.chain").fetchall()
    return str(name)


def test_publish_warehouse_when_done_then_the_copy_has_rows_and_comments_and_nothing_else_is_left(
    con: DuckDBPyConnection, published: Path
) -> None:
    set_chain(con, "one")
    publish_warehouse(con, published)
    with open_published(published) as reader:
        assert read_chain(reader) == "one"
        comments = reader.execute("select comment from duckdb_tables() where table_name = 'chain'").fetchall()
    assert comments == [("one per industry chain",)]
    assert [file.name for file in published.parent.iterdir()] == ["chainatlas.duckdb"]


@pytest.mark.slow
@pytest.mark.parametrize("show_people", [False, True])
def test_publish_warehouse_when_people_are_not_to_be_shown_then_no_byte_of_their_addresses_leaves(
    tmp_path: Path, published: Path, show_people: bool
) -> None:
    database = tmp_path / "people.duckdb"
    canary = {
        "identity_id": "i", "email_id": "e", "canonical_email_id": "e", "is_mapped": False,
        "name": "Canary Name", "email": "canary-address@canary.example",
        "canonical_name": "Canary Name", "canonical_email": "canary-address@canary.example",
    }  # fmt: skip
    tables = {
        "identity": [{"repo_id": f"r{number}", **canary} for number in range(2000)],
        "commit": [{"repo_id": "r0", "sha": "c", "author_id": "i", "committer_id": "i", "parents": []}],
    }
    with open_database(database) as con:
        for name, rows in tables.items():
            with registered(con, "made", raw_table(name, rows)):
                con.execute(f"insert into raw.{name} from made")
        build_models(con, ModelContext(date(2026, 6, 30), b"key", show_people=show_people))
        publish_warehouse(con, published)
        kept = con.execute("select count(*) from raw.identity where name = 'Canary Name'").fetchall()
    assert kept == [(2000,)]
    with open_published(published) as reader:
        names = reader.execute("select distinct name from raw.identity").fetchall()
        people = reader.execute("select count(*) from core.identity where person_id is not null").fetchall()
        authors = reader.execute("select author_id from raw.commit").fetchall()
    assert names == [("Canary Name" if show_people else None,)]
    assert (people, authors) == ([(1,)], [("i",)])
    if not show_people:
        assert b"canary" not in published.read_bytes().lower()


@pytest.mark.parametrize("shown", [True, False])
def test_publish_warehouse_when_somebody_is_no_longer_to_be_seen_then_no_byte_stays_in_the_copy(
    con: DuckDBPyConnection, published: Path, shown: bool
) -> None:
    context = ModelContext(date(2026, 6, 30), b"key", show_people=True)
    person = {"repo_id": "r", "identity_id": "i", "email_id": "e", "name": "Canary", "email": "c@canary.cn"}
    with registered(con, "made", raw_table("identity", [person])):
        con.execute("insert into raw.identity from made")
    build_models(con, context, {"core.repository"})
    publish_warehouse(con, published)
    assert b"canary" in published.read_bytes().lower()
    if shown:  # the workspace goes on showing people, but this one opts out
        con.execute("insert into raw.privacy_request (address_id, kind) values ('e', 'opt-out')")
    build_models(con, replace(context, show_people=shown), {"core.repository"})
    publish_warehouse(con, published)
    assert b"canary" not in published.read_bytes().lower()


def test_publish_warehouse_when_published_again_then_old_readers_keep_theirs_and_new_ones_see_the_new(
    con: DuckDBPyConnection, published: Path
) -> None:
    set_chain(con, "one")
    publish_warehouse(con, published)
    with open_published(published) as early:
        set_chain(con, "two")
        publish_warehouse(con, published)
        with open_published(published) as late:
            assert (read_chain(early), read_chain(late)) == ("one", "two")
        set_chain(con, "three")
        publish_warehouse(con, published)
        assert read_chain(early) == "one"
        with open_published(published) as latest:
            assert read_chain(latest) == "three"


def set_repositories(con: DuckDBPyConnection, *names: str) -> None:
    rows = [
        {"repo_id": name, "enterprise_id": "e", "host": "h", "name": name, "kind": "git"} for name in names
    ]
    replace_table(con, "repository", raw_table("repository", rows))


def rows_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the copy but those about the publication itself."""
    with open_published(path) as reader:
        names = reader.execute(
            "select schema_name || '.\"' || table_name || '\"' from duckdb_tables()"
            " where table_name not in ('publication', 'change_since') order by all"
        ).fetchall()
        return {name: reader.execute(f"from {name} order by all").fetchall() for (name,) in names}


@pytest.mark.slow
def test_publish_warehouse_when_one_table_changed_then_the_copy_is_as_one_that_is_made_anew(
    con: DuckDBPyConnection, published: Path, tmp_path: Path
) -> None:
    set_chain(con, "one")
    set_repositories(con, *(f"h/r{number}" for number in range(2000)))
    build_models(con, ModelContext(date(2026, 1, 1), b"key"), {"core.repository"})
    publish_warehouse(con, published)
    set_chain(con, "two")
    con.execute("insert into raw.issue by name select 'f' as forge, 'one' as title")
    publish_warehouse(con, published)
    con.execute("update raw.issue set observed_at = now()")  # observed again: without a new version
    with written_tables() as written:
        publish_warehouse(con, published)
    assert written, "the copy was made anew"
    assert not any(name.startswith(("raw.repository", "core.")) for name in written)
    anew = tmp_path / "anew" / "chainatlas.duckdb"
    publish_warehouse(con, anew)
    assert rows_of(published) == rows_of(anew)
    assert read_chain_of(published) == "two"


def rename(con: DuckDBPyConnection, *names: str, told: dict[str, list[str]] | None) -> None:
    """Change rows of repositories; `told` are those of which the new version of the table says so."""
    with transaction(con):
        con.execute("update raw.repository set name = name || '!' where repo_id = any($1)", [list(names)])
        bump_versions(con, ["repository"], told)


def renamed(path: Path) -> list[str]:
    """The changed ones among all six repositories of the copy."""
    with open_published(path) as reader:
        assert reader.execute("select count(*) from raw.repository").fetchall() == [(6,)]
        found = reader.execute(
            "select repo_id from raw.repository where name like '%!' order by all"
        ).fetchall()
    return [name for (name,) in found]


def test_publish_warehouse_when_it_is_known_whose_rows_changed_then_only_they_are_written(
    con: DuckDBPyConnection, published: Path, tmp_path: Path
) -> None:
    set_repositories(con, *(f"r{number}" for number in range(6)))
    publish_warehouse(con, published)
    rename(con, "r1", "r4", told={"repository": ["r1"]})
    rename(con, "r2", told={"repository": ["r2"]})
    publish_warehouse(con, published)
    assert renamed(published) == ["r1", "r2"], "r4 was written though nobody said so"
    rename(con, "r3", told={"repository": ["r3"]})
    rename(con, "r5", told=None)
    publish_warehouse(con, published)
    assert renamed(published) == ["r1", "r2", "r3", "r4", "r5"]
    anew = tmp_path / "anew" / "chainatlas.duckdb"
    publish_warehouse(con, anew)
    assert rows_of(published) == rows_of(anew)


def test_publish_warehouse_when_a_comment_changed_then_the_copy_has_it(
    con: DuckDBPyConnection, published: Path
) -> None:
    set_chain(con, "one")
    publish_warehouse(con, published)
    con.execute("comment on table raw.chain is 'now of another kind'")
    publish_warehouse(con, published)
    with open_published(published) as reader:
        found = reader.execute("select comment from duckdb_tables() where table_name = 'chain'").fetchall()
    assert found == [("now of another kind",)]


def test_publish_warehouse_when_most_of_the_copy_is_free_then_it_shrinks(
    con: DuckDBPyConnection, published: Path
) -> None:
    con.execute("insert into raw.chain (chain_id) select md5(range::varchar) from range(200_000)")
    publish_warehouse(con, published)
    large = published.stat().st_size
    set_chain(con, "one")
    publish_warehouse(con, published)
    publish_warehouse(con, published)
    assert published.stat().st_size < large / 2


@contextmanager
def written_tables() -> Iterator[set[str]]:
    """The tables that a publication writes into a copy of the copy before; empty where it begins anew."""
    found: set[str] = set()
    original = publish._changed_tables

    def watched(
        con: DuckDBPyConnection, versions: Mapping[str, str]
    ) -> dict[str, frozenset[str] | None] | None:
        changed = original(con, versions)
        found.update(changed or ())
        return changed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publish, "_changed_tables", watched)
        yield found


def read_chain_of(path: Path) -> str:
    with open_published(path) as reader:
        return read_chain(reader)


def test_publish_warehouse_when_a_repository_left_then_no_byte_of_it_stays_in_the_copy(
    con: DuckDBPyConnection, published: Path
) -> None:
    set_repositories(con, "h/stays", "h/canary-that-leaves")
    publish_warehouse(con, published)
    assert b"canary-that-leaves" in published.read_bytes()
    set_repositories(con, "h/stays")
    publish_warehouse(con, published)
    assert b"canary-that-leaves" not in published.read_bytes()
    assert b"h/stays" in published.read_bytes()


def test_publish_warehouse_when_the_copy_is_not_the_last_one_of_this_warehouse_then_it_is_made_anew(
    con: DuckDBPyConnection, published: Path, tmp_path: Path
) -> None:
    set_chain(con, "one")
    publish_warehouse(con, published)
    first = published.read_bytes()
    set_chain(con, "two")
    publish_warehouse(con, published)
    published.write_bytes(first)  # somebody put an older copy back
    with written_tables() as written:
        publish_warehouse(con, published)
    assert not written
    with open_database(tmp_path / "other.duckdb") as other:  # whose versions happen to be the same
        set_chain(other, "other one")
        set_chain(other, "other two")
        publish_warehouse(other, published)
    assert read_chain_of(published) == "other two"


def test_publish_warehouse_when_given_a_path_then_it_opens_and_closes_the_warehouse_itself(
    con: DuckDBPyConnection, published: Path, tmp_path: Path
) -> None:
    set_chain(con, "one")
    con.close()
    publish_warehouse(tmp_path / "warehouse.duckdb", published)
    with open_published(published) as reader:
        assert read_chain(reader) == "one"
    with open_database(tmp_path / "warehouse.duckdb") as again:
        assert read_chain(again) == "one"


def test_publish_warehouse_when_done_then_other_processes_are_still_locked_out(
    con: DuckDBPyConnection, published: Path, tmp_path: Path
) -> None:
    publish_warehouse(con, published)
    other = subprocess.run(
        [sys.executable, "-c", OPEN_AND_WRITE, tmp_path / "warehouse.duckdb"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"in use by process {os.getpid()}" in other.stderr


def test_publish_warehouse_when_a_dead_publisher_left_a_copy_then_it_is_removed_and_a_live_ones_is_not(
    con: DuckDBPyConnection, published: Path
) -> None:
    published.parent.mkdir()
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        pass
    left = published.with_name(f"{published.name}.tmp-{dead.pid}")
    busy = published.with_name(f"{published.name}.tmp-{os.getppid()}")
    other = published.with_name(f"{published.name}.tmp-notes")
    log = left.with_name(f"{left.name}.wal")
    for file in (left, log, busy, other):
        file.write_bytes(b"half")
    publish_warehouse(con, published)
    assert {file.name for file in published.parent.iterdir()} == {published.name, busy.name, other.name}


@pytest.mark.parametrize("limit", [0, 100_000])
def test_publish_warehouse_when_the_disk_is_full_then_the_old_copy_stays(
    con: DuckDBPyConnection, published: Path, tmp_path: Path, limit: int
) -> None:
    set_chain(con, "one")
    publish_warehouse(con, published)
    set_chain(con, "two")
    con.execute("checkpoint")
    con.close()
    before = published.read_bytes()
    assert len(before) > limit
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH_ON_A_FULL_DISK, tmp_path / "warehouse.duckdb", published, str(limit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"refused: {published} stays as it was" in done.stderr
    assert "File too large" in done.stderr
    assert published.read_bytes() == before
    assert [file.name for file in published.parent.iterdir()] == [published.name]


def test_publish_warehouse_when_it_fails_with_a_log_beside_the_copy_then_nothing_of_it_is_left(
    con: DuckDBPyConnection, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparison with the copy before dies before what it wrote is in the file itself."""

    def write_and_fail(new: Path, _before: Path) -> None:
        with duckdb.connect(new) as other:
            other.execute("pragma disable_checkpoint_on_shutdown")
            other.execute("create table canary (a integer)")
        assert new.with_name(f"{new.name}.wal").is_file()
        raise duckdb.IOException("no space left")

    monkeypatch.setattr(publish, "note_changes", write_and_fail)
    with pytest.raises(WarehouseError, match="no space left"):
        publish_warehouse(con, published)
    assert list(published.parent.iterdir()) == []


def test_publish_warehouse_when_a_transaction_is_under_way_then_error_and_the_old_copy_stays(
    con: DuckDBPyConnection, published: Path
) -> None:
    set_chain(con, "one")
    publish_warehouse(con, published)
    con.execute("begin")
    con.execute("insert into raw.chain (chain_id) values ('two')")
    with pytest.raises(WarehouseError, match=r"stays as it was: .*transaction"):
        publish_warehouse(con, published)
    con.execute("rollback")
    with open_published(published) as reader:
        assert read_chain(reader) == "one"


def test_publish_warehouse_when_the_place_cannot_be_written_then_error_names_it(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "published").write_text("a file, not a folder")
    with pytest.raises(WarehouseError, match=r"published/chainatlas\.duckdb stays as it was: .*File exists"):
        publish_warehouse(con, tmp_path / "published" / "chainatlas.duckdb")
