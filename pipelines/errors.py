"""Errors of the pipelines; see `sbom.errors` for the whole tree."""

from reports.errors import ReportError
from sbom.errors import ScanError
from warehouse.errors import WarehouseError


class PipelineError(Exception):
    """A run cannot go on; the message says what, where and what to do."""


class WorkspaceError(PipelineError):
    """The workspace file is wrong or names something that does not exist."""


class PolicyError(PipelineError):
    """A policy, baseline or VEX file is wrong."""


class CrawlError(PipelineError):
    """Something outside (a repository's history, a forge, a registry) cannot be read."""


USER_ERRORS = (ScanError, WarehouseError, ReportError, PipelineError)
"""What the command line shows as one line, with exit code 2, instead of a traceback."""
