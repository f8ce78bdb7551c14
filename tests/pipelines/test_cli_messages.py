"""What commands print is Chinese where the locale asks for it: every text has a row, and no row is idle."""

import ast
import errno
import io
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from unicodedata import east_asian_width

import click
import pyarrow as pa
import pytest
from click.testing import CliRunner
from made_repositories import make_repository

from notebooks import notebook_files
from pipelines import quality
from pipelines.cli import main
from pipelines.cli._messages import in_locale, message, messages
from pipelines.cli._tables import write_table

ROOT = Path(__file__).parents[2]
COMMANDS = ROOT / "pipelines" / "cli"
PACKAGES = ("pipelines", "reports", "sbom", "warehouse")
CHINESE = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "zh_CN.UTF-8"}
SHOWN = {
    *("Absent", "AttestationError", "CrawlError", "CryptoPolicyError", "Gone", "LimitReached", "Malformed"),
    *("PipelineError", "PolicyError", "ReportError", "Resting", "ScanError", "SourceError", "Unanswered"),
    *("Unparsable", "WarehouseError"),
}
"""Errors whose texts people read: at a command, in the records of a run, among what a scan could not read."""
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


@pytest.mark.parametrize("section", ["commands", "below", "click", "system"])
def test_messages_when_compared_with_their_template_then_have_the_same_places(section: str) -> None:
    for english, chinese in messages()[section].items():
        assert sorted(PLACE.findall(chinese)) == sorted(PLACE.findall(english))
        assert english.startswith("  ") == chinese.startswith("  ")


def test_message_when_the_locale_is_chinese_then_fills_the_places_of_the_chinese_text(chinese: None) -> None:
    assert message("{name} not loaded", name="{KEV}") == "{KEV} 未载入"
    assert message("a text without a row: {number:.1f}", number=2) == "a text without a row: 2.0"


def test_messages_when_compared_with_what_stands_below_the_commands_then_no_row_is_idle() -> None:
    ours = {skeleton(node) for _, node in nodes(*(ROOT / name for name in PACKAGES))}
    sql = "".join(file.read_text("utf-8") for file in sorted((ROOT / "warehouse").rglob("*.sql")))
    for template in messages()["below"]:
        assert skeleton(template) in ours or f"'{template}'" in sql, template


def test_messages_when_compared_with_click_then_its_texts_stand_there() -> None:
    texts = {skeleton(text) for _, node in nodes(Path(click.__file__).parent) if (text := skeleton(node))}
    told = [re.escape(text).replace(r"\{\}", ".+") for text in texts if text and re.search("[a-z]{3}", text)]
    known = re.compile("|".join(f"(?:{text})(?: .+)?" for text in told), re.DOTALL)
    for template in messages()["click"]:
        assert known.fullmatch(template), template


def test_messages_when_compared_with_the_operating_system_then_it_says_so() -> None:
    assert set(messages()["system"]) <= {os.strerror(number) for number in errno.errorcode}


def raised(*folders: Path) -> Iterator[tuple[str, str, str]]:
    """Place, class and skeleton of the text of every error that is raised with one."""
    for file, node in nodes(*folders):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            for text in filter(None, map(skeleton, node.exc.args)):
                yield f"{file}:{node.lineno}", ast.unparse(node.exc.func), text


def test_errors_when_a_command_raises_one_then_it_has_a_row() -> None:
    rows = {skeleton(template) for template in messages()["below"]}
    for place, kind, text in raised(COMMANDS):
        assert not kind.endswith(("Error", "Parameter")) or text in rows, f"{place}: {text}"


def test_errors_when_raised_below_the_commands_then_those_that_people_see_have_a_row() -> None:
    rows = {skeleton(template) for template in messages()["below"]}
    seen = [
        (place, text) for place, kind, text in raised(*(ROOT / name for name in PACKAGES)) if kind in SHOWN
    ]
    assert len(seen) > 250
    assert [
        f"{place}: {text}" for place, text in seen if text not in rows and re.search("[a-z]{3}", text)
    ] == []


def bare_words(node: ast.AST) -> Iterator[str]:
    """Words that would be printed as they are: no `message` and the like is asked for them."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) != "printable":
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from re.findall("[A-Za-z]{2,}", node.value)
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FormattedValue | ast.Subscript):
            yield from bare_words(child)


def test_commands_when_they_print_then_every_word_goes_through_the_messages() -> None:
    for file, node in nodes(COMMANDS):
        printed: list[ast.expr] = []
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("click.echo", "_say", "out.write"):
            printed = node.args
        if isinstance(node, ast.Yield) and node.value is not None:
            printed = [node.value]
        words = [word for part in printed for word in bare_words(part) if word not in ("pkg", "VEX")]
        assert not words, f"{file}: {ast.unparse(node)}"


def test_checks_of_the_tables_when_they_fail_then_their_names_and_facts_have_words() -> None:
    checks = {
        node.name
        for _, node in nodes(ROOT / "pipelines")
        if isinstance(node, ast.FunctionDef) and "dg.asset_check" in map(called, node.decorator_list)
    }
    facts = {
        key.value
        for file, node in nodes(ROOT / "pipelines")
        if isinstance(node, ast.Dict) and file in ("quality.py", "checks.py")
        for key in node.keys
        if isinstance(key, ast.Constant) and key.value not in quality.RAW_KEYS
    }
    assert checks | facts <= messages()["values"].keys()
    assert len(checks) > 5


def test_comments_of_a_first_workspace_when_the_locale_is_chinese_then_are_and_the_keys_are_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make_repository(tmp_path / "shop")
    for name in ("en", "zh"):
        done = CliRunner(env=CHINESE if name == "zh" else {}).invoke(
            main, ["init", str(tmp_path), "-o", str(tmp_path / f"{name}.toml")]
        )
        assert done.exit_code == 0, done.output
    english, chinese = ((tmp_path / f"{name}.toml").read_text("utf-8") for name in ("en", "zh"))
    assert tomllib.loads(english) == tomllib.loads(chinese)
    told = re.findall(r"# ([^#\n]*)$", english, re.MULTILINE)
    keys = [text for text in told if re.match(r"\[|\w+ = ", text)]
    assert set(told) - set(keys) == set(messages()["workspace"])
    assert [line.partition("#")[0] for line in chinese.splitlines()] == [
        line.partition("#")[0] for line in english.splitlines()
    ]


def test_notebooks_when_listed_then_what_they_are_about_has_words() -> None:
    for file in notebook_files().values():
        text = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
        assert text.splitlines()[0] in messages()["values"]


def called(node: ast.expr) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


@pytest.mark.parametrize(
    ("english", "wanted"),
    [
        ("/x: no such file or folder; name a folder or a workspace.toml", "/x：没有这个文件或文件夹；"),
        ("/a b/key: cannot be read: Permission denied", "/a b/key：无法读取：没有权限"),
        ("/a: a run is on already; wait until it ends, or stop it", "/a：已有运行在进行；"),
        (
            "/a: a run is on already, begun at 9 by me@here, process 7; wait until it ends, or stop it",
            "/a：已有运行在进行（me@here 于 9 开始，进程 7）；",
        ),
        ("w.toml:3: unknown key 'x'; did you mean 'y'?\nw.toml:4: a new text", "w.toml:3: 没有键 'x'；是否"),
        (
            "Invalid value for '-j' / '--jobs': 0 is not in the range x>=1.",
            "'-j' / '--jobs' 的值不对：0 不在",
        ),
        (
            "w:4: 'a' is named twice, first in line 2; give every enterprise and community its own id\n"
            "w:6: no such folder or BOM file: /x; correct or remove it\n"
            "w:7: unknown key 'x'; did you mean 'y'?",
            "w:4: 'a' 写了两次，首次在第 2 行；请让每家企业与社区各有标识\n"
            "w:6: 没有这个文件夹或 BOM 文件：/x；请改正或删除\nw:7: 没有键 'x'；是否想写 'y'？",
        ),
        (
            "pkg:npm/a@1: CVE-1: known to be exploited since 2026-01-02; act within 3 days",
            "pkg:npm/a@1: CVE-1: 自 2026-01-02 起已知被利用；3 天内处置",
        ),
    ],
)
def test_text_from_below_when_a_template_fits_then_is_chinese(
    chinese: None, english: str, wanted: str
) -> None:
    assert in_locale(english).startswith(wanted)


@pytest.mark.parametrize(
    "text", ["a text that nobody knows", "x: a new text; act within 3 days", "{path}: {}"]
)
def test_text_from_below_when_no_template_fits_then_stays_as_it_is(chinese: None, text: str) -> None:
    assert in_locale(text) == text


@pytest.mark.parametrize(
    ("arguments", "code", "wanted"),
    [
        (["query", "{folder}", "select 1"], 2, "尚未发布"),
        (["run", "{folder}"], 2, "其中没有 git 仓库"),
        (["run", "{folder}/absent"], 2, "没有这个文件或文件夹"),
        (["run", "--jobs", "0"], 2, "'-j' / '--jobs' 的值不对：0 不在范围 x>=1 之内。"),
        (["gaps", "--format", "xml"], 2, "'xml' 不是"),
        (["gasp"], 2, "没有命令 'gasp'。是否想用 gaps？"),
        (["query"], 2, "缺少参数 '[TARGET] SQL'。"),
        (["audit"], 2, "请给出 PATH 或 --bom FILE，且只给一个"),
        (["history", "{folder}"], 2, "不是 git 仓库"),
        (["doctor", "{folder}"], 0, "企业按文件夹名猜测"),
    ],
)
def test_command_when_the_locale_is_chinese_then_what_it_says_is(
    tmp_path: Path, arguments: list[str], code: int, wanted: str
) -> None:
    words = [word.format(folder=tmp_path) for word in arguments]
    done = CliRunner(env=CHINESE).invoke(main, words)
    assert (done.exit_code, wanted in done.output) == (code, True), done.output
    assert code == 0 or "错误：" in done.stderr
    assert not re.search(r"\b(Error|Usage|Try|the|not|is)\b", done.output.replace("error at", ""))


def written(output_format: str, *, as_stored: bool = False) -> str:
    rows = {"repository": ["a/failed"], "severity": ["high"], "status": ["failed"], "is_undone": [True]}
    out = io.StringIO()
    write_table(pa.table(rows), output_format, out, as_stored=as_stored)
    return out.getvalue()


def test_table_when_the_locale_is_chinese_then_people_read_chinese_and_programs_what_they_did(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    english = {kind: written(kind) for kind in ("json", "csv", "markdown")}
    for name, text in CHINESE.items():
        monkeypatch.setenv(name, text)
    assert written("markdown").splitlines()[::2] == [
        "| 仓库 | 严重程度 | 状态 | 已撤销 |",
        "| a/failed | 高危 | 失败 | 是 |",
    ]
    assert (written("json"), written("csv")) == (english["json"], english["csv"])
    assert written("markdown", as_stored=True) == english["markdown"]


def test_table_when_headings_are_two_columns_wide_then_its_lines_are_equally_wide(chinese: None) -> None:
    lines = written("table").splitlines()
    assert len({sum(1 + (east_asian_width(c) in "WF") for c in line) for line in lines[:-1]}) == 1
    assert lines[-1] == "1 行"
