"""A forge that fails, limits, moves things and has another clock loses no row, doubles none, stops no run."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from forge_peer import TABLES, MakePeer, content
from forge_server import Asked, Reply
from forge_world import Comment, make_world

from pipelines.crawl.forge.crawl import ForgeTarget
from pipelines.crawl.forge.tokens import Token


def by_endpoint(outcomes: list[Any]) -> dict[str, str]:
    return {outcome.endpoint: outcome.status for outcome in outcomes}


@pytest.fixture
def expected(peer: MakePeer) -> dict[str, list[tuple[Any, ...]]]:
    """The tables of an undisturbed crawl of 130 threads."""
    forge = peer("github", make_world(130))
    forge.crawl(profiles=0)
    found = content(forge.con)
    for name in (*TABLES, "forge_cursor", "forge_etag", "forge_crawl", "forge_repository_name"):
        forge.con.execute(f"delete from raw.{name}")
    return found


@pytest.mark.slow
def test_faults_on_every_tenth_answer_give_the_same_tables(expected: Any, peer: MakePeer) -> None:
    forge = peer("github", make_world(130))
    faults = [
        Reply(500, {"message": "oops"}),
        Reply(200, body=b'[{"id": 1, "number', fault="cut"),
        Reply(502, body=b"<html>bad gateway</html>"),
        Reply(429, {"message": "slow down"}, {"Retry-After": "0"}),
        Reply(200, body=b'[{"id": 1'),
        Reply(403, {"message": "You have exceeded a secondary rate limit"}, {"Retry-After": "0"}),
    ]
    forge.server.fault = lambda number, asked: (
        faults[number // 10 % len(faults)] if number % 10 == 0 else None
    )
    outcomes = forge.crawl(profiles=0, wait_seconds=5.0)
    assert set(by_endpoint(outcomes).values()) == {"complete"}
    assert content(forge.con) == expected


def test_answer_when_it_stalls_then_it_is_asked_for_again(peer: MakePeer) -> None:
    forge = peer("github", make_world(4))
    forge.server.fault = lambda number, asked: (
        Reply(200, body=b"[1, 2, 3]", fault="stall") if number == 2 else None
    )
    outcomes = forge.crawl(read_seconds=0.2, details=0, profiles=0)
    assert by_endpoint(outcomes)["issues"] == "complete"


def test_endpoint_when_it_fails_for_good_then_the_others_are_read_and_it_is_told(peer: MakePeer) -> None:
    forge = peer("github", make_world(10))
    forge.server.fault = lambda number, asked: (
        Reply(500, {"message": "broken"}) if asked.path.endswith("/issues/comments") else None
    )
    found = by_endpoint(forge.crawl())
    assert found["comments"] == "failed"
    assert {s for e, s in found.items() if e != "comments"} == {"complete"}
    [(reason, covered)] = forge.rows(
        "select reason, covered_to from raw.forge_crawl where endpoint = 'comments'"
    )
    assert "broken" in reason
    assert covered is None


def test_list_that_the_forge_does_not_offer_is_unsupported(peer: MakePeer) -> None:
    forge = peer("gitee", make_world(10))
    forge.server.fault = lambda number, asked: (
        Reply(404, {"message": "404"}) if asked.path.endswith("/pulls/comments") else None
    )
    assert by_endpoint(forge.crawl())["code_comments"] == "unsupported"


def test_forge_that_does_not_answer_is_skipped_and_recorded(peer: MakePeer) -> None:
    forge = peer("github", make_world(4))
    forge.base = "http://127.0.0.1:9"  # nobody listens there
    outcomes = forge.crawl("acme/engine", "acme/other")
    assert [(o.subject, o.endpoint, o.status) for o in outcomes] == [
        ("forge.example/acme/engine", "repository", "skipped"),
        ("forge.example/acme/other", "*", "skipped"),
    ]
    assert "does not answer" in str(outcomes[0].reason)
    assert forge.rows("select count(*) from raw.forge_crawl where covered_to is not null") == [(0,)]


@pytest.mark.slow
def test_limit_when_reached_then_the_run_ends_and_a_later_one_goes_on(expected: Any, peer: MakePeer) -> None:
    forge = peer("github", make_world(130))
    forge.server.limit = 20
    outcomes = forge.crawl(profiles=0)
    assert "rate limit until" in str(outcomes[-1].reason)
    asked = len(forge.server.asked)
    assert [o.status for o in forge.crawl(profiles=0)] == ["skipped"]
    assert len(forge.server.asked) == asked, "the reset was forgotten"
    for _ in range(40):
        forge.con.execute("update raw.forge_rate_limit set reset_at = now() - interval 1 second")
        forge.server.used.clear()
        outcomes = forge.crawl(profiles=0)
        if all(o.status in ("complete", "unchanged") for o in outcomes):
            break
    assert content(forge.con) == expected


def test_limit_when_reached_then_it_is_remembered_and_the_next_run_asks_nothing(peer: MakePeer) -> None:
    forge = peer("github", make_world(30))
    forge.server.limit = 9
    outcomes = forge.crawl(profiles=0)
    assert "rate limit until" in str(outcomes[-1].reason)
    done = forge.rows("select count(*) from raw.issue")
    [outcome] = forge.crawl(profiles=0)
    assert (outcome.status, forge.requests) == ("skipped", 0)
    forge.con.execute("update raw.forge_rate_limit set reset_at = now() - interval 1 second")
    forge.server.used.clear()
    forge.server.limit = None
    assert {o.status for o in forge.crawl(profiles=0)} <= {"complete", "unchanged"}
    assert forge.rows("select count(*) from raw.issue") == done == [(20,)]
    assert forge.rows("select count(*) from raw.review where state = 'approved'") == [(5,)]


def test_tokens_when_one_is_used_up_then_the_next_is_taken(peer: MakePeer) -> None:
    forge = peer("github", make_world(30))
    forge.server.limit = 12
    tokens = [Token(f"secret-token-{n}", f"mark{n}") for n in range(4)]
    outcomes = forge.crawl(tokens=tokens, profiles=0)
    assert set(by_endpoint(outcomes).values()) == {"complete"}
    assert len(forge.server.used) > 1
    assert max(forge.server.used.values()) <= 12
    marks = {mark for (mark,) in forge.rows("select token_mark from raw.forge_rate_limit")}
    assert marks == {f"mark{n}" for n in range(len(forge.server.used))}


def test_token_when_refused_then_the_next_is_taken_and_without_any_all_is_skipped(peer: MakePeer) -> None:
    forge = peer("github", make_world(10))
    forge.server.tokens = {"good-token-1"}
    tokens = [Token("bad-token-1", "a"), Token("good-token-1", "b")]
    assert by_endpoint(forge.crawl(tokens=tokens))["issues"] == "complete"
    [outcome] = forge.crawl(tokens=[Token("bad-token-1", "a")])
    assert (outcome.status, outcome.reason) == ("skipped", "no token that the forge accepts")
    [covered] = forge.rows("select covered_to is not null from raw.forge_crawl where endpoint = 'issues'")
    assert covered == (True,)


def test_wait_when_it_is_short_then_the_run_waits(peer: MakePeer) -> None:
    forge = peer("github", make_world(10))
    forge.server.fault = lambda number, asked: Reply(429, {}, {"Retry-After": "1"}) if number == 2 else None
    began = datetime.now(UTC)
    assert by_endpoint(forge.crawl(wait_seconds=5.0))["issues"] == "complete"
    assert datetime.now(UTC) - began >= timedelta(seconds=0.9)


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_repository_when_renamed_then_its_history_stays_one(kind: str, peer: MakePeer) -> None:
    world = make_world(30)
    forge = peer(kind, world)
    forge.crawl(profiles=0)
    [repository] = world.repositories
    repository.former, repository.path = ["acme/engine"], "acme-labs/motor"
    repository.threads[0].title = "after the move"
    repository.threads[0].updated += timedelta(days=90)
    forge.crawl(profiles=0)
    assert forge.rows("select repository_id, repo_id, in_workspace from raw.forge_repository") == [
        (4711, "forge.example/acme-labs/motor", True)
    ]
    assert forge.rows("select repo_id from raw.forge_repository_name order by all") == [
        ("forge.example/acme-labs/motor",),
        ("forge.example/acme/engine",),
    ]
    assert forge.rows("select count(*) filter (title = 'after the move') from raw.issue") == [(1,)]
    assert forge.rows("select count(*) - count(distinct number) from raw.issue") == [(0,)]


def test_name_when_another_repository_takes_it_then_the_old_one_lets_it_go(peer: MakePeer) -> None:
    world = make_world(5)
    forge = peer("github", world)
    forge.crawl(profiles=0)
    world.repositories[0].id = 4712
    forge.crawl(profiles=0)
    assert forge.rows("select repository_id, repo_id from raw.forge_repository order by all") == [
        (4711, None),
        (4712, "forge.example/acme/engine"),
    ]


def test_repository_when_gone_then_its_rows_stay_and_say_so(peer: MakePeer) -> None:
    world = make_world(10)
    forge = peer("github", world)
    forge.crawl(profiles=0)
    world.repositories.clear()
    [outcome] = forge.crawl(profiles=0)
    assert (outcome.endpoint, outcome.status) == ("repository", "failed")
    assert forge.rows("select removed_at is not null from raw.forge_repository") == [(True,)]
    assert forge.rows("select count(*) from raw.issue") == [(7,)]


def test_things_when_deleted_then_they_are_marked(peer: MakePeer) -> None:
    world = make_world(30)
    forge = peer("github", world)
    forge.crawl(profiles=0)
    [repository] = world.repositories
    gone = repository.threads.pop(1)
    repository.tags.remove("v0.0")
    repository.contributors.pop()
    forge.crawl(profiles=0)
    assert forge.rows("select tag from raw.forge_tag where removed_at is not null") == [("v0.0",)]
    assert forge.rows("select count(*) from raw.forge_contributor") == [(2,)]
    assert forge.rows("select count(*) from raw.issue where removed_at is not null") == [(0,)]
    forge.server.clock_ahead += timedelta(seconds=1)  # within one second nobody can tell old from new
    forge.crawl(profiles=0, full=True)
    assert forge.rows("select number from raw.issue where removed_at is not null") == [(str(gone.number),)]
    assert forge.rows("select count(*) from raw.change_request where removed_at is not null") == [(0,)]
    assert {str(c.id) for c in gone.comments} == {
        key for (key,) in forge.rows("select comment_id from raw.comment where removed_at is not null")
    }


@pytest.mark.parametrize("kind", ["github", "gitee", "gitlab"])
def test_threads_when_hundreds_changed_in_one_second_then_none_is_missed(kind: str, peer: MakePeer) -> None:
    world = make_world(350)
    for thread in world.repositories[0].threads:
        thread.is_change = False
        thread.updated = world.repositories[0].threads[-1].updated
    forge = peer(kind, world)
    forge.crawl(details=0, profiles=0)
    assert forge.rows("select count(distinct number) from raw.issue") == [(350,)]


def test_threads_when_they_change_between_pages_then_none_is_skipped(peer: MakePeer) -> None:
    world = make_world(350)
    threads = world.repositories[0].threads
    later = threads[-1].updated + timedelta(days=400)
    for thread in threads[:250]:
        thread.updated = threads[0].updated
    forge = peer("github", world)

    def touch(number: int, asked: Asked) -> None:
        """Whatever is read, what stood first goes to the end, and all others slide forward."""
        if asked.path.endswith("/engine/issues"):
            for thread in sorted(threads, key=lambda t: (t.updated, t.number))[:7]:
                thread.updated = later + timedelta(seconds=number)

    forge.server.fault = touch  # type: ignore[assignment]
    forge.crawl(details=0, profiles=0)
    assert forge.rows("select count(*) from (from raw.issue union all by name from raw.change_request)") == [
        (350,)
    ]


def test_list_when_the_forge_neither_sorts_nor_links_then_all_is_read(peer: MakePeer) -> None:
    world = make_world(330)
    forge = peer("gitee", world)
    forge.server.says_links = False
    inner = forge.server._routes

    def shuffled(world: Any, asked: Asked) -> Reply | None:
        if asked.path.endswith("/engine/issues"):
            found = [t for t in world.repositories[0].threads if not t.is_change]
            found.sort(key=lambda t: t.number * 7919 % 1000)
            from forge_server import paged
            from gitee_routes import gitee_thread

            return paged([gitee_thread(world.repositories[0], t) for t in found], asked)
        return inner(world, asked)

    forge.server._routes = shuffled
    forge.crawl(details=0, profiles=0)
    assert forge.rows("select count(distinct number) from raw.issue") == [(220,)]


@pytest.mark.parametrize("ahead", [timedelta(hours=-30), timedelta(hours=30)])
def test_clock_of_the_forge_when_it_is_wrong_then_no_change_is_missed(
    ahead: timedelta, peer: MakePeer
) -> None:
    world = make_world(150)
    threads = world.repositories[0].threads
    forge = peer("github", world)
    forge.server.clock_ahead = ahead
    for number, thread in enumerate(threads):
        thread.updated = forge.server.now - timedelta(minutes=number)
    threads[5].updated = forge.server.now + timedelta(days=2000)  # a row of a machine that is far ahead
    forge.crawl(details=0, profiles=0)
    threads[7].title, threads[7].updated = "changed", forge.server.now + timedelta(seconds=1)
    forge.crawl(details=0, profiles=0)
    assert forge.rows(
        "select number from (from raw.issue union all by name from raw.change_request)"
        " where title = 'changed'"
    ) == [("8",)]


def test_comment_when_edited_later_then_its_row_follows(peer: MakePeer) -> None:
    world = make_world(30)
    forge = peer("github", world)
    forge.crawl(profiles=0)
    comment: Comment = world.repositories[0].threads[0].comments[0]
    comment.updated = comment.created + timedelta(days=100)
    forge.crawl(profiles=0)
    assert forge.rows(f"select updated_at from raw.comment where comment_id = '{comment.id}'") == [
        (comment.updated,)
    ]


def test_answer_that_is_no_list_or_sends_elsewhere_is_a_failure_with_its_reason(peer: MakePeer) -> None:
    forge = peer("github", make_world(5))
    odd = {
        "/releases": Reply(200, {"message": "hello"}),
        "/tags": Reply(302, {}, {"Location": "http://other.example/tags"}),
        "/contributors": Reply(301, {}, {"Location": "/repos/acme/engine/contributors"}),
    }
    forge.server.fault = lambda number, asked: next(
        (reply for end, reply in odd.items() if asked.path.endswith(f"engine{end}")), None
    )
    outcomes = {o.endpoint: o for o in forge.crawl(profiles=0)}
    assert [outcomes[e].status for e in ("releases", "tags", "contributors")] == ["failed"] * 3
    assert "is no list" in str(outcomes["releases"].reason)
    assert "not its own" in str(outcomes["tags"].reason)
    assert "circle" in str(outcomes["contributors"].reason)


def test_documents_with_nonsense_in_them_are_left_out_or_null(peer: MakePeer) -> None:
    forge = peer("github", make_world(3))
    nonsense = [
        {
            "number": 1,
            "title": ["x"],
            "user": "bob",
            "created_at": "yesterday",
            "comments": 2**70,
            "state": 7,
        },
        {"number": None},
        "text",
        {"number": 2, "title": "a" * 10_000, "labels": [{"name": None}, "bug"], "updated_at": "9999-99-99"},
    ]
    forge.server.fault = lambda number, asked: (
        Reply(200, nonsense) if asked.path.endswith("/engine/issues") else None
    )
    outcomes = by_endpoint(forge.crawl(profiles=0))
    assert outcomes["issues"] == "complete"
    assert forge.rows(
        "select number, length(title), author_id, comments, state, labels from raw.issue order by 1"
    ) == [
        ("1", None, None, None, None, None),
        ("2", 1000, None, None, None, ["bug"]),
    ]


def test_owner_when_named_then_all_its_repositories_are_read(peer: MakePeer) -> None:
    world = make_world(5)
    world.repositories.append(make_world(3, path="acme/tools").repositories[0])
    world.repositories[1].id = 4712
    forge = peer("github", world)
    forge.crawl(owners=("acme",), repositories=(), profiles=0)
    assert forge.rows("select repo_id, in_workspace from raw.forge_repository order by all") == [
        ("forge.example/acme/engine", True),
        ("forge.example/acme/tools", True),
    ]
    assert forge.rows("select count(*) from raw.issue group by repository_id order by all") == [(2,), (4,)]
    forge.crawl("acme/tools", profiles=0)
    assert forge.rows("select in_workspace from raw.forge_repository order by repo_id") == [(False,), (True,)]


def test_profiles_are_read_once_and_within_their_bound(peer: MakePeer) -> None:
    forge = peer("github", make_world(60))
    forge.crawl(profiles=3)
    assert forge.rows("select count(*) from raw.forge_account where profile_at is not null") == [(3,)]
    forge.crawl(profiles=100)
    forge.crawl(profiles=100)
    asked = [a.path for a in forge.server.asked if a.path.startswith("/user/")]
    assert len(asked) == len(set(asked)) == 7  # the bot has none
    assert forge.rows("select count(*) from raw.forge_account where company = '@acme'") == [(1,)]


def test_details_beyond_the_bound_are_told_as_not_covered(peer: MakePeer) -> None:
    forge = peer("github", make_world(60))
    forge.crawl(details=5, profiles=0)
    query = (
        "select status, items_known, items_done, covered_to from raw.forge_crawl where endpoint = 'details'"
    )
    assert forge.rows(query) == [("partial", 20, 5, None)]
    for _ in range(3):
        forge.crawl(details=5, profiles=0)
    [(status, known, done, covered)] = forge.rows(query)
    assert (status, known, done) == ("complete", 20, 20)
    assert covered is not None


def test_target_when_made_then_its_bounds_are_modest() -> None:
    fields = ForgeTarget.__dataclass_fields__
    assert fields["wait_seconds"].default <= 60
