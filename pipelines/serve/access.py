"""Who may ask: anybody on this machine, and elsewhere who has the token."""

import hmac
import ipaddress
import secrets
from collections.abc import Awaitable, Callable

from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

COOKIE = "chainatlas-token"
_READING = {"GET", "HEAD", "POST"}
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
}


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(32)


class Access(BaseHTTPMiddleware):
    """Refuses what does not come from whom it should.

    With a token: requests that do not carry it, as `Authorization: Bearer`, as cookie, or once as `?token=`,
    which is then kept as cookie. Always: requests under a name that is not ours, by which a page elsewhere
    could reach a server here (DNS rebinding); questions that another site's page sends; bodies that a plain
    form could send.
    """

    def __init__(self, app: object, token: str | None, hosts: frozenset[str]) -> None:
        super().__init__(app)  # type: ignore[arg-type]  # Starlette's own type of an application
        self._token = token
        self._hosts = hosts

    async def dispatch(
        self, request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = self._refusal(request) or await call_next(request)
        response.headers.update(_HEADERS)
        return response

    def _refusal(self, request: Request) -> Response | None:
        if request.method not in _READING:
            return _refuse(405, "nothing can be changed here")
        if request.url.hostname not in self._hosts:
            return _refuse(421, f"this server does not answer to the name {request.url.hostname!r}")
        if self._token is not None and not self._is_known(request):
            return self._welcome(request) or _refuse(401, "ask with the token: Authorization: Bearer …")
        if request.method == "POST":
            if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
                return _refuse(403, "questions are taken from pages of this server alone")
            if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
                return _refuse(415, "ask in application/json")
        return None

    def _is_known(self, request: Request) -> bool:
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        given = bearer if scheme.lower() == "bearer" else request.cookies.get(COOKIE, "")
        return self._is_token(given)

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), (self._token or "").encode())

    def _welcome(self, request: Request) -> Response | None:
        """The first visit by a link with the token: the address is shown without it from then on."""
        given = request.query_params.get("token", "")
        if request.method != "GET" or not self._is_token(given):
            return None
        welcome = RedirectResponse(request.url.path, 303)
        welcome.set_cookie(COOKIE, given, httponly=True, samesite="strict")
        return welcome


def _refuse(status: int, reason: str) -> JSONResponse:
    return JSONResponse({"error": reason}, status)
