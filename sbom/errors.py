"""Errors of the scan.

Each top-level package owns the root of its own errors, because `sbom`, `warehouse` and `reports` import
nothing of each other:

    Exception
    ├── sbom.errors.ScanError            a repository cannot be scanned at all
    │   ├── SourceError                  path, revision or object cannot be read
    │   └── LimitReached                 a limit of `sbom.limits.Limits` was hit
    ├── warehouse.errors.WarehouseError
    ├── reports.errors.ReportError
    └── pipelines.errors.PipelineError

`pipelines.errors.USER_ERRORS` names the four roots, which the command line turns into exit code 2.
"""


class ScanError(Exception):
    """A repository cannot be scanned; the message says what, where and what to do."""


class SourceError(ScanError):
    """A path, revision or git object cannot be read."""


class LimitReached(ScanError):
    """A configured limit was hit; the caller records it as an unknown of kind `limit`."""
