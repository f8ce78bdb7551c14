"""How collections mark a weak use of cryptography, or a sound one, on a line, a sample or a file.

A reader takes the files of a rule by path and text and returns the files to scan (samples within strings
become files of their own) and the marks on them. Readers by name: `READERS`.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape

import yaml

_LAST = 1_000_000
"""The last line of a mark on a whole file."""
_LONGEST = 80
"""Lines that a mark on the beginning of a statement, function or class covers at most."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a collection says about lines, from 1, both included: a weak use, or a sound one."""

    path: str
    first: int
    last: int
    weak: bool
    known_gap: bool = False
    """The collection says that its own tool tells it wrongly: not counted either way."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Texts by path, marks on them, and whether what is not marked is sound too."""

    texts: Mapping[str, str]
    marks: list[Mark]


Files = Mapping[str, bytes]
Reader = Callable[..., Marked]
"""Files, and what else the table gives by name."""


def semgrep(files: Files) -> Marked:
    """`ruleid: NAME` and `ok: NAME` in a comment before a statement; `todo…` is what the tool gets wrong.

    What an automatic mend makes of a file (`.fixed.`) keeps the comments of the weak one: left out.
    """
    texts, marks = _texts({path: text for path, text in files.items() if ".fixed." not in path}), []
    for path, text in texts.items():
        lines = text.splitlines()
        for index, line in enumerate(lines):
            told = re.search(r"(?:#|//|/\*|<!--|;|\*)\s*(todo)?(ruleid|ok)\s*:\s*[\w.,\s-]+", line)
            if told is None:
                continue
            after = next((at for at in range(index + 1, len(lines)) if not _is_remark(lines[at])), index)
            marks.append(_mark(path, lines, after, told[2] == "ruleid", known_gap=bool(told[1])))
    return Marked(texts, marks)


def sonar(files: Files) -> Marked:
    """`Noncompliant`, `Noncompliant@+1` and `Compliant` behind a line; FN and FP are the tool's own gaps."""
    texts, marks = _texts(files), []
    for path, text in texts.items():
        lines = text.splitlines()
        for index, line in enumerate(lines):
            told = re.search(
                r"(?:#|//|/\*)\s*(Non-?[Cc]ompliant|NOK|Compliant|COMPLIANT|OK)\b(?:@([+-]\d+))?", line
            )
            if told is not None:
                weak = told[1].startswith("N")
                gap = re.search(r"\bF[NP]\b|false (?:neg|pos)", line[told.start() :], re.IGNORECASE)
                marks.append(_mark(path, lines, index + int(told[2] or 0), weak, known_gap=bool(gap)))
    return Marked(texts, marks)


def sonar_js(files: Files) -> Marked:
    """Samples of ESLint's rule tester: `code` with `errors`, their number or a list, or without."""
    texts: dict[str, str] = {}
    marks: list[Mark] = []
    for path, text in _texts(files).items():
        samples = list(re.finditer(r"\bcode:\s*(`|')((?:(?!\1)[^\\]|\\.)*)\1", text, re.DOTALL))
        for number, sample in enumerate(samples):
            name = f"{path}.{number}/sample.js"
            texts[name] = sample[2].replace("\\`", "`").replace("\\$", "$").replace("\\n", "\n")
            until = samples[number + 1].start() if number + 1 < len(samples) else len(text)
            told = re.search(r"\berrors:\s*(\d+|\[)", text[sample.end() : until])
            if told is None:
                marks.append(Mark(name, 1, _LAST, weak=False))
            elif told[1] != "[":
                marks += [Mark(name, 1, _LAST, weak=True)] * int(told[1])
            else:
                count = _objects(text[sample.end() + told.end() : until])
                marks += [Mark(name, 1, _LAST, weak=True)] * max(1, count)
    return Marked(texts, marks)


def gosec(files: Files) -> Marked:
    """Samples in raw strings of Go with the number of issues in each: a package per sample."""
    texts: dict[str, str] = {}
    marks: list[Mark] = []
    for path, text in _texts(files).items():
        for number, sample in enumerate(
            re.finditer(r"\{\s*\[\]string\{((?:[^`]*?`[^`]*`)+?),?\s*\},\s*(\d+),", text)
        ):
            names = []
            for part, code in enumerate(re.findall(r"`([^`]*)`", sample[1])):
                names.append(f"{path}.{number}/part{part}.go")
                texts[names[-1]] = code
            count = int(sample[2])
            marks += [Mark(names[0], 1, _LAST, weak=True)] * count
            marks += [Mark(name, 1, _LAST, weak=False) for name in names if not count]
    return Marked(texts, marks)


def by_lines(files: Files, weak: str, sound: str) -> Marked:
    """Files whose tests only count issues: patterns of our own say which lines those are.

    `# Correct` and `# Incorrect` above groups of statements take precedence.
    """
    texts, marks = _texts(files), []
    for path, text in texts.items():
        lines = text.splitlines()
        section: bool | None = None
        for index, line in enumerate(lines):
            told = re.match(r"\s*# (Correct|Also correct|Incorrect|Also incorrect)", line)
            if told is not None:
                section = told[1].lower().endswith("incorrect")
            elif re.search(weak, line) and not re.search(sound, line):
                marks.append(_mark(path, lines, index, weak=section is not False))
            elif re.search(sound, line):
                marks.append(_mark(path, lines, index, weak=False))
    return Marked(texts, marks)


def cambench(files: Files) -> Marked:
    """A YAML file of facts per use: file, line, and whether it violates what it should keep."""
    texts = _texts({path: content for path, content in files.items() if path.endswith(".java")})
    marks = []
    for path, content in files.items():
        if path.endswith(".java"):
            continue
        usage = (yaml.safe_load(content) or {}).get("crypto-usage") or {}
        place = usage.get("location") or {}
        name = next((name for name in texts if name.endswith(str(place.get("file", "?")))), None)
        if name is not None and isinstance(place.get("line"), int):
            marks.append(_mark(name, texts[name].splitlines(), place["line"] - 1, bool(usage["violation"])))
    return Marked(texts, marks)


def cryptoapi_bench(files: Files) -> Marked:
    """A workbook: file, whether it is weak, lines. Two lines that looked like a date became a number."""
    sheet = next(content for path, content in files.items() if path.endswith(".xlsx"))
    texts = _texts({path: content for path, content in files.items() if path.endswith(".java")})
    paths = {path.rpartition("/")[2]: path for path in texts}
    marks = []
    for cells in _cells(sheet):
        path = paths.get(cells.get("B", "").strip())
        if path is None:
            continue
        lines = [int(number) for number in re.findall(r"\d+", cells.get("G", ""))]
        if lines and lines[0] > _LONGEST * 100:
            day = date(1899, 12, 30) + timedelta(days=lines[0])
            lines = [day.month, day.day]
        weak = cells.get("D") == "1"
        first, last = (min(lines), max(lines)) if weak and lines else (1, _LAST)
        marks.append(Mark(path, first, last, weak))
    return Marked(texts, marks)


def owasp(files: Files, category: str) -> Marked:
    """A table of test cases: name of the file, category, whether it is weak."""
    table = next(content for path, content in files.items() if path.endswith(".csv"))
    texts = _texts({path: content for path, content in files.items() if not path.endswith(".csv")})
    paths = {path.rpartition("/")[2].removesuffix(".java"): path for path in texts}
    return Marked(
        texts,
        [
            Mark(paths[name], 1, _LAST, weak == "true")
            for name, of, weak, *_ in csv.reader(io.StringIO(table.decode()))
            if name in paths and of == category
        ],
    )


def find_sec_bugs(files: Files) -> Marked:
    """Tests that expect a report `inClass("X")` and `atLine(12)` or at each line of a list."""
    samples = {path: content for path, content in files.items() if "/testcode/" in path}
    texts = _texts(samples)
    marks = []
    for path, content in files.items():
        if path in samples:
            continue
        for method in re.split(r"@Test\b", content.decode("utf-8", "replace"))[1:]:
            named = re.findall(r'getClassFilePath\("(testcode/[\w/$]+)', method)
            paths = [name for name in texts for one in named if name.endswith(f"/{one}.java")]
            told = list(_reports(method))
            for class_name, lines in told:
                place = next((name for name in paths if name.endswith(f"/{class_name}.java")), None)
                marks += [Mark(place, line, line, weak=True) for line in lines if place is not None]
            if not any(lines for _, lines in told) and "never()" in method:
                marks += [Mark(name, 1, _LAST, weak=False) for name in paths]
    return Marked(texts, sorted(set(marks), key=str))


READERS: Mapping[str, Reader] = {
    reader.__name__: reader
    for reader in (
        semgrep,
        sonar,
        sonar_js,
        gosec,
        by_lines,
        cambench,
        cryptoapi_bench,
        owasp,
        find_sec_bugs,
    )
}


def _objects(text: str) -> int:
    """Objects in a list of JavaScript whose opening bracket is behind us."""
    depth = count = 0
    for sign in text:
        if sign in "[{":
            count += depth == 0
            depth += 1
        elif sign in "]}":
            depth -= 1
            if depth < 0:
                break
    return count


def _reports(method: str) -> Iterator[tuple[str, list[int]]]:
    """Class and lines of each report that a test method expects, lines of a loop by its list."""
    lists = {
        name: [int(number) for number in numbers.split(",")]
        for name, numbers in re.findall(r"(\w+)\s*=\s*Arrays\.asList\(([\d, \n]+)\)", method)
    }
    loops = {}
    for variable, given in re.findall(r"for\s*\(\s*\w+\s+(\w+)\s*:\s*([^{]+?)\)\s*\{", method):
        inline = re.search(r"asList\(([\d, \n]+)\)", given)
        loops[variable] = [int(n) for n in inline[1].split(",")] if inline else lists.get(given.strip(), [])
    for report in re.findall(r"bugDefinition\(\)(.*?)\.build\(\)", method, re.DOTALL):
        class_name = re.search(r'inClass\("(\w+)', report)
        line = re.search(r"atLine\((\w+)\)", report)
        if class_name is not None and line is not None:
            yield class_name[1], [int(line[1])] if line[1].isdigit() else loops.get(line[1], [])


def _texts(files: Files) -> dict[str, str]:
    return {path: content.decode("utf-8", "replace") for path, content in files.items()}


def _is_remark(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith(("//", "#", "/*", "*", "<!--", ";", "@"))


def _mark(path: str, lines: list[str], index: int, weak: bool, *, known_gap: bool = False) -> Mark:
    """A mark from a line to where its brackets are closed."""
    depth = 0
    for at in range(index, min(len(lines), index + _LONGEST)):
        bare = re.sub(r"(['\"])(?:\\.|(?!\1).)*\1|//.*|#.*", "", lines[at])
        depth += sum(bare.count(sign) for sign in "([{") - sum(bare.count(sign) for sign in ")]}")
        if depth <= 0:
            return Mark(path, index + 1, at + 1, weak, known_gap)
    return Mark(path, index + 1, index + 1, weak, known_gap)


def _cells(workbook: bytes) -> Iterator[dict[str, str]]:
    """The rows of a workbook's first sheet, texts by the letter of their column."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        shared = [
            unescape("".join(re.findall(r"<t[^>]*>(.*?)</t>", item, re.DOTALL)))
            for item in re.findall(r"<si>(.*?)</si>", parts.read("xl/sharedStrings.xml").decode(), re.DOTALL)
        ]
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    for row in re.findall(r"<row .*?</row>", sheet, re.DOTALL):
        yield {
            column: shared[int(value)] if 't="s"' in about else value
            for column, about, value in re.findall(
                r'<c r="([A-Z]+)\d+"([^>]*)>(?:<f>.*?</f>)?<v>(.*?)</v>', row
            )
        }
