"""One request to a forge: PyGithub's requester, python-gitlab, or httpx for forges like Gitee.

Each client knows how its forge wants to be addressed and who asks. Redirects, retries and limits are not
theirs (see `asking`): PyGithub would drop the query of a redirected request, follow a circle of redirects for
ever and sleep where a run should end; both libraries would read an answer of any size.
"""

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

import github
import github.Requester
import gitlab
import httpx
import requests

from pipelines.crawl.forge.answer import Answer

LARGEST_BODY = 64 * 1024 * 1024
CONNECT_SECONDS, READ_SECONDS, BODY_SECONDS = 10.0, 60.0, 300.0
AGENT = "chainatlas"
_CHUNK = 65_536


class Client(Protocol):
    """Asks one forge under one identity."""

    def get(self, path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """The answer, whatever its status. `path` is relative to the API's base and begins with `/`.

        Raises:
            OSError: there is no answer, or not all of it.
        """

    def close(self) -> None: ...


class GiteeClient:
    """Gitee, GitCode and AtomGit: API v5. The token goes into a header, never into an address."""

    def __init__(self, base: str, token: str | None, read_seconds: float = READ_SECONDS) -> None:
        headers = {"User-Agent": AGENT, "Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._base = base
        timeout = httpx.Timeout(read_seconds, connect=CONNECT_SECONDS)
        self._client = httpx.Client(headers=headers, timeout=timeout)

    def get(self, path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        try:
            url = f"{self._base}{path}"
            with self._client.stream("GET", url, params=dict(params), headers=dict(headers)) as answer:
                body = _bounded(answer.iter_bytes(_CHUNK))
                return _answer(answer.status_code, answer.headers, body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ConnectionError(type(error).__name__) from None

    def close(self) -> None:
        self._client.close()


class GitlabClient:
    """GitLab, through python-gitlab's requests."""

    def __init__(self, base: str, token: str | None, read_seconds: float = READ_SECONDS) -> None:
        self._session = _Session(read_seconds)
        self._gitlab = gitlab.Gitlab(
            base.removesuffix("/api/v4"), private_token=token, session=self._session, user_agent=AGENT
        )

    def get(self, path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        try:
            self._gitlab.http_request(
                "get",
                path,
                query_parameters=dict(params),
                extra_headers=dict(headers),
                obey_rate_limit=False,
                retry_transient_errors=False,
            )
        except (requests.RequestException, UnicodeError) as error:
            raise ConnectionError(type(error).__name__) from None
        except gitlab.exceptions.GitlabError:
            pass  # an answer of another status than 2xx; all of it is in the session
        return self._session.taken()

    def close(self) -> None:
        self._session.close()


class GithubClient:
    """GitHub and GitHub Enterprise, through PyGithub's requester."""

    def __init__(self, base: str, token: str | None, read_seconds: float = READ_SECONDS) -> None:
        self._session = _Session(read_seconds)
        auth = github.Auth.Token(token) if token else None
        github.Requester.Requester.injectConnectionClasses(_http(self._session), _https(self._session))
        try:
            self._github = github.Github(
                auth=auth,
                base_url=base,
                user_agent=AGENT,
                retry=None,
                seconds_between_requests=None,
                seconds_between_writes=None,
            )
        finally:
            github.Requester.Requester.resetConnectionClasses()

    def get(self, path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        wanted = {"Accept": "application/vnd.github+json", **headers}
        try:
            self._github.requester.requestJson("GET", path, dict(params), wanted)
        except (requests.RequestException, UnicodeError) as error:
            raise ConnectionError(type(error).__name__) from None
        except (ValueError, OverflowError):
            pass  # limits that PyGithub cannot read in the headers; the answer is in the session
        return self._session.taken()

    def close(self) -> None:
        self._github.close()
        self._session.close()


class _Session(requests.Session):
    """Reads no more than may be read, follows nothing, and keeps the last answer as it came."""

    def __init__(self, read_seconds: float) -> None:
        super().__init__()
        self.auth = github.Requester.Requester.noopAuth  # else a .netrc of the user would answer for us
        self._timeout = (CONNECT_SECONDS, read_seconds)
        self._last: Answer | None = None

    def request(self, method: str, url: str, **options: Any) -> requests.Response:  # type: ignore[override]
        self._last = None
        options |= {"allow_redirects": False, "stream": True, "timeout": self._timeout}
        options["auth"] = options.get("auth") or self.auth
        response = super().request(method, url, **options)
        with response:
            body = _bounded(response.iter_content(_CHUNK))
        response._content = body
        self._last = _answer(response.status_code, response.headers, body)
        return response

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        """None: requests would read the address even of a redirect that it does not follow."""
        return None

    def taken(self) -> Answer:
        """The last answer, once: none is taken for that of another request."""
        answer, self._last = self._last, None
        if answer is None:
            raise ConnectionError("no answer")
        return answer


class _Shown(github.Requester.RequestsResponse):
    """What PyGithub sees: it would act on 202 and 301 by itself, and need not read the body."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__(response)
        if self.status in (202, 301, 302):
            self.status = 503

    def read(self) -> str:
        return ""


def _http(session: _Session) -> type[github.Requester.HTTPRequestsConnectionClass]:
    class Connection(github.Requester.HTTPRequestsConnectionClass):
        def getresponse(self) -> github.Requester.RequestsResponse:
            return _shown(session, self)

    return Connection


def _https(session: _Session) -> type[github.Requester.HTTPSRequestsConnectionClass]:
    class Connection(github.Requester.HTTPSRequestsConnectionClass):
        def getresponse(self) -> github.Requester.RequestsResponse:
            return _shown(session, self)

    return Connection


def _shown(session: _Session, connection: Any) -> github.Requester.RequestsResponse:
    url = f"{connection.protocol}://{connection.host}:{connection.port}{connection.url}"
    return _Shown(session.request("GET", url, headers=connection.headers))


def _bounded(chunks: Iterable[bytes]) -> bytes:
    """The whole body; an answer that is too large or comes too slowly is none."""
    began, size, parts = time.monotonic(), 0, []
    for chunk in chunks:
        size += len(chunk)
        if size > LARGEST_BODY:
            raise ConnectionError(f"an answer of over {LARGEST_BODY >> 20} MiB")
        if time.monotonic() - began > BODY_SECONDS:
            raise ConnectionError(f"an answer that took over {BODY_SECONDS:g} s")
        parts.append(chunk)
    return b"".join(parts)


def _answer(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    return Answer(status, {k.lower(): v for k, v in headers.items()}, body, datetime.now(UTC))
