"""Errors as commands show them, in the language of the locale."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from pipelines.cli._language import wants_chinese
from pipelines.cli._messages import in_locale, message


class InputError(click.ClickException):
    """Something that a command was given is wrong; one line, exit code 2."""

    exit_code = 2


@contextmanager
def errors_in_locale() -> Iterator[None]:
    """Show errors that leave the block in Chinese where the locale asks for it; their exit codes stay.

    In other locales click shows them.
    """
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.ClickException as error:
        if not wants_chinese():
            raise
        context: click.Context | None = getattr(error, "ctx", None)
        if context is not None:
            command = f"{context.command_path} --help"
            click.echo(context.get_usage(), err=True)
            click.echo(message("Try '{command}' for help.", command=command) + "\n", err=True)
        click.echo(message("Error: {text}", text=in_locale(error.format_message())), err=True)
        raise click.exceptions.Exit(error.exit_code) from error
