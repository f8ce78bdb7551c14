"""A small world of repositories, and how GitHub, Gitee, GitCode and GitLab would tell of it."""

import hashlib
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(2024, 1, 1, 8, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return EPOCH + timedelta(minutes=minutes)


@dataclass
class Account:
    id: int
    login: str
    kind: str = "User"
    company: str | None = None


@dataclass
class Comment:
    id: int
    author: Account
    created: datetime
    on_code: bool = False
    updated: datetime | None = None


@dataclass
class Review:
    id: int
    author: Account
    state: str
    submitted: datetime


@dataclass
class Thread:
    number: int
    id: int
    title: str
    author: Account | None
    created: datetime
    updated: datetime
    is_change: bool = False
    closed: datetime | None = None
    merged: datetime | None = None
    merged_by: Account | None = None
    labels: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    added: int = 0
    deleted: int = 0

    @property
    def state(self) -> str:
        return "merged" if self.merged else "closed" if self.closed else "open"


@dataclass
class Repository:
    id: int
    path: str
    threads: list[Thread] = field(default_factory=list)
    releases: list[tuple[int, str, datetime]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    contributors: list[tuple[Account, int]] = field(default_factory=list)
    stars: int = 3
    former: list[str] = field(default_factory=list)

    def thread(self, number: int) -> Thread | None:
        return next((t for t in self.threads if t.number == number), None)


@dataclass
class World:
    repositories: list[Repository]
    accounts: list[Account]


def make_world(threads: int = 40, seed: int = 1, path: str = "acme/engine") -> World:
    """A repository with threads that changed in an order of their own, some at the same second."""
    chance = random.Random(seed)
    people = [Account(100 + n, f"person{n}", company="@acme" if n == 1 else None) for n in range(7)]
    people.append(Account(900, "ci[bot]", kind="Bot"))
    repository = Repository(4711, path)
    ids = iter(range(10_000, 10_000_000))
    for number in range(1, threads + 1):
        created = at(number * 60)
        updated = at(number * 60 + chance.randrange(0, 40_000, 30))
        thread = Thread(number, next(ids), f"Thread {number} 修复", chance.choice(people), created, updated)
        thread.is_change = number % 3 == 0
        if number % 4 == 0:
            thread.closed = updated
        if thread.is_change and number % 2 == 0:
            thread.merged = thread.closed = updated
            thread.merged_by = people[0]
        if number % 17 == 0:
            thread.author = None
        thread.labels = [f"label{number % 3}"]
        thread.added, thread.deleted = number * 2, number
        for _ in range(number % 4):
            moment = created + timedelta(minutes=chance.randrange(1, 3000))
            on_code = thread.is_change and chance.random() < 0.5
            thread.comments.append(Comment(next(ids), chance.choice(people), moment, on_code))
        if thread.is_change and number % 2 == 0:
            thread.reviews.append(Review(next(ids), people[2], "APPROVED", updated))
        repository.threads.append(thread)
    repository.releases = [(next(ids), f"v{n}.0", at(n * 1000)) for n in range(3)]
    repository.tags = [f"v{n}.0" for n in range(4)]
    repository.contributors = [(people[n], 50 - n) for n in range(3)]
    return World([repository], people)


def iso(moment: datetime | None) -> str | None:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else None


def beijing(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return f"{moment + timedelta(hours=8):%Y-%m-%dT%H:%M:%S}+08:00"


def millis(moment: datetime | None) -> str | None:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.250Z" if moment else None


def sha(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()


def github_user(account: Account | None) -> dict[str, Any] | None:
    return account and {"id": account.id, "login": account.login, "type": account.kind}  # type: ignore[return-value]


def gitlab_user(account: Account | None) -> dict[str, Any] | None:
    return account and {"id": account.id, "username": account.login, "name": account.login.title()}  # type: ignore[return-value]
