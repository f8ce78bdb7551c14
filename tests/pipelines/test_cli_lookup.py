"""`why` and `blast` on a workspace that was run."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_repositories import make_repository, write_small_taxonomy

from pipelines.cli import main

_LOCK = """\
# yarn lockfile v1


lib@^1.1.0:
  version "1.2.0"

top@1.0.0:
  version "1.0.0"
  dependencies:
    lib "^1.1.0"

web@1.0.0:
  version "1.0.0"
  dependencies:
    lib "^1.1.0"
"""
_ADVISORY = {
    "id": "GHSA-1111-2222-3333",
    "aliases": ["CVE-2026-0001"],
    "modified": "2026-01-01T00:00:00Z",
    "affected": [
        {
            "package": {"ecosystem": "npm", "name": "lib"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.5"}]}],
        }
    ],
}
_OPEN = {
    "id": "CVE-2026-0002",
    "modified": "2026-01-01T00:00:00Z",
    "affected": [
        {
            "package": {"ecosystem": "npm", "name": "open"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "1.1.0"}, {"fixed": "1.2.5"}]}],
        }
    ],
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An enterprise with a repository whose two direct dependencies lead to a vulnerable one."""
    folder = tmp_path_factory.mktemp("lookup")
    write_small_taxonomy(folder / "taxonomy")
    manifest = {"name": "shop", "dependencies": {"top": "1.0.0", "web": "1.0.0"}}
    files = {"package.json": json.dumps(manifest), "yarn.lock": _LOCK}
    tool = {"name": "tool", "dependencies": {"open": "^1.0.0"}}
    make_repository(folder / "one" / "shop", [{**files, "tool/package.json": json.dumps(tool)}])
    (folder / "osv").mkdir()
    (folder / "osv" / "npm.jsonl").write_text(json.dumps(_ADVISORY) + "\n" + json.dumps(_OPEN) + "\n")
    (folder / "workspace.toml").write_text(
        'as_of = 2026-06-30\n[[enterprises]]\nid = "one"\nrepositories = ["one"]\n'
        '[taxonomy]\npackaged = false\nfolders = ["taxonomy"]\n[advisories]\nfolders = ["osv"]\n'
    )
    done = CliRunner().invoke(main, ["run", str(folder), "--jobs", "1", "--no-report", "--quiet"])
    assert done.exit_code == 0, done.output
    return folder


def ask(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.parametrize(
    "subject", ["CVE-2026-0001", "ghsa-1111-2222-3333", "pkg:npm/lib", "pkg:npm/LIB", "pkg:npm/lib@1.2.0"]
)
def test_why_when_asked_for_a_vulnerability_or_package_then_shows_all_paths(
    workspace: Path, subject: str
) -> None:
    [sighting] = json.loads(ask("why", subject, workspace, "--format", "json").stdout)
    assert (sighting["path"], sighting["line"], sighting["hops"], sighting["path_count"]) == (
        "yarn.lock",
        4,
        1,
        2,
    )
    steps = [path["steps"] for path in sighting["paths"]]
    assert steps == [["pkg:npm/top@1.0.0", "pkg:npm/lib@1.2.0"], ["pkg:npm/web@1.0.0", "pkg:npm/lib@1.2.0"]]
    lines = _LOCK.splitlines()
    assert [lines[path["line"] - 1] for path in sighting["paths"]] == ["top@1.0.0:", "web@1.0.0:"]
    shown = ask("why", subject, workspace, "--paths", "1").stdout
    assert "npm/top@1.0.0 → npm/lib@1.2.0" in shown
    assert "1 more shortest paths" in shown
    rows = ask("why", subject, workspace, "--format", "csv").stdout.splitlines()
    assert [row.rpartition(",")[2] for row in rows] == [
        "path",
        "npm/top@1.0.0 → npm/lib@1.2.0",
        "npm/web@1.0.0 → npm/lib@1.2.0",
    ]


def test_why_when_a_version_is_not_known_then_says_that_it_cannot_say(workspace: Path) -> None:
    found = json.loads(ask("why", "CVE-2026-0002", workspace, "--format", "json").stdout)
    [(place, reason)] = [((row["path"], row["line"]), row["cannot_say"]) for row in found]
    assert (place, reason) == (("tool/package.json", 1), "the version is not known")
    assert "cannot say: the version is not known" in ask("why", "CVE-2026-0002", workspace).stdout


def test_query_when_target_and_sql_are_swapped_then_one_line_says_so(workspace: Path) -> None:
    done = ask("query", "select " + "repo_id, " * 100 + "1 from mart.risk_score", workspace)
    assert done.exit_code == 2
    assert done.output.startswith("Error: select repo_id")


def test_blast_when_asked_for_a_vulnerability_then_counts_who_stands_on_it(workspace: Path) -> None:
    [reach] = json.loads(ask("blast", "CVE-2026-0001", workspace, "--format", "json").stdout)
    assert reach["purl"] == "pkg:npm/lib@1.2.0"
    assert (reach["repositories"], reach["repositories_direct"], reach["enterprises"]) == (1, 0, 1)
    assert (reach["dependents"], reach["dependents_direct"]) == (2, 2)
    assert len(reach["transitive_in"]) == 1
    assert (reach["enterprises_direct_in"], reach["enterprises_transitive_in"]) == ([], ["one"])
    assert "by name in local/one/shop (enterprises: one)" in ask("blast", "pkg:npm/lib", workspace).stdout
    assert "1 repositories (0 direct, 1 by name only" in ask("blast", "pkg:npm/lib", workspace).stdout
    header, row = ask("blast", "pkg:npm/lib", workspace, "--format", "csv").stdout.splitlines()
    assert dict(zip(header.split(","), row.split(","), strict=True))["repositories_transitive"] == "1"


@pytest.mark.parametrize("command", ["why", "blast"])
@pytest.mark.parametrize("subject", ["pkg:npm/absent", "CVE-1999-0001", "nonsense"])
def test_lookup_when_nothing_is_meant_then_one_line_says_so(
    workspace: Path, command: str, subject: str
) -> None:
    done = ask(command, subject, workspace)
    assert done.exit_code == 2
    assert subject in done.output


def test_audit_when_given_a_workspace_then_judges_what_was_published(workspace: Path) -> None:
    done = ask("audit", workspace / "workspace.toml", "--format", "json")
    [finding] = json.loads(done.stdout)["findings"]
    assert finding["group"] == "CVE-2026-0001"
    assert finding["repository"].startswith("local/one/")
    assert done.exit_code == 0  # nobody rated it: on the priors there is no hurry
    table = ask("audit", workspace / "workspace.toml")
    assert re.search(rf"next: chainatlas why \S+ {workspace / 'workspace.toml'}", table.stderr)
    refused = ask("audit", workspace / "workspace.toml", "--vex", "x.json")
    assert refused.exit_code == 2
    assert "[vex]" in refused.output
    refused = ask("audit", workspace / "workspace.toml", "--format", "cyclonedx")
    assert refused.exit_code == 2
    assert "audit a single one" in refused.output
