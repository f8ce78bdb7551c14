"""Commands that source code puts together: `exec.Command("openssl", "enc", …)`, `"openssl enc -k " + key`.

A text is a command where its program begins it or follows what a shell ends a command with, and where it is
not said to somebody (messages, help, documentation). In a list of words the program stands first. What the
words mean is in `commands.yaml`, which calls and names only speak in `kinds.yaml`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ast_grep_py import SgNode

from sbom.crypto.commands import (
    COMMANDS,
    END,
    PROGRAMS,
    UNKNOWN_WORD,
    CommandUse,
    read_command,
    split_words,
    subcommands,
)
from sbom.crypto.compared import is_compared
from sbom.crypto.context import context_of
from sbom.crypto.kinds import kinds
from sbom.crypto.model import CryptoOccurrence
from sbom.crypto.paths import path_of
from sbom.crypto.rows import DETECTOR, DETECTOR_VERSION
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import CALLS, call_name, call_site, known_kinds
from sbom.crypto.values import Evaluator

_TEXTS = kinds("command_texts")
_PIECES = kinds("text_pieces")
_STRINGS = kinds("strings") | kinds("shell_texts")
_SHELL_TEXTS = kinds("shell_texts")
_OPERATIONS = kinds("operations")
_ARGUMENT_LISTS = kinds("argument_lists") | {"value_arguments"}
_LISTS = kinds("lists") | kinds("series")
_ELEMENTS = frozenset({"argument", "literal_element", "value_argument"})
_THROWS = kinds("throws")
_SETTINGS = kinds("settings") | kinds("definitions")
_SPEAKERS = kinds("speakers")
_RUNNERS = kinds("runners")
_NEW_LINE = re.compile(r"\n|\\n")
_NAME_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_FORMATS = re.compile(r"(?i)\w*(?:printf|format)\w*")
_BEFORE = re.compile(
    r"(?:^|\\n|[|;&(`\n]|(?:^|\s)(?:sudo|exec|env|time|nohup|then|do|else|xargs|-c|-exec|\w+=\S*)\s|\s[\"']|"
    + UNKNOWN_WORD
    + r"[\s/])\s*$"
)
_PROGRAM = re.compile(
    rf"(?<![\w.-])(?:[\w.~{UNKNOWN_WORD}/-]*/)?(?P<program>{PROGRAMS})(?:\.exe)?(?=[\s\"'])"
)
_ALONE = re.compile(rf"(?:[\w.~:/\\ {UNKNOWN_WORD}-]*[/\\])?(?P<program>{PROGRAMS})(?:\.exe)?")
_TOLD = re.compile(rf"-\w|\d|{UNKNOWN_WORD}")
_CONVERSION = re.compile(r"%(?:\d+\$)?[-+ #0]?\d*(?:\.\d+)?[sdvqx]|\{\w*\}")
_PROGRAM_OF = {"keygen": "ssh-keygen"}
_SHOWN = frozenset({"vue"})
"""Languages of what a browser runs, where a command is a text for people."""
_ADDERS = frozenset({"add", "arg", "args", "push"})
_MOST = 200
_LONGEST = 4000
"""Letters of a text that is looked into, as in scripts."""
_DEPTH = 8


@dataclass(frozen=True, slots=True)
class _Found:
    words: list[str]
    place: int


def command_rows(file: SourceFile, evaluator: Evaluator) -> list[CryptoOccurrence]:
    """An occurrence for each use of cryptography by a command that the file puts together."""
    if file.language.name in _SHOWN:
        return []
    return [
        _row(use, command.place, file)
        for leaf in _leaves(file)
        for command in _commands(leaf, evaluator)
        for use in read_command(command.words)
    ]


def _leaves(file: SourceFile) -> list[SgNode]:
    texts = known_kinds(file.grammar, _TEXTS)
    after = "|".join(sorted(re.escape(name) for names in subcommands().values() for name in names))
    regex = rf"{PROGRAMS}|^(?:{after})$"
    rule: Any = {"rule": {"any": [{"kind": kind} for kind in texts], "regex": regex}}
    leaves: list[SgNode] = file.root.find_all(rule) if texts else []
    return leaves[:_MOST]


def _commands(leaf: SgNode, evaluator: Evaluator) -> Iterator[_Found]:
    """The commands that begin in a piece of text."""
    string = _string_of(leaf)
    start = int(leaf.range().start.index)
    text = leaf.text()
    alone = _ALONE.fullmatch(text.strip())
    if alone and _is_whole(string, leaf):
        if words := _words_after(string, evaluator):
            yield _Found([alone["program"], *words], start)
        return
    if program := _named_program(string, text):
        rest = _words_after(string, evaluator, named=True)
        yield _Found([program[0], text, *rest], program[1])
        return
    if len(string.text()) > _LONGEST or _is_said(string):
        return
    whole, before = _whole(string, leaf, evaluator)
    for match in _PROGRAM.finditer(whole):
        at = match.start() - before
        if not 0 <= at < len(text) or not _BEFORE.search(whole[: match.start()]):
            continue
        if _NEW_LINE.search(whole[: match.start()]) and not (whole.startswith("#!") or _is_run(string)):
            continue  # a line of a longer text, which may well be an example in a manual
        end = END.search(whole, match.end())
        words = split_words(whole[match.end() : end.start() if end else len(whole)])
        if words and any(_TOLD.match(word) for word in words):
            yield _Found([match["program"], *words], start + match.start("program") - before)


def _string_of(leaf: SgNode) -> SgNode:
    """The text with its quotes that a piece stands in."""
    node = leaf
    for _ in range(3):
        above = node.parent()
        if above is None or above.kind() not in _STRINGS:
            break
        node = above
    return node


def _is_whole(string: SgNode, leaf: SgNode) -> bool:
    """Whether a text consists of one piece and is no part of a longer one."""
    above = string.parent()
    if above is not None and above.kind() in _OPERATIONS:
        return False
    return len(string.text()) <= len(leaf.text()) + 8 and string.kind() != "concatenated_string"


def _named_program(string: SgNode, text: str) -> tuple[str, int] | None:
    """The program, and where it stands, whose subcommand a text is: `[gmssl_bin, "reqsign", …]`."""
    parent, node = _list_around(string)
    if parent is None:
        return None
    items = [child for child in parent.children() if child.is_named()]
    place = next((index for index, item in enumerate(items) if item == node), 0)
    if place == 0 or items[place - 1].text()[:1] in "\"'`":
        return None
    name = path_of(items[place - 1].text()).rpartition(".")[2].lower()
    for program, names in subcommands().items():
        if text in names and program in name:
            return _PROGRAM_OF.get(program, program), int(items[place - 1].range().start.index)
    return None


def _list_around(string: SgNode) -> tuple[SgNode | None, SgNode]:
    """The list or arguments that a text is an element of, and the element."""
    node = string
    parent = string.parent()
    while parent is not None and parent.kind() in _ELEMENTS:
        node = parent
        parent = node.parent()
    if parent is None or parent.kind() not in _LISTS | _ARGUMENT_LISTS:
        return None, node
    return parent, node


def _words_after(string: SgNode, evaluator: Evaluator, *, named: bool = False) -> list[str]:
    """What follows a word of a command in its list or call, as far as the file tells; empty for no command.

    A program that is `named` by a variable stands before the word.
    """
    parent, node = _list_around(string)
    if parent is None:
        return []
    items = [child for child in parent.children() if child.is_named() and "comment" not in child.kind()]
    place = next((index for index, item in enumerate(items) if item == node), 0)
    before = {word for item in items[:place] for word in _words_of(item, evaluator)}
    if parent.kind() in _LISTS:
        if not named and before - {"sudo", "env", "-n"}:
            return []
    elif _speaks(_call_name(parent)):
        return []
    words = [word for item in items[place + 1 :] for word in _words_of(item, evaluator)]
    words += _words_of_chain(parent, evaluator)
    return words


def _words_of(node: SgNode, evaluator: Evaluator, depth: int = 4) -> list[str]:
    if depth <= 0:
        return [UNKNOWN_WORD]
    if node.kind() in _ELEMENTS or node.kind() in ("spread_element", "list_splat", "reference_expression"):
        inner = [child for child in node.children() if child.is_named()]
        return _words_of(inner[-1], evaluator, depth - 1) if inner else []
    if node.kind() in _LISTS:
        items = [child for child in node.children() if child.is_named() and "type" not in child.kind()]
        return [word for item in items for word in _words_of(item, evaluator, depth - 1)]
    if node.kind() in _STRINGS or node.kind() in _OPERATIONS:
        return split_words(_text_of(node, evaluator)) or [UNKNOWN_WORD]
    values = evaluator.values(node)
    return [str(values[0].text)] if len(values) == 1 else [UNKNOWN_WORD]


def _words_of_chain(arguments: SgNode, evaluator: Evaluator) -> list[str]:
    """Words that a builder adds: `Command::new("openssl").args(["genrsa"]).arg("2048")`."""
    found: list[str] = []
    node = arguments.parent()
    for _ in range(24):
        above = node.parent() if node is not None else None
        if node is None or above is None or above.kind() in _ARGUMENT_LISTS:
            break
        site = call_site(above) if above.kind() in CALLS else None
        made = site.receiver.range().start.index if site is not None and site.receiver is not None else -1
        if site is not None and made == node.range().start.index and _last(site.path) in _ADDERS:
            found += [word for given in site.arguments for word in _words_of(given.node, evaluator)]
        node = above
    return found


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _call_name(arguments: SgNode) -> str:
    """Last two names of the call whose arguments these are."""
    return ".".join(call_name(arguments).split(".")[-2:])


def _is_said(string: SgNode) -> bool:
    """Whether a text is for people: documentation, or given to what prints, logs, throws or describes."""
    if string.kind() in _SHELL_TEXTS:
        return False
    if is_compared(string):
        return True
    above = string.parent()
    if above is not None and above.kind() == "expression_statement":
        return True
    node, called = string, False
    for _ in range(_DEPTH):
        if above is None:
            return False
        kind = above.kind()
        if kind in _THROWS:
            return True
        if kind in _ARGUMENT_LISTS:
            called = True
            if _speaks(_call_name(above)):
                return True
        if kind in _SETTINGS and not called:
            children = [child for child in above.children() if child.is_named()]
            if len(children) > 1 and (children[0] == node or _speaks(path_of(children[0].text()))):
                return True
        if kind.endswith("statement") or kind in ("block", "statement_block", "class_body"):
            return False
        node, above = above, above.parent()
    return False


def _is_run(string: SgNode) -> bool:
    """Whether a text is given to a call that runs it, or is what a shell's quotes hold."""
    if string.kind() in _SHELL_TEXTS:
        return True
    above = string.parent()
    for _ in range(_DEPTH):
        if above is None or above.kind().endswith("statement"):
            return False
        if above.kind() in _ARGUMENT_LISTS:
            words = {word.lower() for word in _NAME_WORDS.findall(_call_name(above))}
            return bool(words & _RUNNERS)
        above = above.parent()
    return False


def _speaks(name: str) -> bool:
    """Whether a word of a name says that a text is for people: `log.Errorf`, `helpText`."""
    words = {word.lower() for word in _NAME_WORDS.findall(name)}
    return bool((words | {word.removesuffix("f").removesuffix("ln") for word in words}) & _SPEAKERS)


def _whole(string: SgNode, leaf: SgNode, evaluator: Evaluator) -> tuple[str, int]:
    """The text of the whole expression, and how much of it stands before the leaf."""
    top = string
    above = string.parent()
    while above is not None and (above.kind() in _OPERATIONS or above.kind() == "concatenated_string"):
        if len(above.text()) > _LONGEST:
            break
        top, above = above, above.parent()
    mark = int(leaf.range().start.index)
    pieces: list[str] = []
    before = [0]
    _render(top, evaluator, pieces, mark, before)
    text = "".join(pieces)
    return _formatted(text, top, evaluator, before)


def _text_of(node: SgNode, evaluator: Evaluator) -> str:
    pieces: list[str] = []
    _render(node, evaluator, pieces, -1, [0])
    return "".join(pieces)


def _render(node: SgNode, evaluator: Evaluator, pieces: list[str], mark: int, before: list[int]) -> None:
    """Add the text of an expression to the pieces; `before` becomes the length before the leaf at `mark`."""
    kind = node.kind()
    children = [child for child in node.children() if child.is_named()]
    if kind in _PIECES or (kind in _STRINGS and not children):
        if int(node.range().start.index) == mark:
            before[0] = sum(map(len, pieces))
        pieces.append(node.text() if kind in _PIECES else node.text().strip("\"'`"))
    elif kind in _STRINGS:
        for child in children:
            if child.kind() not in ("string_start", "string_end", "interpolation_start", "encoding"):
                _render(child, evaluator, pieces, mark, before)
    elif kind in _OPERATIONS:
        signs = {child.text() for child in node.children() if not child.is_named()}
        for child in children[:1] if "%" in signs else children:
            _render(child, evaluator, pieces, mark, before)
    else:
        inner = children[0] if len(children) == 1 and "interpolat" in kind + "substitution" else node
        values = evaluator.values(inner)
        pieces.append(str(values[0].text) if len(values) == 1 else UNKNOWN_WORD)


def _formatted(text: str, top: SgNode, evaluator: Evaluator, before: list[int]) -> tuple[str, int]:
    """The text with what it is formatted with in its place: `Sprintf("-t %s", type)`."""
    arguments = top.parent()
    given: list[SgNode] = []
    in_call = arguments is not None and arguments.kind() in _ARGUMENT_LISTS
    if arguments is not None and in_call and _FORMATS.search(_call_name(arguments)):
        items = [child for child in arguments.children() if child.is_named()]
        place = next((index for index, item in enumerate(items) if item == top), 0)
        given = items[place + 1 :]
    rest = iter(given)
    result, end, shift = [], 0, 0
    for match in _CONVERSION.finditer(text):
        if match[0].startswith("{") and "{}" not in text and not given:
            value = UNKNOWN_WORD
        else:
            node = next(rest, None)
            values = evaluator.values(node) if node is not None else []
            value = str(values[0].text) if len(values) == 1 else UNKNOWN_WORD
        result += [text[end : match.start()], value]
        if match.start() < before[0]:
            shift += len(value) - len(match[0])
        end = match.end()
    return "".join([*result, text[end:]]), before[0] + shift


def _row(use: CommandUse, place: int, file: SourceFile) -> CryptoOccurrence:
    line, column = file.place(place)
    return CryptoOccurrence(
        path=file.path,
        line=line,
        column=column,
        offset=place,
        language=file.language.name,
        rule="command-line",
        library=COMMANDS,
        api=use.api,
        context=context_of(file.path),
        parser=DETECTOR,
        parser_version=DETECTOR_VERSION,
        **use.attributes(),
    )
