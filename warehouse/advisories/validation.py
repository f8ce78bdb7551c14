"""Whether a record follows the OSV schema, `osv_schema.json`.

The schema is written from the text of the OSV format, version 1.7, for what a reader relies on.
"""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

SCHEMA = Path(__file__).with_name("osv_schema.json")
_LONGEST_REASON = 300


@cache
def _validator() -> Any:
    return jsonschema_rs.validator_for(SCHEMA.read_text("utf-8"))


def find_fault(record: Any) -> str | None:
    """Why a record is not valid, null if it is."""
    if isinstance(record, Exception):
        return f"not JSON: {record}"[:_LONGEST_REASON]
    error = next(_validator().iter_errors(record), None)
    if error is not None:
        place = "/".join(map(str, error.instance_path)) or "record"
        return f"{place}: {error.message}"[:_LONGEST_REASON]
    for name in ("modified", "published", "withdrawn"):
        try:
            datetime.fromisoformat(record.get(name) or "0001-01-01T00:00:00Z")
        except ValueError as error:
            return f"{name}: {error}"[:_LONGEST_REASON]
    return None
