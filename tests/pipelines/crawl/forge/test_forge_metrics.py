"""What a forge told becomes the figures that the events on it give by hand."""

from datetime import date

import pytest
from forge_peer import KEY, MakePeer
from forge_world import Account, Comment, Repository, Review, Thread, World, at

from warehouse.runner import ModelContext, build_models, discover_models

ANN, BO, GUEST, ROBOT = (
    Account(1, "ann"),
    Account(2, "bo"),
    Account(3, "guest"),
    Account(900, "ci[bot]", kind="Bot"),
)
METRICS = (
    *("mart.time_to_first_response", "mart.issue_resolution_duration", "mart.change_request_closure_ratio"),
    *("mart.change_request_acceptance_ratio", "mart.review_participation"),
)


def made_world() -> World:
    """Two issues of a guest and two change requests, with answers of bots, authors and others."""
    asked = Thread(1, 101, "answered after two hours", GUEST, at(0), at(600), closed=at(600))
    asked.comments = [
        Comment(1, ROBOT, at(10)),
        Comment(2, GUEST, at(30)),
        Comment(3, ANN, at(120)),
    ]
    waiting = Thread(2, 102, "nobody answers", GUEST, at(60), at(60))
    merged = Thread(3, 103, "reviewed after four hours", BO, at(0), at(300), is_change=True)
    merged.closed = merged.merged = at(300)
    merged.merged_by = ANN
    merged.reviews = [Review(4, ANN, "APPROVED", at(240))]
    closed = Thread(4, 104, "closed without a word", GUEST, at(100), at(1540), is_change=True)
    closed.closed = at(1540)
    robot = Thread(5, 105, "of a bot", ROBOT, at(200), at(200), is_change=True)
    repository = Repository(4711, "acme/engine", [asked, waiting, merged, closed, robot])
    return World([repository], [ANN, BO, GUEST, ROBOT])


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_metrics_when_a_forge_is_crawled_then_are_those_of_its_events(kind: str, peer: MakePeer) -> None:
    forge = peer(kind, made_world())
    forge.crawl()
    forge.con.execute(
        "insert into raw.repository by name"
        " select 'forge.example/acme/engine' as repo_id, 'forge.example' as host"
    )
    models = discover_models(wanted=METRICS)
    builds = build_models(forge.con, ModelContext(date(2024, 3, 31), KEY), models, models=models)
    assert [build.error for build in builds if build.error] == []

    def year(columns: str, model: str) -> list[tuple[object, ...]]:
        return forge.rows(f"select {columns} from {model} where period = 'year' order by all")

    answers = "thread, opened, answered, withdrawn, unanswered, median_hours"
    assert year(answers, "mart.time_to_first_response") == [
        ("change_request", 2, 1, 1, 0.5, 4.0),
        ("issue", 2, 1, 0, 0.5, 2.0),
    ]
    assert year("opened, closed, round(24 * median_days, 6)", "mart.issue_resolution_duration") == [
        (2, 1, 10)
    ]
    assert year("opened, closed, closure_ratio", "mart.change_request_closure_ratio") == [(2, 2, 1)]
    decided = "accepted, declined, acceptance_ratio, accepted_share"
    assert year(decided, "mart.change_request_acceptance_ratio") == [(1, 1, 1, 0.5)]
    reviewed = "decided, reviewed, review_participation, merged_unreviewed, reviewers"
    assert year(reviewed, "mart.review_participation") == [(2, 1, 0.5, 0, 1)]
