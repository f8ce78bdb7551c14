"""Logs of a run for machines: one JSON object a line, with the ids of the run and of the repository.

`CHAINATLAS_LOG=json` switches them on; they go to standard error.
"""

import logging
import os
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

VARIABLE = "CHAINATLAS_LOG"
run_id: ContextVar[str | None] = ContextVar("run_id", default=None)
"""The run that this process is in."""
_OURS = ("pipelines", "warehouse", "sbom", "reports")


def wanted() -> bool:
    """Whether the environment asks for them."""
    return os.environ.get(VARIABLE) == "json"


def start_logging() -> None:
    """Write what our packages log as JSON, if the environment asks for it."""
    if not wanted():
        return
    handler = logging.StreamHandler()
    handler.setFormatter(
        JsonFormatter(
            "%(message)s",
            rename_fields={"levelname": "level"},
            timestamp=True,
        )
    )
    handler.addFilter(_with_run)
    for name in _OURS:
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False


def _with_run(record: logging.LogRecord) -> bool:
    record.run_id = run_id.get()
    record.level, record.logger = record.levelname.lower(), record.name
    return True
