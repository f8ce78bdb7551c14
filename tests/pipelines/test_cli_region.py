"""`init`, `run`, `query`, `report` and `doctor` on one small region, as a user would call them."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_repositories import add_commits, make_repository

from pipelines.cli import main
from pipelines.run_lock import hold_run_lock
from pipelines.state import StateFolder
from pipelines.workspace import load_workspace


def call(*words: object, code: int = 0, stdin: str | None = None) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words], input=stdin)
    assert result.exit_code == code, (result.output, result.exception)
    return result


def test_init_writes_a_workspace_that_runs_as_it_is(tmp_path: Path) -> None:
    make_repository(tmp_path / "Two Words" / "app")
    make_repository(tmp_path / "a[1]" / "lib")
    result = call("init", tmp_path)
    assert "2 enterprises guessed, 2 repositories found" in result.stdout
    workspace = load_workspace(tmp_path / "workspace.toml")
    assert {owner.id: owner.repositories for owner in workspace.settings.enterprises} == {
        "two-words": ["Two Words"],
        "a-1-": ["a[[]1]"],
    }
    assert "guesses from folder names" in (tmp_path / "workspace.toml").read_text("utf-8")


def test_init_elsewhere_names_the_repositories_from_there(tmp_path: Path) -> None:
    make_repository(tmp_path / "code" / "one" / "app")
    call("init", tmp_path / "code", "-o", tmp_path / "w.toml")
    workspace = load_workspace(tmp_path / "w.toml")
    assert workspace.settings.enterprises[0].repositories == ["code/one"]


def test_init_does_not_replace_a_file_unless_told(tmp_path: Path) -> None:
    make_repository(tmp_path / "app")
    path = tmp_path / "workspace.toml"
    path.write_text("mine")
    assert "is there already" in call("init", tmp_path, code=2).stderr
    assert path.read_text() == "mine"
    call("init", tmp_path, "--force")
    assert load_workspace(path).settings.enterprises[0].repositories == ["."]


def test_run_says_what_it_did_and_what_to_do_next(region: Path) -> None:
    said = (region / "stdout").read_text("utf-8")
    assert said.startswith(
        "3 repositories of 2 enterprises and communities: 3 scanned, 0 unchanged, 1 failed"
    )
    assert "failed: local/two/broken: sbom:" in said
    assert "not a git reference" in said
    assert "2 components, 2 edges, 3 commits" in said
    assert "/.chainatlas/report/index.html\n" in said
    assert "next: chainatlas query /" in said


def test_run_shows_progress_and_notes_beside_its_answer(region: Path) -> None:
    said = (region / "stderr").read_text("utf-8").splitlines()
    assert "HEAD cannot be read: " in said[0]
    assert "scan: 9/9" in said
    assert any(line.startswith("local/two/broken: sbom failed: ") for line in said)


@pytest.mark.slow
def test_run_as_json_has_the_same_in_numbers(region: Path) -> None:
    add_commits(region / "one" / "app", [{"b.py": "y\n"}], first=9)
    summary = json.loads(call("run", region, "--jobs", 1, "--quiet", "--format", "json").stdout)
    assert len(summary["rebuilt"]) + len(summary["renewed"]) == summary["models_built"]
    assert "core.commit" in summary["renewed"]
    assert "core.repository" in summary["rebuilt"]
    assert (summary["scanned"], summary["unchanged"]) == (1, 2)
    assert summary["counts"]["components"] == 2
    assert summary["counts"]["commits"] == 4
    assert {failure["repository"] for failure in summary["failures"]} == {"local/two/broken"}
    assert Path(summary["report"]).is_file()


def test_run_with_nothing_to_run_on_is_a_usage_error(tmp_path: Path) -> None:
    assert "no git repository below" in call("run", tmp_path, code=2).stderr
    assert "no such file or folder" in call("run", tmp_path / "x", code=2).stderr
    (tmp_path / "workspace.toml").write_text("[regoin]\n")
    assert (
        "workspace.toml:1: unknown key 'regoin'; did you mean 'region'?"
        in call("run", tmp_path, code=2).stderr
    )


def test_second_run_at_the_same_time_is_told_who_runs(region: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom pipelines.run_lock import hold_run_lock\n"
        "from pipelines.state import StateFolder\n"
        "with hold_run_lock(StateFolder(Path(sys.argv[1]))):\n"
        "    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    words = [sys.executable, "-c", code, str(region / ".chainatlas")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        message = call("run", region, code=2).stderr
        other.communicate()
    assert f"process {other.pid}" in message
    with hold_run_lock(StateFolder(region / ".chainatlas")):
        pass


def test_query_reads_the_published_answers(region: Path) -> None:
    sql = "select purl from raw.component order by purl"
    rows = json.loads(call("query", region, sql, "--format", "json").stdout)
    assert rows == [{"purl": "pkg:npm/left-pad@1.3.0"}, {"purl": "pkg:npm/lodash@4.17.21"}]
    shown = call("query", region, sql)
    table = shown.stdout
    assert f"next: chainatlas export {region}" in shown.stderr
    assert "pkg:npm/lodash@4.17.21" in table
    assert "2 rows" in table
    assert call("query", region, sql, "--format", "markdown").stdout.splitlines()[:2] == ["| purl |", "|---|"]


def test_query_as_csv_keeps_nulls_empty_and_quotes_text(region: Path) -> None:
    sql = "select 'a,\"b\nc' as text, null as nothing, [1, 2] as list"
    (row,) = csv.DictReader(io.StringIO(call("query", region, sql, "--format", "csv").stdout))
    assert row == {"text": 'a,"b\nc', "nothing": "", "list": "[1, 2]"}


def test_query_from_standard_input_and_environment(region: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAINATLAS_WORKSPACE", str(region))
    result = call("query", "-", "--format", "json", stdin="select count(*) as n from raw.repository")
    assert json.loads(result.stdout) == [{"n": 3}]


def test_query_says_when_it_shows_only_a_part(region: Path) -> None:
    result = call("query", region, "from range(5)", "--limit", 2, "--format", "json")
    assert len(json.loads(result.stdout)) == 2
    assert "only the first 2 rows" in result.stderr


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/hostname')",
        "copy raw.component to 'x.csv'",
        "delete from raw.component",
        "attach 'x.duckdb'",
        "select * from nowhere",
        "select 1; select 2",
    ],
)
def test_query_that_is_not_a_plain_query_is_refused(region: Path, sql: str) -> None:
    assert call("query", region, sql, code=2).stderr.startswith("Error: ")


def test_query_cannot_make_the_terminal_obey(region: Path) -> None:
    output = call("query", region, "select chr(27) || '[31mred' as a, 'x' || chr(8238) || 'y' as b").stdout
    assert "\x1b" not in output
    assert "\u202e" not in output
    assert "\\x1b[31mred" in output


def test_query_before_any_run_says_what_to_do(tmp_path: Path) -> None:
    assert "chainatlas run" in call("query", tmp_path, "select 1", code=2).stderr


def test_report_is_written_where_it_is_wanted(region: Path, tmp_path: Path) -> None:
    page = Path(call("report", region, "-o", tmp_path / "site").stdout.strip())
    assert page == tmp_path / "site" / "index.html"
    assert "<html" in page.read_text("utf-8")[:1000]


def test_doctor_finds_what_is_there_and_what_is_missing(region: Path) -> None:
    found = {item["name"]: item for item in json.loads(call("doctor", region, "--format", "json").stdout)}
    assert {name: item["status"] for name, item in found.items()} == {
        "python": "fine",
        "packages": "fine",
        "git": "fine",
        "confinement": found["confinement"]["status"],
        "workspace": "fine",
        "taxonomy": "fine",
        "disk": found["disk"]["status"],
        "warehouse": "fine",
        "published": "warning",
        "registries": "warning",
        "report": "fine",
    }
    assert "local/two/broken" in found["published"]["finding"]


def test_doctor_before_any_run_changes_nothing(tmp_path: Path) -> None:
    output = call("doctor", tmp_path).stdout
    assert "chainatlas run makes it" in output
    assert f"chainatlas init {tmp_path} writes one" in output
    assert list(tmp_path.iterdir()) == []


def test_doctor_names_a_broken_workspace_taxonomy_and_warehouse(tmp_path: Path) -> None:
    make_repository(tmp_path / "app")
    call("init", tmp_path)
    path = tmp_path / "workspace.toml"
    good = path.read_text("utf-8")
    path.write_text(good.replace("domains", "domain"), "utf-8")
    assert "unknown key 'domain'" in call("doctor", tmp_path, code=1).stdout
    (tmp_path / "taxonomy").mkdir()
    (tmp_path / "taxonomy" / "x.yaml").write_text("chains: 3\n")
    (tmp_path / ".chainatlas").mkdir()
    (tmp_path / ".chainatlas" / "warehouse.duckdb").write_bytes(b"not a database" * 1000)
    path.write_text(good.replace("folders = []", 'folders = ["taxonomy"]'), "utf-8")
    output = call("doctor", tmp_path, code=1).stdout
    assert "fault    taxonomy: " in output
    assert "x.yaml" in output
    assert "fault    warehouse: " in output


def test_doctor_without_git_says_what_to_install(region: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    output = call("doctor", region, code=1).stdout
    assert "fault    git: cannot be started" in output
    assert "install git 2.30 or newer" in output
