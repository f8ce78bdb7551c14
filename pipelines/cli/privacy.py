"""`chainatlas privacy`: people who are not to be observed."""

import os
from pathlib import Path

import click

from pipelines.cli._options import WORKSPACE_VARIABLE


@click.group(name="privacy", short_help="Erase a person, or leave one out.")
def command() -> None:
    """Requests of people. They hold for all later runs and name people by keyed digests only.

    \b
    Examples:
      chainatlas privacy erase somebody@acme.example
      chainatlas privacy opt-out ~/code 3f2a…
    """


_words = click.argument("words", nargs=-1, required=True, metavar="[TARGET] PERSON|EMAIL")


@command.command(
    short_help="Delete names and addresses of a person for good.",
    epilog="\b\nExample:\n  chainatlas privacy erase ~/code somebody@acme.example",
)
@_words
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(words: tuple[str, ...], *, yes: bool) -> None:
    """Delete the names and addresses of one person from what was observed of TARGET (default: here).

    PERSON is a pseudonym as tables show it, EMAIL an address, known or not. All addresses that belong to the
    person are covered. Commits, trailers and tags stay and name nobody. What later crawls bring of the person
    is dropped before it is written. This cannot be undone.
    """
    from pipelines.privacy_stage import carry_out_request

    target, subject = _target_and_subject(words)
    if not yes:
        click.confirm(f"Erase {subject} for good?", abort=True, err=True)
    covered = carry_out_request(target, subject, "erase")
    click.echo(f"erased: {covered} names with an address; later runs keep none of them")


@command.command(
    "opt-out",
    short_help="Leave a person out of every table and report.",
    epilog="\b\nExamples:\n  chainatlas privacy opt-out somebody@acme.example\n"
    "  chainatlas privacy opt-out somebody@acme.example --withdraw",
)
@_words
@click.option("--withdraw", "is_withdrawn", is_flag=True, help="Observe the person again.")
def opt_out(words: tuple[str, ...], *, is_withdrawn: bool) -> None:
    """Leave one person out of what is computed and published of TARGET (default: here).

    PERSON is a pseudonym as tables show it, EMAIL an address, known or not. The person's commits count as
    those of nobody; names and addresses stay in the private warehouse, so that it can be withdrawn.
    """
    from pipelines.privacy_stage import carry_out_request, withdraw

    target, subject = _target_and_subject(words)
    if is_withdrawn:
        click.echo(f"withdrawn for {withdraw(target, subject)} addresses")
    else:
        covered = carry_out_request(target, subject, "opt-out")
        click.echo(f"left out from now on: {covered} names with an address")


def _target_and_subject(words: tuple[str, ...]) -> tuple[Path, str]:
    if len(words) > 2:
        raise click.UsageError("more than TARGET and one person or address")
    target = Path(words[0] if len(words) == 2 else os.environ.get(WORKSPACE_VARIABLE, "."))
    return target, words[-1]
