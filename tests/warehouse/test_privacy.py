"""Erased people leave no bytes and do not come back; people who opted out are in no model and no copy."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection
from made_shards import raw_table, write_shard

from warehouse.errors import WarehouseError
from warehouse.people import account_id, address_id, pseudonym
from warehouse.runner import ModelContext, build_models
from warehouse.store.database import open_database, open_published, registered
from warehouse.store.load import load_shards, replace_table
from warehouse.store.privacy import check_key, request_privacy, withdraw_opt_out
from warehouse.store.publish import publish_warehouse
from warehouse.store.rewrite import rewrite_database
from warehouse.store.table_versions import bump_versions

pytestmark = pytest.mark.slow

KEY = b"key of these tests"
DAY = date(2026, 6, 30)
CONTEXT = ModelContext(DAY, KEY, show_people=True)
CANARY = ("Canary Person", "canary@canary-corp.example")
OLD = ("Canary Person", "canary-old@mail.example")
OTHER = ("Other Person", "other@mail.example")


def identity(person: tuple[str, str], mapped: tuple[str, str] | None = None) -> dict[str, object]:
    name, email = mapped or person
    return {
        "identity_id": pseudonym(KEY, *person),
        "email_id": address_id(KEY, person[1]),
        "canonical_email_id": address_id(KEY, email),
        "is_mapped": mapped is not None,
        "name": person[0],
        "email": person[1],
        "canonical_name": name,
        "canonical_email": email,
    }


def shard(folder: Path, *, mode: str = "replace", start: int = 0) -> Path:
    """A history in which the canary, under two addresses that .mailmap joins, and another one commit."""
    people = (CANARY, OLD, OTHER)
    commits = [
        {"sha": f"{start + number}", "author_id": pseudonym(KEY, *person), "parents": [],
         "committer_id": pseudonym(KEY, *OTHER),
         "authored_at": 1_780_000_000, "committed_at": 1_780_000_000}
        for number, person in enumerate(people)
    ]  # fmt: skip
    return write_shard(
        folder,
        "local/one/app",
        "history",
        mode,
        commit=commits,
        commit_trailer=[{"sha": str(start), "position": 1, "identity_id": pseudonym(KEY, *CANARY)}],
        tag=[{"name": "v1", "tagger_id": pseudonym(KEY, *OLD)}],
        identity=[identity(CANARY), identity(OLD, CANARY), identity(OTHER)],
    )


@pytest.fixture(scope="module")
def read_warehouse(empty_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with the history of one repository; not to be written."""
    folder = tmp_path_factory.mktemp("read")
    path = Path(shutil.copy(empty_warehouse, folder))
    with open_database(path) as con:
        replace_table(con, "repository", raw_table("repository", [{"repo_id": "local/one/app"}]))
        load_shards(con, [shard(folder / "first")])
        build_models(con, CONTEXT)
    return path


@pytest.fixture
def con(read_warehouse: Path, tmp_path: Path) -> Iterator[DuckDBPyConnection]:
    with open_database(Path(shutil.copy(read_warehouse, tmp_path))) as con:
        yield con


def authors(con: DuckDBPyConnection) -> list[tuple[str, str | None]]:
    return con.execute("select sha, author_id from raw.commit order by cast(sha as integer)").fetchall()


def people(con: DuckDBPyConnection) -> list[str | None]:
    build_models(con, CONTEXT)
    rows = con.execute("select distinct person_id from core.commit order by all").fetchall()
    return [person for (person,) in rows]


@pytest.mark.parametrize("by_pseudonym", [False, True])
def test_erase_when_done_then_no_byte_of_any_of_the_persons_names_is_left(
    con: DuckDBPyConnection, tmp_path: Path, by_pseudonym: bool
) -> None:
    warehouse, published = tmp_path / "warehouse.duckdb", tmp_path / "published.duckdb"
    subject = "CANARY@canary-corp.example"
    if by_pseudonym:
        [(subject,)] = con.execute(
            "select distinct person_id from core.identity where email_id = ?", [address_id(KEY, CANARY[1])]
        ).fetchall()
    con.execute("checkpoint")
    assert b"canary" in warehouse.read_bytes().lower()
    assert request_privacy(con, KEY, subject, "erase", DAY) == 2
    build_models(con, CONTEXT)
    publish_warehouse(con, published)
    con.close()
    rewrite_database(warehouse)
    for file in (warehouse, published):
        content = file.read_bytes().lower()
        assert b"canary" not in content
        assert b"other@mail.example" in content
    with open_database(warehouse) as again:
        other = pseudonym(KEY, *OTHER)
        assert authors(again) == [("0", None), ("1", None), ("2", other)]
        assert again.execute("select identity_id from raw.commit_trailer").fetchall() == [(None,)]
        assert again.execute("select tagger_id from raw.tag").fetchall() == [(None,)]
        assert people(again) == [address_id(KEY, OTHER[1]), None]


@pytest.mark.parametrize("mode", ["replace", "append"])
def test_erase_when_the_person_is_crawled_again_then_nobody_comes_back(
    con: DuckDBPyConnection, tmp_path: Path, mode: str
) -> None:
    request_privacy(con, KEY, CANARY[1], "erase", DAY)
    report = load_shards(con, [shard(tmp_path / "again", mode=mode, start=3)])
    assert report.rows["commit"] == 3
    assert con.execute("select distinct email from raw.identity").fetchall() == [(OTHER[1],)]
    named = {author for _, author in authors(con)}
    assert named == {None, pseudonym(KEY, *OTHER)}


def test_erase_when_the_address_was_never_seen_then_it_is_kept_out_and_what_a_mailmap_joins_with_it(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    later = ("New Canary", "canary-new@mail.example")
    request_privacy(con, KEY, CANARY[1], "erase", DAY)
    for number, row in enumerate((identity(later, CANARY), identity(later))):
        commit = {"sha": "9", "author_id": row["identity_id"], "parents": []}
        folder = tmp_path / f"later{number}"
        load_shards(con, [write_shard(folder, f"r{number}", "history", commit=[commit], identity=[row])])
        assert con.execute(
            "select author_id from raw.commit where repo_id = ?", [f"r{number}"]
        ).fetchall() == [(None,)]
    assert con.execute("select count(*) from raw.identity where email like 'canary%'").fetchall() == [(0,)]


def test_erase_when_the_roster_names_the_person_then_that_row_goes_and_stays_away(
    con: DuckDBPyConnection,
) -> None:
    roster = raw_table("roster", [{"email_id": address_id(KEY, person[1])} for person in (CANARY, OTHER)])
    replace_table(con, "roster", roster)
    request_privacy(con, KEY, CANARY[1], "erase", DAY)
    for _ in range(2):
        assert con.execute("select email_id from raw.roster").fetchall() == [(address_id(KEY, OTHER[1]),)]
        assert not replace_table(con, "roster", roster)


def test_opt_out_when_done_then_no_model_and_no_copy_knows_the_person_until_it_is_withdrawn(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    published = tmp_path / "published.duckdb"
    before = people(con)
    assert len(before) == 2
    request_privacy(con, KEY, OLD[1], "opt-out", DAY)
    assert people(con) == [address_id(KEY, OTHER[1]), None]
    publish_warehouse(con, published)
    assert b"canary" not in published.read_bytes().lower()
    with open_published(published) as reader:
        assert reader.execute("select count(*) from raw.privacy_request").fetchall() == [(0,)]
        assert [author for _, author in authors(reader)] == [None, None, pseudonym(KEY, *OTHER)]
        assert reader.execute("select tagger_id from raw.tag").fetchall() == [(None,)]
    assert con.execute("select count(*) from raw.identity").fetchall() == [(3,)]
    assert withdraw_opt_out(con, KEY, CANARY[1]) == 2
    assert people(con) == before


@pytest.mark.parametrize("kind", ["erase", "opt-out"])
def test_request_when_forges_tell_of_the_person_then_accounts_and_deeds_name_nobody(
    con: DuckDBPyConnection, tmp_path: Path, kind: str
) -> None:
    canary, other = (account_id(KEY, "github.com", number) for number in ("1", "2"))
    rows = {
        "forge_account": [
            {"forge": "github.com", "account_id": canary, "login": "canary", "kind": "user",
             "login_id": "l1", "email_id": address_id(KEY, CANARY[1]), "email": CANARY[1], "number": "1"},
            {"forge": "github.com", "account_id": other, "login": "other", "kind": "user", "login_id": "l2"},
        ],
        "issue": [{"forge": "github.com", "author_id": canary, "assignee_ids": [canary, other]}],
        "forge_event": [{"forge": "github.com", "event_id": "1", "actor_id": canary}],
    }  # fmt: skip
    for name, made in rows.items():
        with registered(con, "made", raw_table(name, made)):
            con.execute(f"insert into raw.{name} from made")
    bump_versions(con, rows)
    build_models(con, CONTEXT)
    request_privacy(con, KEY, OLD[1], kind, DAY)
    build_models(con, CONTEXT)
    published = tmp_path / "published.duckdb"
    publish_warehouse(con, published)
    with open_published(published) as reader:
        assert reader.execute("select login from raw.forge_account").fetchall() == [("other",)]
        assert reader.execute("select author_id, assignee_ids from raw.issue").fetchall() == [(None, [other])]
        assert reader.execute("select actor_id from raw.forge_event").fetchall() == [(None,)]
        assert reader.execute(
            "select person_id from core.account where person_id is not null"
        ).fetchall() == [(other,)]
    assert b"canary" not in published.read_bytes().lower()
    left = con.execute("select count(*) from raw.forge_account").fetchall()
    assert left == [(1 if kind == "erase" else 2,)]


def test_opt_out_when_the_account_is_told_of_later_then_no_model_and_no_copy_knows_it(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    """The forge tells of it after the request; a mapped noreply address joins it with the person."""
    noreply = ("Canary Person", "77+canary@users.noreply.github.com")
    request_privacy(con, KEY, OLD[1], "opt-out", DAY)
    commit = [{"sha": "7", "author_id": pseudonym(KEY, *noreply), "parents": []}]
    people_of = [identity(noreply, CANARY)]
    load_shards(con, [write_shard(tmp_path / "later", "r2", "history", commit=commit, identity=people_of)])
    canary = account_id(KEY, "github.com", "77")
    account = {
        "forge": "github.com",
        "account_id": canary,
        "login": "canary",
        "kind": "user",
        "login_id": "l",
    }
    for name, row in (("forge_account", account), ("issue", {"forge": "github.com", "author_id": canary})):
        with registered(con, "made", raw_table(name, [row])):
            con.execute(f"insert into raw.{name} from made")
    build_models(con, CONTEXT)
    assert con.execute("select person_id from core.account").fetchall() == [(None,)]
    publish_warehouse(con, tmp_path / "published.duckdb")
    with open_published(tmp_path / "published.duckdb") as reader:
        assert reader.execute("select count(*) from raw.forge_account").fetchall() == [(0,)]
        assert reader.execute("select author_id from raw.issue").fetchall() == [(None,)]
    assert con.execute("select count(*) from raw.forge_account").fetchall() == [(1,)]


def test_erase_when_it_was_undone_that_an_account_is_the_persons_then_the_account_stays(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    noreply = ("Canary Person", "77+canary@users.noreply.github.com")
    commit = [{"sha": "7", "author_id": pseudonym(KEY, *noreply), "parents": []}]
    load_shards(
        con, [write_shard(tmp_path / "later", "r2", "history", commit=commit, identity=[identity(noreply)])]
    )
    other = account_id(KEY, "github.com", "77")
    row = {"forge": "github.com", "account_id": other, "login": "canary", "kind": "user", "login_id": "l"}
    with registered(con, "made", raw_table("forge_account", [row])):
        con.execute("insert into raw.forge_account from made")
    build_models(con, CONTEXT)
    [(merge,)] = con.execute(
        "select merge_id from core.identity_merge where rule = 'forge account'"
    ).fetchall()
    replace_table(con, "undone_merge", raw_table("undone_merge", [{"merge_id": merge}]))
    build_models(con, CONTEXT)
    request_privacy(con, KEY, noreply[1], "erase", DAY)
    assert con.execute("select account_id from raw.forge_account").fetchall() == [(other,)]


def test_authors_of_packages_when_somebody_is_erased_then_none_are_kept_and_suppliers_are(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    row = {
        "purl": "pkg:npm/a@1",
        "supplier": "City Soft",
        "authors": ["Canary Person <canary@canary-corp.example>"],
    }
    tables = {"component": [row], "declared_package": [row]}
    made = "select supplier, authors from raw."
    told = f"{made}component union all {made}declared_package"
    load_shards(con, [write_shard(tmp_path / "packages", "local/one/app", **tables)])
    assert con.execute(told).fetchall() == [("City Soft", row["authors"])] * 2
    published = tmp_path / "published.duckdb"
    request_privacy(con, KEY, "somebody@mail.example", "opt-out", DAY)
    publish_warehouse(con, published)
    with open_published(published) as reader:
        assert reader.execute(told).fetchall() == [("City Soft", None)] * 2
    request_privacy(con, KEY, CANARY[1], "erase", DAY)
    assert con.execute(told).fetchall() == [("City Soft", None)] * 2
    load_shards(con, [write_shard(tmp_path / "again", "local/one/app", **tables)])
    assert con.execute(told).fetchall() == [("City Soft", None)] * 2


def test_request_when_nobody_has_the_pseudonym_then_error(con: DuckDBPyConnection) -> None:
    with pytest.raises(WarehouseError, match="nobody has the pseudonym"):
        request_privacy(con, KEY, "0" * 32, "erase", DAY)


def test_key_when_requests_were_made_under_another_then_error(con: DuckDBPyConnection) -> None:
    check_key(con, b"another")
    request_privacy(con, KEY, CANARY[1], "erase", DAY)
    check_key(con, KEY)
    with pytest.raises(WarehouseError, match=r"another secret\.key"):
        check_key(con, b"another")


def test_rewrite_when_somebody_has_it_open_then_it_stays(con: DuckDBPyConnection, tmp_path: Path) -> None:
    rows = authors(con)
    con.close()
    rewrite_database(tmp_path / "warehouse.duckdb")
    with open_database(tmp_path / "warehouse.duckdb") as again:
        assert authors(again) == rows
        comments = (
            "select comment from duckdb_columns() where table_name = 'identity' and column_name = 'name'"
        )
        assert again.execute(f"{comments} and schema_name = 'raw'").fetchall() == [
            ("personal; name as written",)
        ]
