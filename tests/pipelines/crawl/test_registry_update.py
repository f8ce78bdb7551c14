"""Asking registries: only for what is due, politely, and never at the cost of what is known."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from registry_server import RegistryServer, serve_registry

from pipelines.crawl.registry import update as update_module
from pipelines.crawl.registry.facts import Package
from pipelines.crawl.registry.http import Registry
from pipelines.crawl.registry.store import Record, list_records, read_record, record_path
from pipelines.crawl.registry.update import PackageOutcome, RegistryRequest, update_packages
from pipelines.errors import CrawlError

CANARY = "canary-token-7f3a"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RegistryServer]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serve_registry() as state:
        yield state


def packument(name: str, *versions: str, **latest: Any) -> bytes:
    return json.dumps(
        {
            "name": name,
            "dist-tags": {"latest": versions[-1]},
            "maintainers": [{"name": "Ann Person", "email": "ann@person.example"}],
            "versions": {v: {"license": "MIT", **(latest if v == versions[-1] else {})} for v in versions},
            "time": {v: f"2026-01-0{number}T00:00:00Z" for number, v in enumerate(versions, 1)},
        }
    ).encode()


def npm(name: str, *versions: str) -> Package:
    return Package(f"pkg:npm/{name}", "npm", None, name, versions)


def ask(
    server: RegistryServer,
    folder: Path,
    *packages: Package,
    days: float = 0,
    waits: list[float] | None = None,
) -> list[PackageOutcome]:
    request = RegistryRequest(folder, {"npm": server.url}, days, connections=1)
    wait = (waits if waits is not None else []).append
    return list(update_packages(packages, request, wait))


def record(folder: Path, package: Package) -> Record:
    found = read_record(record_path(folder, package))
    assert found is not None
    return found


def test_package_when_asked_then_facts_are_kept_without_people(
    server: RegistryServer, tmp_path: Path
) -> None:
    server.documents["/lib"] = packument("lib", "1.0.0", "2.0.0", deprecated="use kit")
    [outcome] = ask(server, tmp_path, npm("lib"))
    assert (outcome.status, outcome.releases) == ("updated", 2)
    found = record(tmp_path, npm("lib"))
    assert found.facts is not None
    assert (found.facts["maintainers"], found.facts["deprecation"]) == (1, "use kit")
    kept = b"".join(path.read_bytes() for path in list_records(tmp_path))
    assert b"Person" not in kept
    assert b"person.example" not in kept


def test_document_when_unchanged_then_is_not_sent_again(server: RegistryServer, tmp_path: Path) -> None:
    server.documents["/lib"] = packument("lib", "1.0.0")
    ask(server, tmp_path, npm("lib"))
    [outcome] = ask(server, tmp_path, npm("lib"))
    assert (outcome.status, outcome.releases) == ("unchanged", 1)
    assert server.asked == [("/lib", 200), ("/lib", 304)]
    server.documents["/lib"] = packument("lib", "1.0.0", "1.1.0")
    assert ask(server, tmp_path, npm("lib"))[0].releases == 2


def test_package_when_asked_lately_then_is_left_in_peace(server: RegistryServer, tmp_path: Path) -> None:
    server.documents["/lib"] = packument("lib", "1.0.0")
    ask(server, tmp_path, npm("lib"), npm("gone"))
    assert [outcome.status for outcome in ask(server, tmp_path, npm("lib"), npm("gone"), days=1)] == [
        "fresh",
        "fresh",
    ]
    assert len(server.requests) == 2
    # a version that came into use meanwhile is asked for, and read anew
    assert ask(server, tmp_path, npm("lib", "1.0.0"), days=1)[0].status == "unchanged"
    assert server.asked[-1] == ("/lib", 200)


def test_name_when_the_registry_has_none_then_is_absent_and_not_failed(
    server: RegistryServer, tmp_path: Path
) -> None:
    [outcome] = ask(server, tmp_path, npm("gone"))
    assert outcome.status == "absent"
    assert record(tmp_path, npm("gone")).status == "absent"
    assert len(server.requests) == 1


@pytest.mark.parametrize("trouble", ["busy", "broken", "cut"])
def test_answer_when_it_fails_at_first_then_is_asked_for_again(
    server: RegistryServer, tmp_path: Path, trouble: str
) -> None:
    server.documents["/lib"] = packument("lib", "1.0.0")
    if trouble == "cut":
        server.cut = 2
    else:
        server.answers = [(429, {"Retry-After": "7"})] if trouble == "busy" else [(503, {}), (500, {})]
    waits: list[float] = []
    [outcome] = ask(server, tmp_path, npm("lib"), waits=waits)
    assert outcome.status == "updated"
    long = [seconds for seconds in waits if seconds >= 1]
    assert long == ([7.0] if trouble == "busy" else [1.0, 2.0])


def test_package_when_it_fails_for_good_then_what_was_known_stays_and_the_others_go_on(
    server: RegistryServer, tmp_path: Path
) -> None:
    server.documents |= {"/lib": packument("lib", "1.0.0"), "/kit": packument("kit", "1.0.0")}
    ask(server, tmp_path, npm("lib"))
    server.answers = [(500, {})] * 3
    outcomes = ask(server, tmp_path, npm("lib"), npm("kit"))
    assert {outcome.package.name: outcome.status for outcome in outcomes} == {
        "lib": "failed",
        "kit": "updated",
    }
    kept = record(tmp_path, npm("lib"))
    assert (kept.status, kept.error) == ("read", "/lib: the registry answers 500, 3 times")
    assert kept.facts is not None


def test_registry_when_it_asks_for_a_long_rest_then_gets_it_in_later_updates_too(
    server: RegistryServer, tmp_path: Path
) -> None:
    server.documents |= {"/lib": packument("lib", "1.0.0"), "/kit": packument("kit", "1.0.0")}
    server.answers = [(429, {"Retry-After": "3600"})]
    outcomes = ask(server, tmp_path, npm("lib"), npm("kit"))
    assert [outcome.status for outcome in outcomes] == ["postponed", "postponed"]
    assert len(server.requests) == 1
    assert record(tmp_path, npm("kit")).status == "failed"
    assert ask(server, tmp_path, npm("lib"))[0].status == "postponed"
    assert len(server.requests) == 1
    (tmp_path / "npm" / "rest_until").write_text((datetime.now(UTC) - timedelta(seconds=1)).isoformat())
    assert ask(server, tmp_path, npm("lib"))[0].status == "updated"


def test_rest_when_asked_for_by_date_then_is_kept(server: RegistryServer, tmp_path: Path) -> None:
    until = datetime.now(UTC) + timedelta(hours=2)
    server.answers = [(503, {"Retry-After": until.strftime("%a, %d %b %Y %H:%M:%S GMT")})]
    assert "asks for rest until" in str(ask(server, tmp_path, npm("lib"))[0].error)
    kept = datetime.fromisoformat((tmp_path / "npm" / "rest_until").read_text())
    assert abs((kept - until).total_seconds()) < 5


def test_network_when_there_is_none_then_packages_are_recorded_as_not_read(tmp_path: Path) -> None:
    packages = [npm(f"lib{number}") for number in range(50)]
    request = RegistryRequest(tmp_path, {"npm": "http://127.0.0.1:9"}, connections=1)
    started = time.monotonic()
    outcomes = list(update_packages(packages, request, lambda _: None))
    assert {outcome.status for outcome in outcomes} <= {"failed", "postponed"}
    assert time.monotonic() - started < 5
    found = [record(tmp_path, package) for package in packages]
    assert {entry.status for entry in found} == {"failed"}
    assert all(entry.error for entry in found)


def test_registry_when_nobody_said_where_it_is_then_is_not_asked(
    server: RegistryServer, tmp_path: Path
) -> None:
    server.documents["/lib"] = packument("lib", "1.0.0")
    crate = Package("pkg:cargo/serde", "cargo", None, "serde", ("1.0.0",))
    outcomes = {outcome.package.purl: outcome for outcome in ask(server, tmp_path, npm("lib"), crate)}
    assert outcomes["pkg:npm/lib"].status == "updated"
    assert outcomes["pkg:cargo/serde"].status == "postponed"
    assert "[registries.urls] cargo" in str(outcomes["pkg:cargo/serde"].error)
    assert read_record(record_path(tmp_path, crate)) is None


def hostile_documents() -> dict[str, bytes]:
    return {
        "no json": b"<html>Sign in</html>",
        "not an object": b"[1, 2]",
        "deep": b"[" * 5000 + b"]" * 5000,
        "everything of another type": json.dumps(
            {
                "versions": {"1.0.0": 7, "": {}, "x" * 500: {}, "2.0.0": {"license": {"type": []}}},
                "time": {"1.0.0": -1, "2.0.0": "9999999-99-99T99"},
                "dist-tags": [],
                "maintainers": "ann",
                "repository": 5,
            }
        ).encode(),
        "numbers without end": b'{"versions": {"1.0.0": ' + b"9" * 100_000 + b"}}",
    }


@pytest.mark.parametrize("what", sorted(hostile_documents()))
def test_document_when_hostile_then_fails_alone_or_says_nothing(
    server: RegistryServer, tmp_path: Path, what: str
) -> None:
    server.documents |= {"/bad": hostile_documents()[what], "/good": packument("good", "1.0.0")}
    outcomes = {outcome.package.name: outcome for outcome in ask(server, tmp_path, npm("bad"), npm("good"))}
    assert outcomes["good"].status == "updated"
    if what == "everything of another type":
        releases = record(tmp_path, npm("bad")).releases
        assert releases is not None
        assert (releases["version"], releases["published_at"]) == (["1.0.0", "2.0.0"], [None, None])
    elif what != "not an object":
        assert outcomes["bad"].status == "failed"


def test_document_when_it_unpacks_to_more_than_the_limit_then_is_given_up(
    server: RegistryServer, tmp_path: Path
) -> None:
    server.bombs = {"/bomb"}
    with httpx.Client() as client, pytest.raises(CrawlError, match="larger than 1 MiB"):
        Registry(server.url, client, largest=1 << 20).fetch("/bomb")


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd", "..", "a/../../b", "名字", "x" * 5000, "a\\b", "CON", "a%2F..%2Fb", "a?b#c"],
)
def test_name_when_hostile_then_its_record_stays_in_the_folder(
    server: RegistryServer, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "deep" / "registries"
    package = Package(f"pkg:npm/{name}", "npm", None, name)
    ask(server, folder, package)
    assert record_path(folder, package).resolve().parent == (folder / "npm").resolve()
    assert [path.name for path in tmp_path.rglob("*.json")] == [record_path(folder, package).name]
    assert all("/../" not in request.path and "?" not in request.path for request in server.requests)


def test_names_when_they_differ_by_capitals_then_have_a_file_each(tmp_path: Path) -> None:
    one, two = record_path(tmp_path, npm("JSONStream")), record_path(tmp_path, npm("jsonstream"))
    assert one.name.lower() != two.name.lower()


def test_token_when_given_then_reaches_its_registry_alone_and_nothing_that_is_kept(
    server: RegistryServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAINATLAS_REGISTRY_TOKEN_NPM", CANARY)
    server.documents["/lib"] = packument("lib", "1.0.0")
    with serve_registry() as other:
        server.answers = [(302, {"Location": f"{other.url}/lib"})]
        other.documents["/lib"] = packument("lib", "1.0.0")
        ask(server, tmp_path, npm("lib"))
        assert [request.headers.get("Authorization") for request in other.requests] == [None]
    server.answers = [(401, {}), (500, {}), (500, {}), (500, {})]
    outcomes = ask(server, tmp_path, npm("lib"), npm("kit"))
    assert server.requests[0].headers["Authorization"] == f"Bearer {CANARY}"
    assert CANARY not in repr(outcomes)
    assert CANARY not in "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())


def test_agent_when_asking_then_says_who_asks(server: RegistryServer, tmp_path: Path) -> None:
    request = RegistryRequest(tmp_path, {"npm": server.url}, contact="ops@city.example")
    list(update_packages([npm("lib")], request))
    assert server.requests[0].headers["User-Agent"].startswith("chainatlas/")
    assert "ops@city.example" in server.requests[0].headers["User-Agent"]


def test_requests_when_many_are_due_then_no_more_than_allowed_run_at_once(
    server: RegistryServer, tmp_path: Path
) -> None:
    server.hold = 0.005
    request = RegistryRequest(tmp_path, {"npm": server.url}, connections=2)
    outcomes = list(update_packages([npm(f"lib{number}") for number in range(40)], request, lambda _: None))
    assert len(outcomes) == 40
    assert server.most_at_once <= 2


def test_update_when_killed_then_the_next_asks_only_for_the_rest(
    server: RegistryServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = [npm(f"lib{number}") for number in range(6)]
    server.documents |= {f"/{package.name}": packument(package.name, "1.0.0") for package in packages}
    write, written = update_module.write_record, []

    def die_at_the_fourth(folder: Path, package: Package, kept: Record) -> None:
        if len(written) == 3:
            raise KeyboardInterrupt
        written.append(package)
        write(folder, package, kept)

    monkeypatch.setattr(update_module, "write_record", die_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        ask(server, tmp_path, *packages, days=1)
    monkeypatch.undo()
    server.requests.clear()
    statuses = [outcome.status for outcome in ask(server, tmp_path, *packages, days=1)]
    assert sorted(statuses) == ["fresh"] * 3 + ["updated"] * 3
    assert len(server.requests) == 3


def test_folder_when_it_holds_documents_then_nobody_is_asked(server: RegistryServer, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    (saved / "npm" / "@scope").mkdir(parents=True)
    (saved / "npm" / "lib.json").write_bytes(packument("lib", "1.0.0"))
    (saved / "npm" / "@scope" / "kit.json").write_bytes(packument("@scope/kit", "1.0.0", "1.1.0"))
    (saved / "pypi" / "pypi" / "six").mkdir(parents=True)
    (saved / "pypi" / "pypi" / "six" / "json").write_text('{"releases": {"1.0": []}}')
    (saved / "secret.json").write_bytes(packument("secret", "1.0.0"))
    packages = [
        npm("lib"),
        Package("pkg:npm/%40scope/kit", "npm", "@scope", "kit"),
        Package("pkg:pypi/six", "pypi", None, "six"),
        npm("../secret"),
        npm("other"),
    ]
    request = RegistryRequest(tmp_path / "state", {"npm": server.url}, saved=saved)
    outcomes = {outcome.package.name: outcome for outcome in update_packages(packages, request)}
    assert {name: outcome.releases for name, outcome in outcomes.items() if outcome.status == "updated"} == {
        "lib": 1,
        "kit": 2,
        "six": 1,
    }
    assert {outcomes[name].status for name in ("../secret", "other")} == {"absent"}
    assert server.requests == []
