"""Send a message to the addresses of a team: DingTalk, Feishu, WeCom, e-mail, webhooks and a hundred more.

Apprise speaks with them; its documentation lists the forms of addresses. An address holds a secret, so it
comes from the environment or from a file that only its owner can read, and no error names it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from pipelines.errors import CrawlError

_LEAST_BYTES = 2048
"""What a message of WeCom may hold at most; Apprise counts characters, of which Chinese ones take three."""


def send_message(addresses: Sequence[str], title: str, body: str) -> int:
    """Send to every address and return how many took it.

    Raises:
        CrawlError: an address is none, or some did not take the message; only their kinds are named.
    """
    import apprise  # noqa: PLC0415  # loads a hundred services

    failed = []
    for number, address in enumerate(addresses, 1):
        kind = urlsplit(address).scheme or "no scheme"
        service = apprise.Apprise.instantiate(address)
        if service is None:
            raise CrawlError(f"address {number} ({kind}) is none that a message can be sent to")
        service.overflow_mode = apprise.OverflowMode.SPLIT
        if service.body_maxlen == _LEAST_BYTES:
            service.body_maxlen //= 3
        with _refusal_codes() as refused:
            sent = service.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
        if not sent or refused:
            told = f", error code {refused[0]}" if refused else ""
            failed.append(f"{number} ({kind}{told})")
    if failed:
        raise CrawlError(
            f"{len(failed)} of {len(addresses)} addresses did not take the message: {', '.join(failed)}"
        )
    return len(addresses)


@contextmanager
def _refusal_codes() -> Iterator[list[Any]]:
    """The error codes of answers meanwhile: DingTalk and WeCom refuse a message with HTTP status 200."""
    import requests  # noqa: PLC0415

    refused: list[Any] = []
    send = requests.Session.send

    def noted(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> Any:
        answer = send(session, request, **options)
        with suppress(ValueError):
            told = answer.json()
            if isinstance(told, dict) and told.get("errcode"):
                refused.append(told["errcode"])
        return answer

    requests.Session.send = noted  # type: ignore[assignment,method-assign]  # Apprise shows no answers
    try:
        yield refused
    finally:
        requests.Session.send = send  # type: ignore[method-assign]
