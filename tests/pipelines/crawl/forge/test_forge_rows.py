"""What each kind of forge tells becomes the same rows, and all of it is there."""

import pytest
from forge_peer import MakePeer, digest
from forge_world import make_world

KINDS = ("github", "gitee", "gitcode", "gitlab")


@pytest.mark.parametrize("kind", KINDS)
def test_world_when_crawled_then_every_thread_comment_and_review_is_a_row(kind: str, peer: MakePeer) -> None:
    world = make_world(120)
    forge = peer(kind, world)
    outcomes = forge.crawl()
    assert [o for o in outcomes if o.status not in ("complete", "unchanged")] == []
    repository = world.repositories[0]
    prefix = "I" if kind in ("gitee", "gitcode") else ""
    assert {
        (number, state, title, author, created)
        for number, state, title, author, created in forge.rows(
            "select number, state, title, author_id, date_trunc('second', created_at) from raw.issue"
        )
    } == {
        (f"{prefix}{t.number}", t.state, t.title, digest(t.author), t.created)
        for t in repository.threads
        if not t.is_change
    }
    assert set(
        forge.rows(
            "select number, state, date_trunc('second', merged_at), merged_by_id, detailed_at = updated_at"
            " from raw.change_request"
        )
    ) == {
        (str(t.number), t.state, t.merged, digest(t.merged_by), True)
        for t in repository.threads
        if t.is_change
    }
    assert set(forge.rows("select comment_id, author_id, on_code, number, thread from raw.comment")) == {
        (
            str(c.id),
            digest(c.author),
            c.on_code,
            str(t.number) if t.is_change else f"{prefix}{t.number}",
            "change_request" if t.is_change else "issue",
        )
        for t in repository.threads
        for c in t.comments
    }
    assert set(forge.rows("select number, author_id, state from raw.review")) == {
        (str(t.number), digest(r.author), "approved") for t in repository.threads for r in t.reviews
    }
    assert forge.rows("select count(*), count(distinct tag) from raw.release") == [(3, 3)]
    assert forge.rows("select count(*) from raw.forge_tag") == [(4,)]
    assert sorted(forge.rows("select contributions from raw.forge_contributor")) == [(48,), (49,), (50,)]
    [(key, repo_id, stars, licence)] = forge.rows(
        "select repository_id, repo_id, stars, licence from raw.forge_repository where in_workspace"
    )
    assert (key, repo_id, stars, licence) == (4711, "forge.example/acme/engine", 3, "Apache-2.0")


@pytest.mark.parametrize("kind", KINDS)
def test_world_when_nothing_changed_then_the_second_crawl_says_so(kind: str, peer: MakePeer) -> None:
    forge = peer(kind, make_world(120))
    forge.crawl()
    first, versions = forge.requests, forge.rows("from meta.table_version order by all")
    forge.crawl()  # asks from the last change on for the first time
    outcomes = forge.crawl()
    changed = [o for o in outcomes if o.status != "unchanged" and o.endpoint not in ("repository", "details")]
    assert changed == []
    assert forge.requests < first / 2
    models = ("issue", "change_request", "comment", "review", "release", "forge_repository")
    now = forge.rows("from meta.table_version order by all")
    assert [v for v in now if v[0][4:] in models] == [v for v in versions if v[0][4:] in models]


def test_people_when_stored_then_only_accounts_name_them_and_the_erased_are_not_there(peer: MakePeer) -> None:
    world = make_world(30)
    forge = peer("github", world)
    gone = world.accounts[3]
    forge.con.execute(
        "insert into raw.privacy_request by name select ? as address_id, 'erase' as kind", [digest(gone)]
    )
    forge.crawl()
    personal = {
        (table, column)
        for table, column in forge.rows(
            "select table_name, column_name from duckdb_columns() where schema_name = 'raw'"
            " and starts_with(comment, 'personal;')"
        )
    }
    words = {a.login for a in world.accounts} | {str(a.id) for a in world.accounts}
    for table, column in forge.rows(
        "select table_name, column_name from duckdb_columns() where schema_name = 'raw'"
        " and data_type in ('VARCHAR', 'VARCHAR[]') and table_name in (select distinct table_name"
        " from duckdb_columns() where column_name = 'forge' and schema_name = 'raw')"
    ):
        found = {str(value) for (value,) in forge.rows(f"select distinct {column} from raw.{table}")}
        if (table, column) not in personal and column not in ("number",):
            assert not found & words, (table, column)
    assert forge.rows(f"select count(*) from raw.forge_account where number = '{gone.id}'") == [(0,)]
    assert forge.rows(f"select count(*) from raw.issue where author_id = '{digest(gone)}'") == [(0,)]
    assert forge.rows("select count(*) from raw.issue") == [(20,)]
