"""Requests of people who are not to be observed, carried out in the whole state folder."""

import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from pipelines.discovery import open_workspace
from pipelines.errors import PipelineError
from pipelines.model_context import model_context
from pipelines.run_lock import hold_run_lock
from pipelines.state import StateFolder, locate_state
from pipelines.workspace import Workspace
from warehouse.runner import build_models
from warehouse.store.database import open_database
from warehouse.store.privacy import (
    Kind,
    check_key,
    request_privacy,
    withdraw_opt_out,
)
from warehouse.store.publish import publish_warehouse
from warehouse.store.rewrite import rewrite_database


def carry_out_request(target: Path, subject: str, kind: Kind) -> int:
    """Keep a request, build the models without the person, publish, and leave no bytes of old rows behind.

    Returns how many names with an address it covered. Scans of a killed run, which nobody has loaded yet, are
    dropped and made again.

    Raises:
        PipelineError: a run is on, or nothing was ever run.
        WarehouseError: nobody has the pseudonym, or the warehouse cannot be written.
    """
    workspace, state = _open(target)
    with hold_run_lock(state):
        with closing(open_database(state.warehouse)) as con:
            key = state.person_key()
            check_key(con, key)
            covered = request_privacy(con, key, subject, kind, datetime.now(UTC).date())
            build_models(con, model_context(workspace, state))
            publish_warehouse(con, state.published)
        shutil.rmtree(state.shards, ignore_errors=True)
        rewrite_database(state.warehouse)
    return covered


def withdraw(target: Path, email: str) -> int:
    """Let somebody who opted out be observed again; returns how many addresses that was.

    Raises:
        PipelineError: a run is on, or nothing was ever run.
        WarehouseError: the warehouse cannot be written.
    """
    workspace, state = _open(target)
    with hold_run_lock(state), closing(open_database(state.warehouse)) as con:
        withdrawn = withdraw_opt_out(con, state.person_key(), email)
        build_models(con, model_context(workspace, state))
        publish_warehouse(con, state.published)
    return withdrawn


def _open(target: Path) -> tuple[Workspace, StateFolder]:
    workspace = open_workspace(target.absolute())
    state = locate_state(workspace)
    if not state.warehouse.exists():
        raise PipelineError(f"{state.path}: holds no warehouse: `chainatlas run` makes it")
    return workspace, state
