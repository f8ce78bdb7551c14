"""Dates in headers of HTTP (RFC 9110, section 5.6.7), which a server may have made up."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def http_date(text: str | None) -> datetime | None:
    """The moment in UTC; null for what is no date."""
    if not text:
        return None
    try:
        at = parsedate_to_datetime(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):  # the last for an offset or a year beyond all bounds
        return None
