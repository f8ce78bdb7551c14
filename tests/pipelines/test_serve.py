"""The living view answers what it is asked, changes nothing, and answers nobody it should not."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from pipelines.run_summary import count_published
from pipelines.serve.access import COOKIE, is_loopback
from pipelines.serve.app import make_app
from pipelines.serve.questions import ARROW
from pipelines.state import StateFolder

HOSTS = frozenset({"127.0.0.1"})
ADDRESS = "http://127.0.0.1"


@pytest.fixture(scope="module")
def state(region: Path) -> StateFolder:
    return StateFolder(region / ".chainatlas")


@pytest.fixture(scope="module")
def client(state: StateFolder) -> Iterator[TestClient]:
    with TestClient(make_app(state, HOSTS), base_url=ADDRESS) as connected:
        yield connected


def test_pages_when_asked_for_then_are_the_reports_with_a_way_to_explore(
    client: TestClient, state: StateFolder
) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert page.text.replace(
        page.text[page.text.index('<a href="/explore">') : page.text.index("</nav>")], "", 1
    ) == (state.report / "index.html").read_text("utf-8")
    assert client.get("/assets/site.css").status_code == 200
    assert client.get("/../secret.key").status_code == 404
    assert client.get("/%2e%2e/secret.key").status_code == 404
    assert "/explore/explore.js" in client.get("/explore").text
    assert client.get("/explore/app.py").status_code == 404


@pytest.mark.slow
def test_tables_when_listed_then_each_can_be_read(client: TestClient) -> None:
    listed = client.get("/api/tables").json()
    names = [table["name"] for table in listed]
    assert {"segment_gap", "component_use", "plan_problem"} <= set(names)
    assert "contribution_by_person_year" not in names
    for table in listed:
        answer = client.get(f"/api/tables/{table['name']}", params={"limit": 1}).json()
        assert [column["name"] for column in answer["columns"]] == [c["name"] for c in table["columns"]]


def test_rows_when_filtered_ordered_and_paged_then_are_those(client: TestClient) -> None:
    def names(**words: object) -> list[str]:
        answer = client.get(
            "/api/tables/component_use",
            params={key.replace("__", "."): str(value) for key, value in words.items()},
        )
        place = [column["name"] for column in answer.json()["columns"]].index("package_key")
        return [row[place] for row in answer.json()["rows"]]

    everything = names(order="package_key")
    assert everything == sorted(everything)
    assert len(everything) == 2
    assert names(order="-package_key") == everything[::-1]
    assert names(order="package_key", limit=1, offset=1) == everything[1:2]
    assert names(package_key=everything[0]) == everything[:1]
    assert names(package_key__not=everything[0], order="package_key") == everything[1:]
    assert names(package_key__like=everything[0][4:].upper()) == everything[:1]
    assert names(repositories__min=10_000) == []
    assert names(repositories__max=10_000, order="package_key") == everything


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/api/tables/nothing", "there is no answer called 'nothing'"),
        ("/api/tables/component_use?colour=red", "has no column 'colour'"),
        ("/api/tables/component_use?name.near=x", "columns are compared as they are, or by .not, .min"),
        ("/api/tables/component_use?order=name;drop", "has no column 'name;drop' to order by"),
        ("/api/tables/component_use?limit=10001", "`limit` is a number from 0 to 10000"),
        ("/api/tables/component_use?repositories=many", "Could not convert string 'many'"),
    ],
)
def test_question_when_it_is_wrong_then_says_how(client: TestClient, path: str, reason: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert reason in answer.json()["error"]


def test_sql_when_asked_then_json_and_arrow_say_the_same(client: TestClient) -> None:
    asked = {
        "sql": "select 1 as one, 'x' as two, null as three union all select 2, 'y', null order by 1",
        "limit": 1,
    }
    told = client.post("/api/query", json=asked).json()
    assert [column["name"] for column in told["columns"]] == ["one", "two", "three"]
    assert (told["rows"], told["truncated"]) == ([[1, "x", None]], True)
    streamed = client.post("/api/query", json=asked, headers={"accept": ARROW})
    assert streamed.headers["content-type"] == ARROW
    with pa.ipc.open_stream(streamed.content) as reader:
        assert reader.read_all().to_pylist() == [{"one": 1, "two": "x", "three": None}]


@pytest.mark.parametrize(
    "sql",
    ["drop table mart.segment_gap", "copy (select 1) to '/tmp/x'", "select * from read_text('/etc/passwd')",
     "attach '/tmp/x.db'", "select 1; select 2", "set threads = 1"],
)  # fmt: skip
def test_sql_when_it_is_no_query_of_the_answers_then_is_refused(client: TestClient, sql: str) -> None:
    assert client.post("/api/query", json={"sql": sql}).status_code == 400


def test_shocks_when_simulated_then_are_told_and_not_kept(client: TestClient, state: StateFolder) -> None:
    before = sorted(path for path in state.path.rglob("*") if path.is_file())
    purl = client.get("/api/tables/component_use?limit=1").json()["rows"][0][0]
    answer = client.post("/api/simulate", json={"remove": [f"component:{purl}"]})
    assert answer.status_code == 200, answer.text
    assert answer.json()["shocks"][0]["totals"]
    assert sorted(path for path in state.path.rglob("*") if path.is_file()) == before
    wrong = client.post("/api/simulate", json={"remove": ["weather:bad"]})
    assert wrong.status_code == 400
    assert client.post("/api/simulate", json={"remove": []}).status_code == 400


def test_copy_when_published_anew_then_is_shown_without_a_restart(
    client: TestClient, state: StateFolder
) -> None:
    before = client.get("/api/status").json()["published_at"]
    page = state.report / "index.html"
    content = state.published.read_bytes()
    fresh = state.published.with_name("fresh")
    fresh.write_bytes(content)
    fresh.replace(state.published)
    (state.report / ".made-from").write_text("an earlier copy")
    page.write_text("stale")
    assert "stale" not in client.get("/index.html").text
    assert client.get("/api/status").json()["published_at"] != before


def test_metrics_when_prometheus_asks_then_are_those_of_the_published_copy(
    client: TestClient, state: StateFolder
) -> None:
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    told = dict(line.split(" ") for line in answer.text.splitlines() if not line.startswith("#"))
    counts, failures = count_published(state.published)
    assert float(told["chainatlas_components"]) == counts["components"] > 0
    assert float(told["chainatlas_scans_failed"]) == len(failures)
    assert float(told["chainatlas_published_timestamp_seconds"]) == state.published.stat().st_mtime


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_request_when_it_would_change_something_then_is_refused(client: TestClient, method: str) -> None:
    assert client.request(method, "/index.html").status_code == 405


def test_request_when_it_comes_under_another_name_then_is_refused(state: StateFolder) -> None:
    with TestClient(make_app(state, HOSTS), base_url="http://evil.example") as client:
        assert client.get("/").status_code == 421
        assert client.post("/api/query", json={"sql": "select 1"}).status_code == 421


def test_question_when_another_site_or_a_form_sends_it_then_is_refused(client: TestClient) -> None:
    from_elsewhere = {"sec-fetch-site": "cross-site"}
    assert client.post("/api/query", json={"sql": "select 1"}, headers=from_elsewhere).status_code == 403
    form = {"content-type": "text/plain"}
    assert client.post("/api/query", content='{"sql": "select 1"}', headers=form).status_code == 415
    assert client.post("/api/query", json={"sql": "select 1" + " " * 200_000}).status_code == 400


def test_token_when_there_is_one_then_nothing_is_told_without_it(state: StateFolder) -> None:
    with TestClient(make_app(state, HOSTS, "s3cret"), base_url=ADDRESS, follow_redirects=False) as client:
        for path in ("/", "/index.html", "/explore", "/api/status", "/?token=wrong"):
            assert client.get(path).status_code == 401
        assert client.get("/api/status", headers={"authorization": "Bearer wrong"}).status_code == 401
        assert client.get("/api/status", headers={"authorization": "Bearer s3cret"}).status_code == 200
        welcome = client.get("/index.html?token=s3cret")
        assert (welcome.status_code, welcome.headers["location"]) == (303, "/index.html")
        assert "httponly" in welcome.headers["set-cookie"].lower()
        assert client.cookies[COOKIE] == "s3cret"
        assert client.get("/api/status").status_code == 200


def test_address_when_looked_at_then_loopback_is_told_from_others() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.8.8.8", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.0.2.1", "atlas.example")))
