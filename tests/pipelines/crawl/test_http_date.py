from datetime import UTC, datetime

import pytest

from pipelines.crawl.http_date import http_date


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)),
        ("Sun, 06 Nov 1994 08:49:37 +0800", datetime(1994, 11, 6, 0, 49, 37, tzinfo=UTC)),
        ("Sun, 06 Nov 1994 08:49:37 -0000", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)),
        (None, None),
        ("", None),
        ("soon", None),
        ("Mon, 01 Jan 2024 00:00:00 +9999", None),
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999", None),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
    ],
)
def test_date_when_a_header_holds_it_then_it_is_a_moment_of_utc_or_none(
    text: str | None, moment: datetime | None
) -> None:
    found = http_date(text)
    assert found == moment
    assert found is None or found.tzinfo is UTC
