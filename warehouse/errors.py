"""Errors of the warehouse; see `sbom.errors` for the whole tree."""


class WarehouseError(Exception):
    """A table, model, migration or query is wrong; the message says what, where and what to do."""
