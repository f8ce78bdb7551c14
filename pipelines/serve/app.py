"""The web application: pages from the report's folder, questions to the published copy. It writes nothing."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pipelines.errors import USER_ERRORS, PipelineError
from pipelines.metrics import as_text, published_metrics
from pipelines.report_stage import refresh_report
from pipelines.serve.access import Access
from pipelines.serve.questions import ARROW, answer_sql, as_arrow, as_json, list_tables, read_rows
from pipelines.simulations import simulate_shocks
from pipelines.state import StateFolder
from warehouse.store.query import QueryResult

_AT_ONCE = 4
"""Questions that are answered at once; the others wait."""
_MOST_BYTES = 100_000
_MOST_SHOCKS = 20
_WAY = '<a href="/explore"><span lang="zh-CN">探索</span><span lang="en">Explore</span></a>'
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def make_app(state: StateFolder, hosts: frozenset[str], token: str | None = None) -> Starlette:
    """The application over one state folder, for requests under the names `hosts`.

    Raises:
        WarehouseError, ReportError: nothing is published yet, or its pages cannot be written.
    """
    living = _Living(state)
    living.refresh()
    state.report.mkdir(parents=True, exist_ok=True)
    return Starlette(
        routes=[
            Route("/favicon.ico", _no_icon),
            Route("/explore", living.explore),
            Route("/explore/{name}", living.explore_file),
            Route("/api/status", living.status),
            Route("/metrics", living.metrics),
            Route("/api/tables", living.tables),
            Route("/api/tables/{name}", living.rows),
            Route("/api/query", living.query, methods=["POST"]),
            Route("/api/simulate", living.simulate, methods=["POST"]),
            Mount("/", _Pages(living)),
        ],
        middleware=[Middleware(Access, token=token, hosts=hosts)],
        exception_handlers=dict.fromkeys(USER_ERRORS, _complain),
    )


class _Living:
    """Answers questions on the copy that is published at the time."""

    def __init__(self, state: StateFolder) -> None:
        self.state = state
        self._seen: tuple[int, int] | None = None
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._refreshing = asyncio.Lock()

    def refresh(self) -> None:
        """Write the pages of what is published, unless they are of it already."""
        published = self._published()
        if published != self._seen:
            refresh_report(self.state)
            self._seen = published

    async def keep_fresh(self) -> None:
        """The same, once at a time, without holding up other requests."""
        if self._published() != self._seen:
            async with self._refreshing:
                await run_in_threadpool(self.refresh)

    def _published(self) -> tuple[int, int] | None:
        try:
            status = self.state.published.stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns

    async def _ask(self, question: Callable[[], Any]) -> Any:
        async with self._turns:
            return await run_in_threadpool(question)

    async def status(self, _request: Request) -> Response:
        sql = "select name, value from meta.parameter where name in ('as_of', 'show_people') order by name"
        result: QueryResult = await self._ask(partial(answer_sql, self.state.published, {"sql": sql}))
        told = {row["name"]: row["value"] for row in result.table.to_pylist()}
        published = self._published()
        return JSONResponse({**told, "published_at": published[1] / 1e9 if published else None})

    async def metrics(self, _request: Request) -> Response:
        text = await self._ask(lambda: as_text(published_metrics(self.state.published)))
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    async def tables(self, _request: Request) -> Response:
        return JSONResponse(await self._ask(partial(list_tables, self.state.published)))

    async def rows(self, request: Request) -> Response:
        words = request.query_params.multi_items()
        question = partial(read_rows, self.state.published, request.path_params["name"], words)
        return _shown(request, await self._ask(question))

    async def query(self, request: Request) -> Response:
        asked = await _body(request)
        return _shown(request, await self._ask(partial(answer_sql, self.state.published, asked)))

    async def simulate(self, request: Request) -> Response:
        asked = await _body(request)
        removed, together = asked.get("remove"), asked.get("together", False)
        if not isinstance(removed, list) or not 0 < len(removed) <= _MOST_SHOCKS:
            raise PipelineError(f'`remove` is a list of 1 to {_MOST_SHOCKS} shocks, such as "owner:oracle"')
        shocks = [str(text) for text in removed]
        question = partial(simulate_shocks, self.state.published, shocks, bool(together))
        return JSONResponse(await self._ask(question))

    async def explore(self, _request: Request) -> Response:
        page = files("pipelines.serve").joinpath("explore.html").read_text("utf-8")
        return HTMLResponse(page, headers={"content-security-policy": _PAGE_POLICY})

    async def explore_file(self, request: Request) -> Response:
        kinds = {"explore.js": "text/javascript", "explore.css": "text/css"}
        name = request.path_params["name"]
        if name not in kinds:
            return JSONResponse({"error": "there is no such file"}, 404)
        return Response(files("pipelines.serve").joinpath(name).read_text("utf-8"), media_type=kinds[name])


class _Pages(StaticFiles):
    """The report's folder, with a way to `/explore` on each page.

    Pages of a newly published copy are written when the first of them is asked for.
    """

    def __init__(self, living: _Living) -> None:
        super().__init__(directory=living.state.report, html=True)
        self._living = living

    async def get_response(self, path: str, scope: Any) -> Response:
        is_page = path == "." or path.endswith(".html")
        if is_page:
            await self._living.keep_fresh()
        response = await super().get_response(path, scope)
        if is_page and isinstance(response, FileResponse):
            page = await run_in_threadpool(Path(response.path).read_text, "utf-8")
            return HTMLResponse(page.replace("</nav>", f"{_WAY}</nav>", 1))
        return response


async def _no_icon(_request: Request) -> Response:
    return Response(status_code=204)


async def _body(request: Request) -> dict[str, Any]:
    content = b""
    async for piece in request.stream():
        content += piece
        if len(content) > _MOST_BYTES:
            raise PipelineError(f"a question has at most {_MOST_BYTES} bytes")
    try:
        asked = json.loads(content)
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise PipelineError("a question is a JSON object")
    return asked


def _shown(request: Request, result: QueryResult) -> Response:
    wanted = request.query_params.get("format") or request.headers.get("accept", "")
    if wanted == "arrow" or ARROW in wanted:
        return Response(as_arrow(result), media_type=ARROW)
    return Response(as_json(result), media_type="application/json")


def _complain(_request: Request, error: Exception) -> Awaitable[Response] | Response:
    return JSONResponse({"error": str(error)}, 400)
