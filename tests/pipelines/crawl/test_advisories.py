"""Bringing advisories: only what changed, from where it stopped, and never in place of what is in force."""

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from advisory_server import AdvisoryServer, serve_advisories
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.crawl.advisories import (
    AdvisorySource,
    UpdateOutcome,
    archive_sources,
    default_sources,
    named_sources,
    update_advisories,
)
from pipelines.errors import CrawlError


def record(advisory_id: str, **more: Any) -> dict[str, Any]:
    package = {"package": {"ecosystem": "npm", "name": "lib"}, "versions": ["1.0.0"]}
    return {"id": advisory_id, "modified": "2026-01-02T00:00:00Z", "affected": [package], **more}


def archive(*records: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for entry in records:
            file.writestr(zipfile.ZipInfo(f"{entry['id']}.json"), json.dumps(entry))
    return buffer.getvalue()


@pytest.fixture
def server() -> Iterator[AdvisoryServer]:
    with serve_advisories() as state:
        state.files["/npm/all.zip"] = archive(record("GHSA-1"), record("GHSA-2"))
        yield state


def update(server: AdvisoryServer, folder: Path) -> UpdateOutcome:
    [outcome] = update_advisories(archive_sources(server.url, ["npm"]), folder)
    return outcome


def test_archive_when_brought_then_is_counted_and_verified(server: AdvisoryServer, tmp_path: Path) -> None:
    server.files["/npm/all.zip"] = archive(record("GHSA-1"), {"id": "GHSA-2"})
    outcome = update(server, tmp_path)
    assert (outcome.status, outcome.records, outcome.rejected) == ("updated", 1, 1)
    assert (tmp_path / "osv" / "npm.zip").read_bytes() == server.files["/npm/all.zip"]
    assert outcome.sha256 is not None


def test_archive_when_unchanged_then_is_not_sent_again(server: AdvisoryServer, tmp_path: Path) -> None:
    update(server, tmp_path)
    assert update(server, tmp_path).status == "unchanged"
    assert [status for _, _, status in server.requests] == [200, 304]


def test_archive_when_it_changed_then_takes_the_place_of_the_old(
    server: AdvisoryServer, tmp_path: Path
) -> None:
    update(server, tmp_path)
    server.files["/npm/all.zip"] = archive(record("GHSA-3"))
    outcome = update(server, tmp_path)
    assert (outcome.status, outcome.records) == ("updated", 1)
    assert sorted(path.name for path in (tmp_path / "osv").iterdir()) == ["npm.zip", "npm.zip.meta"]


def test_download_when_the_connection_breaks_then_the_next_update_goes_on_from_there(
    server: AdvisoryServer, tmp_path: Path
) -> None:
    update(server, tmp_path)
    old = (tmp_path / "osv" / "npm.zip").read_bytes()
    server.files["/npm/all.zip"] = new = archive(*(record(f"GHSA-{number}") for number in range(50)))
    server.break_after, server.requests = 100, []
    broken = update(server, tmp_path)
    assert broken.status == "failed"
    assert "goes on from there" in broken.error
    assert (tmp_path / "osv" / "npm.zip").read_bytes() == old
    assert [wanted for _, wanted, _ in server.requests] == [None, "bytes=100-", "bytes=200-", "bytes=300-"]
    server.break_after, server.requests = None, []
    assert update(server, tmp_path).records == 50
    assert [(wanted, status) for _, wanted, status in server.requests] == [("bytes=400-", 206)]
    assert (tmp_path / "osv" / "npm.zip").read_bytes() == new


def test_download_when_the_file_changes_between_two_attempts_then_begins_anew(
    server: AdvisoryServer, tmp_path: Path
) -> None:
    server.break_after = 60
    assert update(server, tmp_path).status == "failed"
    server.files["/npm/all.zip"] = archive(record("GHSA-9"))
    server.break_after = None
    assert update(server, tmp_path).records == 1
    assert (tmp_path / "osv" / "npm.zip").read_bytes() == server.files["/npm/all.zip"]


def broken_files() -> dict[str, bytes]:
    whole = archive(*(record(f"GHSA-{number}") for number in range(20)))
    damaged = bytearray(whole)
    damaged[60] ^= 0xFF
    return {
        "half of an archive": whole[: len(whole) // 2],
        "a damaged archive": bytes(damaged),
        "a page in place of an archive": b"<html>Sign in</html>",
        "an archive of nothing": archive(),
        "an archive of bad records": archive({"id": "GHSA-1"}),
    }


@pytest.mark.parametrize("what", sorted(broken_files()))
def test_archive_when_broken_then_the_earlier_one_stays_in_force(
    server: AdvisoryServer, tmp_path: Path, what: str
) -> None:
    update(server, tmp_path)
    old = (tmp_path / "osv" / "npm.zip").read_bytes()
    server.files["/npm/all.zip"] = broken_files()[what]
    outcome = update(server, tmp_path)
    assert outcome.status == "failed"
    assert outcome.error
    assert (tmp_path / "osv" / "npm.zip").read_bytes() == old
    assert not (tmp_path / "osv" / "npm.zip.part").exists()


def test_archive_when_its_checksum_is_wrong_then_it_is_refused(
    server: AdvisoryServer, tmp_path: Path
) -> None:
    server.wrong_checksum = True
    outcome = update(server, tmp_path)
    assert outcome.status == "failed"
    assert "checksum" in outcome.error
    assert not (tmp_path / "osv" / "npm.zip").exists()


def test_source_when_the_server_has_none_then_the_others_go_on(
    server: AdvisoryServer, tmp_path: Path
) -> None:
    sources = archive_sources(server.url, ["crates.io", "npm"])
    assert [outcome.status for outcome in update_advisories(sources, tmp_path)] == ["failed", "updated"]


def test_folder_when_named_then_each_file_is_copied_once(tmp_path: Path) -> None:
    folder = tmp_path / "usb"
    folder.mkdir()
    (folder / "npm.jsonl.gz").write_bytes(gzip.compress(json.dumps(record("GHSA-1")).encode()))
    (folder / "notes.txt").write_text("no advisories")
    sources = named_sources(str(folder))
    assert [source.name for source in sources] == ["local/usb/npm.jsonl.gz"]
    for status in ("updated", "unchanged"):
        assert [outcome.status for outcome in update_advisories(sources, tmp_path / "to")] == [status]


def test_origin_when_it_names_nothing_then_says_so(tmp_path: Path) -> None:
    with pytest.raises(CrawlError, match="no folder of advisories"):
        named_sources(str(tmp_path / "absent"))
    with pytest.raises(CrawlError, match=r"should end in one of .*\.zip"):
        named_sources("https://mirror.example/feed")


def test_defaults_when_read_then_every_feed_is_a_source() -> None:
    defaults = default_sources()
    assert all(isinstance(named_sources(feed)[0], AdvisorySource) for feed in defaults["feeds"])
    assert "npm" in defaults["ecosystems"]


def test_command_when_a_source_fails_then_ends_with_two_and_says_which(
    server: AdvisoryServer, tmp_path: Path
) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "workspace.toml").write_text(
        f'[advisories]\narchives = "{server.url}"\nfeeds = []\n\n'
        '[[enterprises]]\nid = "one"\nrepositories = ["code"]\n'
    )
    done = CliRunner().invoke(
        main, ["advisories", "update", str(tmp_path), "--ecosystem", "npm", "--format", "json"]
    )
    assert done.exit_code == 0, done.output
    assert [(entry["name"], entry["records"]) for entry in json.loads(done.stdout)] == [("osv/npm.zip", 2)]
    failed = CliRunner().invoke(main, ["advisories", "update", str(tmp_path), "--ecosystem", "Maven"])
    assert failed.exit_code == 2
    assert "failed" in failed.output
    assert "404" in failed.output
    assert (tmp_path / ".chainatlas" / "advisories" / "osv" / "npm.zip").is_file()


@pytest.mark.parametrize("settings", [None, '[advisories]\necosystems = ["npm"]\n'])
def test_command_when_the_folder_holds_no_code_then_brings_advisories_to_be_carried_on(
    settings: str | None, server: AdvisoryServer, tmp_path: Path
) -> None:
    if settings:
        (tmp_path / "workspace.toml").write_text(settings)
    words = [
        "advisories",
        "update",
        str(tmp_path),
        "--ecosystem",
        "npm",
        "--archives",
        server.url,
        "--no-feeds",
    ]
    done = CliRunner().invoke(main, [*words, "--no-feeds"])
    assert done.exit_code == 0, done.output
    assert (tmp_path / ".chainatlas" / "advisories" / "osv" / "npm.zip").is_file()
