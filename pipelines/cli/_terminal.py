"""Text from repositories on a terminal."""

import shlex
from pathlib import Path
from unicodedata import east_asian_width

import click

from pipelines.cli._messages import message

_LONGEST = 500


def say_next(command: str, why: str) -> None:
    """Name the next useful command on standard error, where it does not disturb what a program reads.

    `why` is English, with a row among the messages.
    """
    told = message("next: {command}   # {why}", command=command, why=message(why))
    click.echo(printable(told), err=True)


def shown_target(target: Path) -> str:
    """The target as a word of a command line, with the space before it; nothing for the current folder."""
    return "" if target == Path() else f" {shlex.quote(str(target))}"


def at_commit(name: str, commit: str | None) -> str:
    """What was read, and at which commit where it is a repository."""
    return message("{name} at {commit}", name=name, commit=commit[:12]) if commit else name


def padded(text: str, columns: int) -> str:
    """The text with spaces up to so many columns of a terminal; a Chinese character takes two."""
    wide = sum(east_asian_width(char) in "WF" for char in text)
    return f"{text:{max(columns - wide, 0)}}"


def printable(text: str) -> str:
    """The text with lines of readable length and escapes instead of characters that a terminal obeys.

    File names and lock files are untrusted: a control sequence or a right-to-left override in one could hide
    or forge what stands on the screen.
    """
    return "\n".join(_printable_line(line) for line in text.split("\n"))


def _printable_line(line: str) -> str:
    shown = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in shown
    )
