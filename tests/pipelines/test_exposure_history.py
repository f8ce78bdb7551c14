"""Windows of exposure over the history of a real repository: by month, by release tag."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from made_repositories import add_commits, git, make_repository, package_lock

from pipelines.cli import main

_ADVISORIES = [
    {
        "id": "CVE-2024-0001",
        "modified": "2024-02-20T00:00:00Z",
        "published": "2024-02-20T00:00:00Z",
        "affected": [
            {
                "package": {"ecosystem": "npm", "name": "lib"},
                "ranges": [{"type": "SEMVER", "events": [{"introduced": "1.1.0"}, {"fixed": "1.3.0"}]}],
            }
        ],
    }
]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """lib 1.0.0 in January 2024, 1.1.0 in February, 1.2.0 in March, 1.3.0 in April, 1.2.0 again in May."""
    folder = tmp_path_factory.mktemp("windows")
    repository = make_repository(folder / "shop", [])
    for day, version in ((0, "1.0.0"), (40, "1.1.0"), (70, "1.2.0"), (100, "1.3.0"), (130, "1.2.0")):
        add_commits(repository, [{"package-lock.json": package_lock("shop", {"lib": version})}], first=day)
        git(repository, "tag", f"v{day:03}", "main")
    (folder / "osv").mkdir()
    (folder / "osv" / "npm.jsonl").write_text("".join(json.dumps(a) + "\n" for a in _ADVISORIES))
    return folder


def ask(given: Path, *words: str) -> Result:
    return CliRunner().invoke(
        main, ["exposure", str(given / "shop"), "--advisories", str(given / "osv"), *words]
    )


@pytest.mark.parametrize("words", [(), ("--tags", "v*")])
def test_windows_when_a_fix_is_taken_back_then_there_are_two(given: Path, words: tuple[str, ...]) -> None:
    history = json.loads(ask(given, *words, "--format", "json").stdout)
    days = [snapshot["day"] for snapshot in history["snapshots"]]
    assert days == ["2024-01-01", "2024-02-10", "2024-03-11", "2024-04-10", "2024-05-10"]
    second, first = history["windows"]
    assert (first["entered_day"], first["left_day"]) == ("2024-02-10", "2024-04-10")
    assert (first["days"], first["days_known"]) == (60, 50)
    assert first["versions"] == ["1.1.0", "1.2.0"]
    assert not first["began_earlier"]
    assert (second["entered_day"], second["left_day"]) == ("2024-05-10", None)
    assert history["mean_days_to_remediate"] == 50.0


def test_windows_when_history_is_cut_then_the_first_began_earlier(given: Path) -> None:
    history = json.loads(ask(given, "--since", "2024-03-01", "--format", "json").stdout)
    assert [window["began_earlier"] for window in history["windows"]] == [False, True]
    assert "2 exposures, 1 still in; 30 days to remediate" in ask(given, "--since", "2024-03-01").stdout


@pytest.fixture(scope="module")
def run_workspace(given: Path) -> Callable[[str], Result]:
    def run(snapshots: str) -> Result:
        (given / "workspace.toml").write_text(
            '[[enterprises]]\nid = "one"\nrepositories = ["shop"]\n'
            f'[advisories]\nfolders = ["osv"]\n[snapshots]\n{snapshots}\n[taxonomy]\npackaged = false\n'
        )
        done = CliRunner().invoke(main, ["run", str(given), "--jobs", "1", "--no-report"])
        assert done.exit_code == 0, done.output
        return CliRunner().invoke(main, ["exposure", str(given), "--format", "json"])

    return run


@pytest.mark.slow
def test_workspace_when_it_asks_for_snapshots_then_exposures_say_since_when(
    given: Path, run_workspace: Callable[[str], Result]
) -> None:
    history = json.loads(run_workspace("months = 3").stdout)
    assert [snapshot["label"] for snapshot in history["snapshots"]] == ["2024-03", "2024-04", "2024-05"]
    assert [window["entered_snapshot"] for window in history["windows"]] == ["2024-05", "2024-03"]
    query = "select first_seen, last_seen from mart.vulnerability_exposure"
    done = CliRunner().invoke(main, ["query", str(given), query, "--format", "csv"])
    assert done.stdout.splitlines()[1:] == ["2024-05-10,2024-05-10"]

    kept = sorted(path.stem for path in given.glob(".chainatlas/snapshots/*/*.parquet"))
    assert kept == sorted(snapshot["commit_sha"] for snapshot in history["snapshots"])
    for path in given.glob(".chainatlas/snapshots/*/*.parquet"):
        forged = pq.read_table(path).slice(0, 0)
        pq.write_table(forged, path)
    again = json.loads(run_workspace("months = 4").stdout)
    assert again["snapshots"][0]["label"] == "2024-02"
    assert len(again["windows"]) == 1, "what was kept is read from its file"

    none = run_workspace("months = 0")
    assert none.exit_code == 2
    assert "months = 12" in none.output


def test_windows_when_no_tag_matches_or_nothing_is_there_then_one_line_says_so(given: Path) -> None:
    done = ask(given, "--tags", "release-*")
    assert done.exit_code == 2
    assert "none of its 5 tags matches" in done.output
    absent = CliRunner().invoke(main, ["exposure", str(given / "osv"), "--advisories", str(given / "osv")])
    assert absent.exit_code == 2
