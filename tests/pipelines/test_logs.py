"""Logs for machines name the run and the repository."""

import json
import logging

import pytest

from pipelines import logs
from pipelines.cli._progress import show_progress


def test_log_when_asked_for_as_json_then_each_line_has_run_and_repository(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    logger = logging.getLogger("pipelines")
    before = (logger.handlers, logger.level, logger.propagate)
    monkeypatch.setenv(logs.VARIABLE, "json")
    token = logs.run_id.set("run-1")
    try:
        logs.start_logging()
        logging.getLogger("pipelines.scan_stage").info(
            "scanned", extra={"repo_id": "a/b", "status": "failed"}
        )
        with show_progress() as progress:
            progress.begin("scan", 2)
            progress.advance()
            progress.note("a/b: no such commit")
        line, *others = map(json.loads, capsys.readouterr().err.splitlines())
    finally:
        logs.run_id.reset(token)
        logger.handlers, logger.level, logger.propagate = before
    assert {name: line[name] for name in ("message", "level", "run_id", "repo_id", "status")} == {
        "message": "scanned",
        "level": "info",
        "run_id": "run-1",
        "repo_id": "a/b",
        "status": "failed",
    }
    assert [(other["message"], other["level"], other["run_id"]) for other in others] == [
        ("scan: 2", "info", "run-1"),
        ("a/b: no such commit", "warning", "run-1"),
    ]
