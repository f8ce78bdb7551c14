"""Help in two languages: every English text has a Chinese one, and the locale says which is shown."""

import os
import subprocess
import sys
from collections.abc import Iterator
from unicodedata import east_asian_width

import click
import pytest
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.cli._language import catalogue

_CHINESE = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "zh_CN.UTF-8"}


def commands(command: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """All commands by their path; the root's is empty."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from commands(found, f"{path} {name}".strip())


with pytest.MonkeyPatch.context() as patch:  # while tests are collected, no fixture has set the locale
    patch.setenv("LC_ALL", "C.UTF-8")
    COMMANDS = dict(commands(main))


def options(command: click.Command) -> dict[str, str]:
    return {p.name: p.help for p in command.params if isinstance(p, click.Option) and p.help}


def test_catalogue_when_compared_with_the_commands_then_has_their_texts_and_no_others() -> None:
    shared, texts = catalogue()["shared"], catalogue()["commands"]
    english = {
        path: {
            *(key for key, text in (("short", command.short_help), ("help", command.help)) if text),
            *(f"options.{name}" for name in options(command)),
        }
        for path, command in COMMANDS.items()
    }
    chinese = {
        path: {
            *(key for key in entry if key != "options"),
            *(f"options.{n}" for n in entry.get("options", ())),
        }
        for path, entry in texts.items()
    }
    assert set(chinese) == set(english)
    for path, wanted in english.items():
        missing = wanted - chinese[path] - {f"options.{name}" for name in shared}
        assert (path, missing, chinese[path] - wanted) == (path, set(), set())


def test_shared_texts_when_used_then_stand_for_one_english_text_of_several_commands() -> None:
    texts = catalogue()["commands"]
    for name in catalogue()["shared"]:
        stood_for = [
            options(command)[name]
            for path, command in COMMANDS.items()
            if name in options(command) and name not in texts[path].get("options", {})
        ]
        assert (name, len(stood_for) > 1, len(set(stood_for))) == (name, True, 1)


@pytest.mark.parametrize("path", COMMANDS)
def test_help_when_the_locale_is_chinese_then_is_chinese_and_fits_the_terminal(path: str) -> None:
    done = CliRunner(env=_CHINESE).invoke(main, [*path.split(), "--help"])
    assert done.exit_code == 0, done.output
    for word in ("Usage", "Options", "Commands", "Example", "Show this", "default:"):
        assert word not in done.output
    assert "用法：" in done.output
    if path:
        assert "示例：" in done.output or path == "taxonomy"
    examples = done.output.partition("示例：")[0]
    columns = {line: sum(1 + (east_asian_width(c) in "WF") for c in line) for line in examples.splitlines()}
    assert {line for line, width in columns.items() if width > 80} == set()


@pytest.mark.parametrize(
    ("variables", "word"),
    [
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "zh_TW.UTF-8"}, "用法："),
        ({"LC_ALL": "C", "LC_MESSAGES": "", "LANG": "zh_CN.UTF-8"}, "Usage:"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "de_DE.UTF-8"}, "Usage:"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": ""}, "Usage:"),
    ],
)
def test_help_when_asked_then_the_first_variable_that_is_set_decides(
    variables: dict[str, str], word: str
) -> None:
    assert CliRunner(env=variables).invoke(main, ["gaps", "--help"]).output.startswith(word)


def test_command_when_the_locale_is_chinese_then_works_as_in_english(tmp_path) -> None:
    done = CliRunner(env=_CHINESE).invoke(main, ["taxonomy", "check", str(tmp_path / "absent")])
    assert (done.exit_code, "没有这个文件或文件夹" in done.output) == (2, True)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_when_asked_then_prints_a_script_for_the_shell(shell: str) -> None:
    done = CliRunner().invoke(main, ["completion", shell])
    assert done.exit_code == 0
    assert f"_CHAINATLAS_COMPLETE={shell}_complete" in done.output


def test_completion_when_a_word_is_begun_then_names_what_begins_so() -> None:
    asked = {"_CHAINATLAS_COMPLETE": "bash_complete", "COMP_WORDS": "chainatlas sim", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli"],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["plain,simulate"]
