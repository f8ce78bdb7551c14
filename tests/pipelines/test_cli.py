import ast
import errno
import os
import shlex
import subprocess
import sys
from pathlib import Path

import click
import duckdb
import pytest
from click.testing import CliRunner

import pipelines.cli
from pipelines.cli import main

COMMANDS = main.list_commands(click.Context(main))


def chainatlas(*words):
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *words], capture_output=True, text=True, check=False
    )


def test_help_when_asked_then_names_every_command():
    done = chainatlas("--help")
    assert done.returncode == 0
    assert "sbom" in COMMANDS
    for name in COMMANDS:
        assert f"\n  {name} " in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_when_asked_then_shows_an_example(name):
    command = main.get_command(click.Context(main), name)
    text = command.get_help(click.Context(command, info_name=name))
    assert "Example" in text
    assert f"chainatlas {name}" in text


def test_help_of_a_command_when_asked_then_nothing_heavy_is_imported():
    program = (
        "import sys; from pipelines.cli import main\n"
        "try: main(['sbom', '--help'])\n"
        "except SystemExit: print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert "click" in loaded
    assert not loaded & {"cyclonedx", "dagster", "duckdb", "lxml", "packageurl", "plotly", "pyarrow", "yaml"}


def test_version_when_asked_then_one_line():
    done = chainatlas("--version")
    assert done.stdout.startswith("chainatlas, version ")


def test_command_when_unknown_then_exit_code_2():
    done = chainatlas("sbmo")
    assert done.returncode == 2
    assert "No such command 'sbmo'. Did you mean sbom" in done.stderr
    assert "Did you mean" not in chainatlas("xyzzy").stderr


def hints():
    """Every command that another one names as the next: its words, `TARGET` for what the user named."""
    for file in sorted(Path(pipelines.cli.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "say_next":
                parts = getattr(node.args[0], "values", [node.args[0]])
                texts = [
                    part.value
                    if isinstance(part, ast.Constant)
                    else " TARGET"
                    if "shown_target" in ast.unparse(part)
                    else "WORD"
                    for part in parts
                ]
                yield pytest.param(shlex.split("".join(texts))[1:], id=file.stem)


@pytest.mark.parametrize("words", list(hints()))
def test_next_command_when_another_names_it_then_takes_these_words_in_this_order(words):
    context, command = click.Context(main), main
    while isinstance(command, click.Group):
        name, *words = words
        command = command.get_command(context, name)
    context = command.make_context(name, words)
    if "TARGET" in words and "target" in context.params:
        assert context.params["target"] == Path("TARGET")


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "state/x"),
        duckdb.IOException("No space left on device"),
    ],
)
def test_any_command_on_a_full_disk_says_so_in_a_line(monkeypatch, tmp_path, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("pipelines.run.run_pipeline", fail)
    done = CliRunner().invoke(main, ["run", str(tmp_path)])
    assert done.exit_code == 2
    assert "Error: the disk is full" in done.stderr


def test_any_command_with_a_fault_of_its_own_does_not_hide_it(monkeypatch, tmp_path):
    def fail(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("pipelines.run.run_pipeline", fail)
    assert isinstance(CliRunner().invoke(main, ["run", str(tmp_path)]).exception, ZeroDivisionError)
