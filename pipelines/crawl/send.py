"""Send a message to the addresses of a team: DingTalk, Feishu, WeCom, e-mail, webhooks and a hundred more.

Apprise speaks with them; its documentation lists the forms of addresses. An address holds a secret, so it
comes from the environment or from a file that only its owner can read, and no error names it.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from pipelines.errors import CrawlError


def send_message(addresses: Sequence[str], title: str, body: str) -> int:
    """Send to every address and return how many took it.

    Raises:
        CrawlError: an address is none, or some did not take the message; only their kinds are named.
    """
    import apprise  # noqa: PLC0415  # loads a hundred services

    failed = []
    for number, address in enumerate(addresses, 1):
        service = apprise.Apprise()
        kind = urlsplit(address).scheme or "no scheme"
        if not service.add(address):
            raise CrawlError(f"address {number} ({kind}) is none that a message can be sent to")
        if not service.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT):
            failed.append(f"{number} ({kind})")
    if failed:
        raise CrawlError(
            f"{len(failed)} of {len(addresses)} addresses did not take the message: {', '.join(failed)}"
        )
    return len(addresses)
