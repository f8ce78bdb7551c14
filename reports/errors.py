"""Errors of the reports; see `sbom.errors` for the whole tree."""


class ReportError(Exception):
    """A report cannot be built; the message says what, where and what to do."""
