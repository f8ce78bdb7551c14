"""Errors of the reports; see `sbom.errors` for the whole tree."""


class ReportError(Exception):
    """A report cannot be built; the message says what, where and what to do."""


def misfit(what: str, error: Exception) -> ReportError:
    """The error of a query that the published copy does not answer, with what to do about it."""
    reason = str(error).partition("\n")[0]
    return ReportError(
        f"{what}: the published answers were made by another version of chainatlas, or are damaged"
        f" ({reason}); `chainatlas run` brings them up to date"
    )
