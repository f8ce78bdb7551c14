"""The demo: what a stranger sees after one command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo") / "region"
    environment = {**os.environ, "LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8", "DAGSTER_HOME": ""}
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "demo", str(folder)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def query(folder: Path, sql: str) -> list[dict]:
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "query", str(folder), sql, "--format", "json"],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.slow
def test_demo_when_run_then_says_three_findings_and_where_the_report_is(demo: tuple[Path, str]) -> None:
    folder, output = demo
    findings = [line for line in output.splitlines() if line.startswith(("  1. ", "  2. ", "  3. "))]
    assert len(findings) == 3
    assert "环节" in findings[0]
    report = folder / ".chainatlas" / "report" / "index.html"
    assert str(report) in output
    assert report.stat().st_size < 8_000_000


@pytest.mark.slow
def test_demo_when_run_then_each_reader_has_answers(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    [supply] = query(folder, "select supply from mart.segment_supply where segment_id = 'cry-sm'")
    assert supply["supply"] == pytest.approx(1 / 3)
    [druid] = query(
        folder,
        "select path, line from core.component where enterprise_id = 'xinghe' and package_key like '%/druid'",
    )
    assert (druid["path"], druid["line"]) == ("portal-api/pom.xml", 20)
    [trace] = query(
        folder,
        "select sum(commits_upstream) as upstream from mart.contribution_by_enterprise"
        " where enterprise_id = 'panshi'",
    )
    assert trace["upstream"] > 0


@pytest.mark.slow
def test_demo_when_run_then_what_was_not_seen_is_said(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    [broken] = query(
        folder, "select path, kind from raw.unknown where repo_id like '%signal-center' and kind = 'broken'"
    )
    assert broken["path"] == "package-lock.json"
    [empty] = query(folder, "select components from mart.enterprise_coverage where enterprise_id = 'zhuying'")
    assert empty["components"] is None
