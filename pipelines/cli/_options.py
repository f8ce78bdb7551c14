"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pipelines import WORKSPACE_VARIABLE

F = TypeVar("F", bound=Callable[..., Any])

target_argument = click.argument(
    "target", type=click.Path(path_type=Path), default=".", envvar=WORKSPACE_VARIABLE
)
"""A workspace file or a folder; the current folder if nothing is named."""


def format_option(*formats: str) -> Callable[[F], F]:
    """`--format`, the first one being the default."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How to write the result to standard output.",
    )
