"""Ask a forge: with a token that may be used, again where it failed, after a redirect, only for news."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from pipelines.crawl.forge.answer import Answer
from pipelines.crawl.forge.clients import Client
from pipelines.crawl.forge.errors import Gone, RateLimited, Refused, Unanswered, Unreachable
from pipelines.crawl.forge.tokens import Token

ATTEMPTS = 4
BACKOFF_SECONDS = 1.0
_REDIRECTS = 5
_LIMITS_IN_A_ROW = 20
_MOVED = frozenset({301, 302, 307, 308})
_GONE = frozenset({404, 410, 451})


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: a path relative to the API's base, with its query in a fixed order."""

    path: str
    query: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """Path and query, as the table of ETags knows the request."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


@dataclass(frozen=True, slots=True)
class Limit:
    """What a forge said last of the limit of a token."""

    token_mark: str | None
    resource: str
    remaining: int | None
    reset_at: datetime | None
    """By our clock."""
    observed_at: datetime


class Asker:
    """Asks one forge with all tokens there are for it."""

    def __init__(
        self,
        base: str,
        connect: Callable[[str | None], Client],
        tokens: Sequence[Token],
        *,
        without_any: str = "no token",
        wait_seconds: float = 0.0,
        backoff_seconds: float = BACKOFF_SECONDS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.requests = 0
        """Requests sent so far, repetitions included."""
        self.limits: dict[tuple[str | None, str], Limit] = {}
        self._base = urlsplit(base)
        self._connect = connect
        self._tokens = list(tokens)
        self._clients: dict[int, Client] = {}
        self._without_any = without_any
        self._wait_seconds = wait_seconds
        self._backoff = backoff_seconds
        self._clock = clock
        self._sleep = sleep

    def get(self, request: Request, known: Mapping[str, str] | None = None) -> tuple[Answer, Request]:
        """The answer (200, 204 or 304) and the request that it answers, another one after a redirect.

        `known` are conditional headers. A 304 only comes if there are some.

        Raises:
            RateLimited, Refused, Unreachable: nothing more can be asked.
            Gone, Unanswered: this cannot be had.
        """
        for _ in range(_REDIRECTS):
            answer = self._get_one(request, known or {})
            if answer.status not in _MOVED:
                return answer, request
            request = self._redirected(request, answer)
        raise Unanswered(f"{request.path}: redirected in a circle")

    def request_of(self, url: str) -> Request:
        """The request for an address that the forge named, whole or without its host.

        Raises:
            Unanswered: it is not an address of this forge's API.
        """
        try:
            parts = urlsplit(url[:4000])
            same = not parts.netloc or (parts.hostname, parts.port) == (self._base.hostname, self._base.port)
        except ValueError:
            raise Unanswered("the forge names an address that is none") from None
        path = parts.path.removeprefix(self._base.path.rstrip("/"))
        if not same or not path.startswith("/"):
            raise Unanswered("the forge names an address that is not its own")
        return Request(path, tuple(parse_qsl(parts.query)))

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def _get_one(self, request: Request, known: Mapping[str, str]) -> Answer:
        problem: Exception = Unreachable("the forge does not answer")
        for attempt in range(ATTEMPTS):
            if attempt:
                self._sleep(self._backoff * 2 ** (attempt - 1))
            answer = None
            for _ in range(_LIMITS_IN_A_ROW):  # until a token gives an answer that is not about its limit
                token = self._usable_token()
                try:
                    answer = self._sent(token, request, known)
                except OSError as error:
                    problem = Unreachable(f"the forge does not answer: {error}")
                    break
                if not self._is_about_token(token, answer):
                    break
                answer = None
                problem = RateLimited(token.rests_until or self._clock())
            if answer is None:
                continue
            if answer.status in _GONE:
                raise Gone(f"{request.path}: {self._told(answer)}")
            if answer.status in (200, 204) or answer.status in _MOVED or (answer.status == 304 and known):
                if _is_json(answer):
                    return answer
                problem = Unanswered(f"{request.path}: the answer is no JSON")
                continue
            problem = Unanswered(f"{request.path}: the forge answers {self._told(answer)}")
            if 400 <= answer.status < 500 and answer.status != 408:
                break
        raise problem

    def _sent(self, token: Token, request: Request, known: Mapping[str, str]) -> Answer:
        client = self._clients.get(id(token))
        if client is None:
            client = self._clients[id(token)] = self._connect(token.secret)
        self.requests += 1
        answer = client.get(request.path, dict(request.query), dict(known))
        if answer.remaining is not None:
            reset = answer.reset_in
            self._note(token, answer, "core", answer.remaining, self._clock() + reset if reset else None)
            if answer.remaining == 0 and answer.status < 400 and reset is not None:
                token.rest(self._clock(), reset)
        return answer

    def _is_about_token(self, token: Token, answer: Answer) -> bool:
        """Whether the answer refuses the token or bids it rest, which is then noted."""
        if answer.status == 401:
            token.is_refused = True
            return True
        if (wait := answer.wait) is None:
            return False
        token.rest(self._clock(), wait)
        resource = "core" if answer.remaining == 0 else "secondary"
        self._note(token, answer, resource, answer.remaining, token.rests_until)
        return True

    def _told(self, answer: Answer) -> str:
        """What the forge says of a failure, even if it quotes whom it failed."""
        text = answer.message()
        for token in self._tokens:
            text = text.replace(token.secret, "***") if token.secret else text
        return text

    def _note(
        self, token: Token, answer: Answer, resource: str, remaining: int | None, reset: datetime | None
    ) -> None:
        name = answer.headers.get("x-ratelimit-resource", resource) if resource == "core" else resource
        limit = Limit(token.mark, name[:40], remaining, reset, answer.received_at)
        self.limits[limit.token_mark, limit.resource] = limit

    def _usable_token(self) -> Token:
        """The next token in turn that may be used, after a short wait for it if need be."""
        while True:
            now = self._clock()
            for token in self._tokens:
                if token.is_usable(now):
                    return token
            times = [t.rests_until for t in self._tokens if t.rests_until and not t.is_refused]
            if not times:
                raise Refused("no token that the forge accepts" if self._tokens else self._without_any)
            until = min(times)
            if (until - now).total_seconds() > self._wait_seconds:
                raise RateLimited(until)
            self._sleep(max((until - now).total_seconds(), 0.05))

    def _redirected(self, request: Request, answer: Answer) -> Request:
        """Where the answer sends us, if that is the same forge; a query that it leaves out is kept."""
        there = self.request_of(answer.headers.get("location", ""))
        return there if there.query else Request(there.path, request.query)


def _is_json(answer: Answer) -> bool:
    try:
        _ = answer.document
    except ValueError:
        return False
    return True
