"""`chainatlas privacy`: people who are not to be observed."""

from pathlib import Path

import click

from pipelines.cli._messages import message
from pipelines.cli._options import target_argument


@click.group(name="privacy", short_help="Erase a person, or leave one out.")
def command() -> None:
    """Requests of people. They hold for all later runs and name people by keyed digests only.

    \b
    Examples:
      chainatlas privacy erase somebody@acme.example
      chainatlas privacy opt-out 3f2a… ~/code
    """


_subject_argument = click.argument("subject", metavar="PERSON|EMAIL")


@command.command(
    short_help="Delete names and addresses of a person for good.",
    epilog="\b\nExample:\n  chainatlas privacy erase somebody@acme.example ~/code",
)
@_subject_argument
@target_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(subject: str, target: Path, *, yes: bool) -> None:
    """Delete the names and addresses of one person from what was observed of TARGET (default: here).

    PERSON is a pseudonym as tables show it, EMAIL an address, known or not. All addresses that belong to the
    person are covered. Commits, trailers and tags stay and name nobody. What later crawls bring of the person
    is dropped before it is written. This cannot be undone.
    """
    from pipelines.privacy_stage import carry_out_request

    if not yes:
        click.confirm(message("Erase {subject} for good?", subject=subject), abort=True, err=True)
    covered = carry_out_request(target, subject, "erase")
    click.echo(
        message("erased: {covered} names with an address; later runs keep none of them", covered=covered)
    )


@command.command(
    "opt-out",
    short_help="Leave a person out of every table and report.",
    epilog="\b\nExamples:\n  chainatlas privacy opt-out somebody@acme.example\n"
    "  chainatlas privacy opt-out somebody@acme.example --withdraw",
)
@_subject_argument
@target_argument
@click.option("--withdraw", "is_withdrawn", is_flag=True, help="Observe the person again.")
def opt_out(subject: str, target: Path, *, is_withdrawn: bool) -> None:
    """Leave one person out of what is computed and published of TARGET (default: here).

    PERSON is a pseudonym as tables show it, EMAIL an address, known or not. The person's commits count as
    those of nobody; names and addresses stay in the private warehouse, so that it can be withdrawn.
    """
    from pipelines.privacy_stage import carry_out_request, withdraw

    if is_withdrawn:
        click.echo(message("withdrawn for {covered} addresses", covered=withdraw(target, subject)))
    else:
        covered = carry_out_request(target, subject, "opt-out")
        click.echo(message("left out from now on: {covered} names with an address", covered=covered))
