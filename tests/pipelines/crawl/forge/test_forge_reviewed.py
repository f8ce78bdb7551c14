"""Crawls that end in the middle, forges that mean harm, and people who were erased."""

from datetime import timedelta
from typing import Any

import pytest
from forge_peer import KEY, MakePeer, digest
from forge_server import Asked, Reply
from forge_world import Review, make_world

from pipelines.crawl.forge import repository
from pipelines.crawl.forge.values import time
from warehouse.people import address_id


def by_endpoint(outcomes: list[Any]) -> dict[str, Any]:
    return {outcome.endpoint: outcome for outcome in outcomes}


@pytest.mark.parametrize("kind", ["gitee", "gitlab"])
def test_full_reading_of_issues_when_it_ends_then_change_requests_are_still_there(
    kind: str, peer: MakePeer
) -> None:
    forge = peer(kind, make_world(12))
    forge.crawl(profiles=0)
    broken = {"gitee": "engine/pulls", "gitlab": "/merge_requests"}[kind]
    forge.server.fault = lambda number, asked: Reply(500, {}) if asked.path.endswith(broken) else None
    assert by_endpoint(forge.crawl(profiles=0, full=True))["change_requests"].status == "failed"
    removed = "select count(*) from raw.change_request where removed_at is not null"
    assert forge.rows(removed) == [(0,)]
    assert forge.rows("select count(*) from raw.comment where removed_at is not null") == [(0,)]


def test_owner_when_its_list_fails_or_is_skipped_then_its_repositories_stay_wanted(peer: MakePeer) -> None:
    world = make_world(3)
    forge = peer("github", world)
    forge.crawl(owners=("acme",), repositories=(), profiles=0)
    forge.server.limit = 0
    forge.crawl(owners=("other", "acme"), repositories=(), profiles=0)
    wanted = "select repo_id, in_workspace from raw.forge_repository"
    assert forge.rows(wanted) == [("forge.example/acme/engine", True)]
    forge.con.execute("delete from raw.forge_rate_limit")
    forge.server.limit = None

    def other_first(number: int, asked: Asked) -> Reply | None:
        if not asked.path.endswith("/repos"):
            return None
        if asked.query["page"] == "2":
            return Reply(500, {})
        return Reply(200, [{"id": 1, "full_name": "acme/another"}], pages=(1, 2))

    forge.server.fault = other_first
    forge.crawl(owners=("acme",), repositories=(), profiles=0)
    assert forge.rows(wanted) == [("forge.example/acme/engine", True)]


def test_details_when_a_list_is_very_long_then_it_is_told_and_the_next_run_goes_on(
    peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "_DETAIL_PAGES", 2)
    world = make_world(12)
    forge = peer("github", world)
    long = world.repositories[0].threads[5]
    long.reviews = [Review(n, world.accounts[2], "APPROVED", long.updated) for n in range(1, 451)]
    reviews = f"select count(*), count(distinct review_id) from raw.review where number = '{long.number}'"
    counts, statuses = [], []
    for _ in range(4):
        details = by_endpoint(forge.crawl(profiles=0))["details"]
        counts += forge.rows(reviews)
        statuses.append(details.status)
        if details.status == "partial":
            assert details.reason == (
                "details of 1 are still to be read; 1 have more than 2 pages left and go on in the next run,"
                f" such as change_request {long.number}"
            )
    assert counts == [(200, 200), (300, 300), (400, 400), (450, 450)]
    assert statuses == ["partial"] * 3 + ["complete"]
    assert (
        forge.rows("select number from raw.change_request where detailed_at is distinct from updated_at")
        == []
    )


def test_details_when_a_thread_changes_before_its_long_list_is_read_then_it_is_due_again(
    peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "_DETAIL_PAGES", 2)
    world = make_world(12)
    forge = peer("github", world)
    long = world.repositories[0].threads[5]
    long.reviews = [Review(n, world.accounts[2], "APPROVED", long.updated) for n in range(1, 251)]
    forge.crawl(profiles=0)
    before, long.updated = long.updated, long.updated + timedelta(days=900)
    long.reviews[0].state = "DISMISSED"
    forge.crawl(profiles=0)
    detailed = f"select detailed_at from raw.change_request where number = '{long.number}'"
    assert forge.rows(detailed) == [(before,)]
    for _ in range(2):
        forge.crawl(profiles=0)
    assert forge.rows(detailed) == [(long.updated,)]
    assert forge.rows("select count(*) from raw.review where state = 'dismissed'") == [(1,)]


def test_full_reading_when_machines_of_the_forge_disagree_then_nothing_is_removed(peer: MakePeer) -> None:
    """One lags behind with an older state, the next has a clock that is slow."""
    world = make_world(150)
    forge = peer("github", world)
    forge.crawl(details=0, profiles=0)
    for thread in world.repositories[0].threads[::2]:
        thread.updated -= timedelta(minutes=5)

    def slow_clock(number: int, asked: Asked) -> None:
        forge.server.clock_ahead = timedelta(seconds=-30 * number)

    forge.server.fault = slow_clock  # type: ignore[assignment]
    forge.crawl(details=0, profiles=0, full=True)
    for table in ("issue", "change_request", "comment"):
        assert forge.rows(f"select count(*) from raw.{table} where removed_at is not null") == [(0,)]


def test_details_when_one_always_fails_then_the_others_are_read(peer: MakePeer) -> None:
    forge = peer("github", make_world(30))
    forge.server.fault = lambda number, asked: (
        Reply(500, {}) if asked.path.endswith(f"/pulls/{bad}") else None
    )
    bad = max(t.number for t in forge.world.repositories[0].threads if t.is_change)
    details = by_endpoint(forge.crawl(profiles=0))["details"]
    assert (details.status, details.reason) == (
        "partial",
        f"details of 1 are still to be read; 1 failed, such as /repos/acme/engine/pulls/{bad}: "
        "the forge answers 500",
    )
    assert forge.rows("select number from raw.change_request where detailed_at is null") == [(str(bad),)]


@pytest.mark.parametrize("place", ["http://[", "http://forge.example:99999/x", "https://127.0.0.1:1/x"])
def test_address_when_it_is_none_or_elsewhere_then_a_failure_and_no_token_goes_there(
    place: str, peer: MakePeer
) -> None:
    forge = peer("github", make_world(3))

    def fault(number: int, asked: Asked) -> Reply | None:
        if asked.path.endswith("engine/tags"):
            return Reply(302, {}, {"Location": place})
        if asked.path.endswith("engine/releases"):
            return Reply(200, [], {"Link": f'<{place}>; rel="next"'})
        return None

    forge.server.fault = fault
    outcomes = by_endpoint(forge.crawl(profiles=0))
    assert [outcomes[e].status for e in ("tags", "releases", "contributors")] == [
        "failed",
        "failed",
        "complete",
    ]


@pytest.mark.parametrize("kind", ["github", "gitee", "gitlab"])
def test_headers_when_they_are_nonsense_then_the_answer_counts(kind: str, peer: MakePeer) -> None:
    forge = peer(kind, make_world(3))
    nonsense = {
        "X-RateLimit-Limit": "many",
        "X-RateLimit-Remaining": "9" * 5000,
        "X-RateLimit-Reset": "1e999",
        "X-Total-Pages": "9" * 5000,
        "Retry-After": "soon",
    }
    forge.server.fault = lambda number, asked: (
        Reply(200, [], nonsense) if asked.path.endswith("/releases") else None
    )
    assert by_endpoint(forge.crawl(profiles=0))["tags"].status == "complete"


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_address_of_a_mirrored_repository_when_it_holds_credentials_then_they_are_not_stored(
    kind: str, peer: MakePeer
) -> None:
    secret = "https://robot:canary-secret@git.example/acme/engine?private_token=canary-secret"
    mirrored = {"mirror_url": secret, "import_url": secret, "mirror": True, "homepage": secret}
    path = {"github": "/repos/acme/engine", "gitlab": "/projects/acme/engine"}[kind]
    told = {"id": 4711, "full_name": "acme/engine", "path_with_namespace": "acme/engine", **mirrored}
    forge = peer(kind, make_world(1))
    forge.server.fault = lambda number, asked: (
        Reply(200, told) if asked.path.replace("%2F", "/") == path else None
    )
    forge.crawl(profiles=0)
    assert forge.rows("select mirror_url from raw.forge_repository") == [("https://git.example/acme/engine",)]


def test_time_when_it_stands_for_none_then_null() -> None:
    assert time("0001-01-01T00:00:00Z") is None


def erase(forge: Any, subject: str | None, kind: str = "erase") -> None:
    forge.con.execute(
        "insert into raw.privacy_request by name"
        " select ? as address_id, ? as kind, '1' as request_id, 'k' as key_digest",
        [subject, kind],
    )


def test_contributor_without_account_when_erased_then_does_not_come_back(peer: MakePeer) -> None:
    forge = peer("gitee", make_world(3))
    forge.crawl(profiles=0)
    [(email, _), *others] = forge.rows("select email, name from raw.forge_contributor order by 1")
    assert email
    erase(forge, address_id(KEY, email))
    forge.con.execute("delete from raw.forge_contributor")
    forge.con.execute("delete from raw.forge_etag")
    forge.crawl(profiles=0)
    rows = forge.rows("select email, name, email_id is null from raw.forge_contributor order by 1 nulls last")
    assert rows == [(*other, False) for other in others] + [(None, None, True)]


@pytest.mark.parametrize("kind", ["erase", "opt-out"])
def test_account_when_its_noreply_address_belongs_to_a_request_then_the_request_holds_for_it(
    kind: str, peer: MakePeer
) -> None:
    """The account was never seen before, and nothing but its login tells whose it is."""
    world = make_world(12)
    forge = peer("github", world)
    [gone] = [a for a in world.accounts if a.login == "person2"]
    erase(forge, address_id(KEY, "Person2@users.noreply.forge.example"), kind)
    for _ in range(2):
        forge.crawl(profiles=0)
        told = "select address_id, kind from raw.privacy_request where address_id = "
        assert forge.rows(f"{told} '{digest(gone)}'") == [(digest(gone), kind)]
        left = forge.rows("select count(*) from raw.forge_account where login = 'person2'")
        assert left == [(0 if kind == "erase" else 1,)]
        reviews = forge.rows(f"select count(*) from raw.review where author_id = '{digest(gone)}'")
        assert (reviews == [(0,)]) == (kind == "erase")


def test_account_when_its_profile_shows_an_erased_address_then_nothing_of_it_is_left(peer: MakePeer) -> None:
    world = make_world(12)
    forge = peer("github", world)
    forge.crawl(profiles=0)
    [gone] = [a for a in world.accounts if a.login == "person2"]
    assert forge.rows("select count(*) from raw.forge_account where login = 'person2'") == [(1,)]
    erase(forge, address_id(KEY, "Person2@mail.example"))
    forge.server.fault = lambda number, asked: (
        Reply(200, {"id": gone.id, "login": gone.login, "email": "person2@mail.example"})
        if asked.path == f"/user/{gone.id}"
        else None
    )
    forge.crawl()
    assert forge.rows("select count(*) from raw.forge_account where login = 'person2'") == [(0,)]
    for table in ("issue", "change_request", "comment", "review"):
        assert forge.rows(f"select count(*) from raw.{table} where author_id = '{digest(gone)}'") == [(0,)]
    for thread in world.repositories[0].threads:
        thread.title += "!"
    forge.con.execute("delete from raw.forge_etag")
    forge.crawl()
    assert forge.rows("select count(*) from raw.forge_account where login = 'person2'") == [(0,)]
