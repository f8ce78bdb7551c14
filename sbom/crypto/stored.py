"""A scan's result as JSON, for whoever joins it with the packages of the same commit later."""

from typing import Any

import orjson

from sbom.crypto.model import (
    AssetType,
    Certificate,
    Confidence,
    Context,
    CryptoOccurrence,
    CryptoResult,
    KeyMaterial,
)


def dump_result(result: CryptoResult) -> bytes:
    """The result without what could not be read; lone surrogates of file names become `\\xNN`."""
    rows = {
        "name": result.name,
        "commit": result.commit,
        "committed_at": result.committed_at,
        "occurrences": result.occurrences,
        "certificates": result.certificates,
        "keys": result.keys,
    }
    try:
        return orjson.dumps(rows)
    except TypeError:
        return orjson.dumps(
            rows | {kind: _plain(rows[kind]) for kind in ("occurrences", "certificates", "keys")}
        )


def load_result(content: bytes) -> CryptoResult:
    """The result that `dump_result` wrote.

    Raises:
        ValueError: the content is something else.
    """
    try:
        rows = orjson.loads(content)
        return CryptoResult(
            name=rows["name"],
            commit=rows["commit"],
            committed_at=rows["committed_at"],
            occurrences=tuple(map(_occurrence, rows["occurrences"])),
            certificates=tuple(Certificate(**_typed(row)) for row in rows["certificates"]),
            keys=tuple(KeyMaterial(**_typed(row)) for row in rows["keys"]),
            unknowns=(),
            files_listed=0,
            files_parsed=0,
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a stored result: {error}") from error


def _occurrence(row: dict[str, Any]) -> CryptoOccurrence:
    typed = {
        "asset_type": AssetType(row["asset_type"]),
        "confidence": Confidence(row["confidence"]),
        "findings": tuple(row["findings"]),
    }
    return CryptoOccurrence(**(_typed(row) | typed))


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"context": Context(row["context"])}


def _plain(rows: Any) -> list[dict[str, Any]]:
    return [
        {
            name: value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
            for name in row.__slots__
            for value in (getattr(row, name),)
        }
        for row in rows
    ]
