"""Help in Chinese where the locale asks for it; else English, as it stands in the commands.

A command is translated when it is looked up: a copy of it gets the texts of `_help/zh-CN.toml`.
"""

import copy
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar
from unicodedata import east_asian_width

import click

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
_WIDE = "\u2e80-\uffef"
_TOKEN = re.compile(rf"\s+|[（《“「]*(?:[{_WIDE}]|[^\s{_WIDE}]+)[，。；：、）》”」！？]*")
C = TypeVar("C", bound=click.Command)


def wants_chinese() -> bool:
    """Whether the locale of messages is a Chinese one, in the order in which POSIX looks."""
    return next(filter(None, map(os.environ.get, _VARIABLES)), "").startswith("zh")


def translated(command: C, path: str) -> C:
    """The command in the language of the locale; `path` is its name with those of the groups above it."""
    return _chinese(command, path) if wants_chinese() else command


@cache
def catalogue() -> Mapping[str, Any]:
    """`zh-CN.toml`: `click`, `shared`, and `commands` by path with `short`, `help` and `options`."""
    return tomllib.loads(files("pipelines.cli").joinpath("_help", "zh-CN.toml").read_text("utf-8"))


def _chinese(command: C, path: str) -> C:
    texts = catalogue()["commands"].get(path, {})
    own, shared = texts.get("options", {}), catalogue()["shared"]
    made = copy.copy(command)
    made.short_help = texts.get("short", command.short_help)
    made.help = texts.get("help", command.help)
    made.epilog = _click_words(command.epilog) if command.epilog else None
    made.params = [copy.copy(param) for param in command.params]
    for param in made.params:
        if isinstance(param, click.Option) and param.help:
            param.help = own.get(param.name) or shared.get(param.name, param.help)
    made.context_class = _Context
    if isinstance(made, click.Group):
        made.commands = {name: _chinese(sub, f"{path} {name}") for name, sub in made.commands.items()}
    return made


def _click_words(text: str) -> str:
    for english, chinese in catalogue()["click"].items():
        text = text.replace(english, chinese)
    return text


class _Formatter(click.HelpFormatter):
    """Lays out text whose characters are two columns wide and which breaks without spaces."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or catalogue()["click"]["Usage:"])

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{_click_words(heading)}：\n")

    def write_text(self, text: str) -> None:
        super().write_text(_folded(text, self.width - self.current_indent))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        rows = list(rows)
        first = min(max((len(term) for term, _ in rows), default=0), col_max) + col_spacing
        width = max(self.width - first - 2, 10)
        told = [(term, _folded(_click_words(text), width)) for term, text in rows]
        super().write_dl(told, col_max, col_spacing)


class _Context(click.Context):
    formatter_class = _Formatter


def _folded(text: str, width: int) -> str:
    """The text with its paragraphs broken at `width` columns and marked for click to leave them so."""
    paragraphs = re.split(r"\n\s*\n", text.strip("\n"))
    return "\n\n".join(
        paragraph if paragraph.startswith("\b") else "\b\n" + "\n".join(_lines(paragraph, width))
        for paragraph in paragraphs
    )


def _lines(paragraph: str, width: int) -> list[str]:
    lines, line, used = [], "", 0
    for token in _TOKEN.findall(paragraph):
        columns = sum(2 if east_asian_width(char) in "WF" else 1 for char in token)
        if used + columns > width and line:
            lines.append(line.rstrip())
            line, used = "", 0
        if line or not token.isspace():
            line, used = line + token, used + columns
    return [*lines, line.rstrip()] if line else lines
