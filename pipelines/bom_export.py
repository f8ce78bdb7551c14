"""The bill of materials of an enterprise: the files of the last run, merged."""

from collections.abc import Mapping
from contextlib import closing
from importlib.metadata import version
from typing import Any

import orjson

from pipelines.errors import PipelineError
from pipelines.scan_job import bom_path
from pipelines.state import StateFolder
from sbom.bom_merge import merge_boms
from warehouse.store.database import open_published


class NoBomError(PipelineError):
    """Nothing of an enterprise could be read in the last run, so there is no bill of materials of it."""


def enterprise_bom(
    state: StateFolder, enterprise_id: str, spec_version: str
) -> tuple[dict[str, Any], list[str]]:
    """The merged document, and the repositories of which the last run wrote no BOM.

    Raises:
        WarehouseError: nothing has been published yet.
        NoBomError: no repository of this name was observed, or none has a BOM.
    """
    with closing(open_published(state.published)) as con:
        owners: Mapping[str, list[str]] = dict(
            con.execute(
                "select enterprise_id, list_sort(list(repo_id)) from raw.repository group by all order by all"
            ).fetchall()
        )
    if enterprise_id not in owners:
        known = ", ".join(owners) or "none"
        raise NoBomError(f"no repository of {enterprise_id!r} was observed; enterprises with some: {known}")
    documents, absent = {}, []
    for repo_id in owners[enterprise_id]:
        try:
            documents[repo_id] = orjson.loads(bom_path(state.boms, repo_id).read_bytes())
        except (OSError, orjson.JSONDecodeError):
            absent.append(repo_id)
    if not documents:
        raise NoBomError(f"{state.boms}: no BOM of {enterprise_id!r}; `chainatlas run` writes them")
    return merge_boms(documents, enterprise_id, version("chainatlas"), spec_version), absent
