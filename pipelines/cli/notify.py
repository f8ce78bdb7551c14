"""`chainatlas notify`: tell a team what got worse."""

import os
from pathlib import Path

import click

from pipelines.cli._messages import message
from pipelines.cli._options import target_argument
from pipelines.cli._terminal import printable

ADDRESSES_VARIABLE = "CHAINATLAS_NOTIFY"


@click.command(
    short_help="Tell a team what got worse since the publication before.",
    epilog="\b\nExamples:\n  chainatlas notify ~/code --dry-run\n"
    "  CHAINATLAS_NOTIFY='dingtalk://… mailto://…' chainatlas notify ~/code\n"
    "  chainatlas run ~/code && chainatlas notify ~/code --addresses ~/.config/chainatlas-addresses",
)
@target_argument
@click.option(
    "--addresses",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Addresses, one a line, in a file that only its owner can read.",
)
@click.option("--language", type=click.Choice(["zh-CN", "en"]), default="zh-CN", show_default=True)
@click.option("--dry-run", is_flag=True, help="Print the message and send nothing.")
@click.option("--again", is_flag=True, help="Send it even if it was sent already.")
def command(target: Path, *, addresses: Path | None, language: str, dry_run: bool, again: bool) -> None:
    """Send what got worse in TARGET to DingTalk, Feishu, WeCom, e-mail, webhooks or others.

    New urgent or critical exposures, verdicts that changed, upstreams that fell silent, weaker cryptography,
    certificates that ran out, projects that hang on fewer people, scans that fail. Addresses have the forms
    of Apprise, such as dingtalk://TOKEN, and come from CHAINATLAS_NOTIFY or a file. A message is sent once.
    """
    from pipelines.crawl.forge.tokens import read_private
    from pipelines.crawl.send import send_message
    from pipelines.discovery import find_state
    from pipelines.notices import compose_notice
    from reports.texts import Words

    state = find_state(target)
    notice = compose_notice(state.published, Words(language))
    if notice is None:
        click.echo(message("nothing got worse since the publication before"))
        return
    if dry_run:
        click.echo(printable(notice.title))
        for line in notice.body.splitlines():
            click.echo(printable(line))
        return
    sent = state.path / "notified"
    if not again and sent.is_file() and sent.read_text("ascii").strip() == notice.digest:
        click.echo(message("sent already; --again sends it once more"))
        return
    given = os.environ.get(ADDRESSES_VARIABLE, "").split()
    if addresses is not None:
        given += [line.strip() for line in read_private(addresses).splitlines()]
    given = [address for address in given if address and not address.startswith("#")]
    if not given:
        raise click.UsageError(f"nobody to tell: set {ADDRESSES_VARIABLE} or name a file with --addresses")
    count = send_message(given, notice.title, notice.body)
    sent.write_text(notice.digest, "ascii")
    click.echo(message("sent to {count} addresses", count=count))
