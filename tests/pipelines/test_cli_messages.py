"""What commands print is Chinese where the locale asks for it: every text has a row, and no row is idle."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.cli._messages import message, messages

ROOT = Path(__file__).parents[2]
COMMANDS = ROOT / "pipelines" / "cli"
CHINESE = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "zh_CN.UTF-8"}
PLACE = re.compile(r"\{[^{}]*\}")


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in CHINESE.items():
        monkeypatch.setenv(name, text)


def nodes(*folders: Path) -> Iterator[tuple[str, ast.AST]]:
    """All that stands in the modules below the folders, with the module's name."""
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                yield file.name, node


def skeleton(node: ast.AST | str) -> str | None:
    """The fixed words of a text or template, with {} for each place; null for what is no text."""
    if isinstance(node, str):
        return PLACE.sub("{}", node)
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def templates() -> set[str]:
    """Every template that a command hands to `message`, and every reason of `say_next`."""
    found = set()
    for file, node in nodes(COMMANDS):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if (position := {"message": 0, "say_next": 1}.get(node.func.id)) is None:
                continue
            template = node.args[position]
            if isinstance(template, ast.Constant) and isinstance(template.value, str):
                found.add(template.value)
            else:
                assert file == "_terminal.py", f"{file}:{node.lineno}: a template is a literal text"
    return found


def test_messages_when_compared_with_the_commands_then_have_their_templates_and_no_others() -> None:
    assert templates() == set(messages()["commands"])


@pytest.mark.parametrize("section", ["commands", "below", "click"])
def test_messages_when_compared_with_their_template_then_have_the_same_places(section: str) -> None:
    for english, chinese in messages()[section].items():
        assert sorted(PLACE.findall(chinese)) == sorted(PLACE.findall(english))
        assert english.startswith("  ") == chinese.startswith("  ")


def test_message_when_the_locale_is_chinese_then_fills_the_places_of_the_chinese_text(chinese: None) -> None:
    assert message("{name} not loaded", name="{KEV}") == "{KEV} 未载入"
    assert message("a text without a row: {number:.1f}", number=2) == "a text without a row: 2.0"
