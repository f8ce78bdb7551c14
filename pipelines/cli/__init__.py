"""The command line `chainatlas`.

Every module of this package whose name does not start with `_` is a command: it defines `command`, a
`click.Command`, and imports what is heavy inside its function, so that each command starts at once.

Exit codes: 0 fine, 1 findings over a threshold, 2 bad usage or input.
"""

import difflib
import errno
import importlib
import os
import pkgutil
from typing import Any

import click

from pipelines.cli._errors import InputError, errors_in_locale
from pipelines.cli._language import translated
from pipelines.cli._messages import in_locale, message
from pipelines.cli._terminal import printable
from pipelines.errors import USER_ERRORS


class CommandFolder(click.Group):
    """A group whose commands are the modules of this package; only the one that is called is imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        names = (module.name for module in pkgutil.iter_modules(__path__))
        return sorted(name.replace("_", "-") for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            near = difflib.get_close_matches(cmd_name, self.list_commands(ctx), 3)
            if near and not ctx.resilient_parsing:
                ctx.fail(f"No such command {cmd_name!r}. Did you mean {' or '.join(near)}?")
            return None
        module = importlib.import_module(f"{__name__}.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return translated(command, cmd_name)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        with errors_in_locale():
            return super(CommandFolder, translated(self, "")).make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        with errors_in_locale():
            return self._invoke(ctx)

    def _invoke(self, ctx: click.Context) -> object:
        if os.environ.get("CHAINATLAS_LOG"):
            from pipelines.logs import start_logging

            start_logging()
        try:
            return super().invoke(ctx)
        except USER_ERRORS as error:
            told = in_locale(str(error))
            if "Corrupt database file" in told:
                told += message("; chainatlas doctor --repair moves a damaged file aside")
            raise InputError(printable(told)) from error
        except Exception as error:  # a full disk shows in whatever writes first, DuckDB's own errors among it
            if os.strerror(errno.ENOSPC) not in str(error):
                raise
            told = message("the disk is full; make room and call this again ({reason})", reason=error)
            raise InputError(printable(told)) from error


@click.command(cls=CommandFolder, name="chainatlas", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chainatlas")
def main() -> None:
    """链图: what a region's software industry builds, stands on, and keeps alive.

    \b
    chainatlas sbom PATH          bill of materials of one repository
    chainatlas COMMAND --help     what a command does, with an example
    """
