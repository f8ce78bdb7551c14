"""Values that stand in another file of the repository: constants, callers, returned values, configuration.

The first look at the files collects what is asked for. Only files that hold one of those names are then
parsed, as many as `MOST_FILES`, and the files with open questions are looked at again with the answers.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from sbom.crypto.languages import language_of
from sbom.crypto.readable import Unparsable, readable
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import find_leaves, site_at
from sbom.crypto.values import Evaluator, returned_nodes

MOST_FILES = 200
"""Files that are parsed for the answers to all questions of one repository."""
MOST_NAMES = 500
_CONFIGURATION = re.compile(r".+\.(?:properties|ya?ml|json|conf|ini|env)")
_CONFIGURATION_BYTES = 512 * 1024
_Values = dict[tuple[str, str], list[str | int]]
_LINE = re.compile(r"^[ \t]*([\w.\-]+)[ \t]*[=:][ \t]*(.*?)[ \t]*$", re.MULTILINE)


@dataclass(slots=True)
class Repository:
    """What the files of one repository are asked, and what they answered; a `Project` of the evaluator."""

    names: set[str] = field(default_factory=set)
    owners: set[str] = field(default_factory=set)
    """Classes, modules and packages whose constants or functions are asked for."""
    keys: set[str] = field(default_factory=set)
    _constants: dict[tuple[str, str], list[str | int]] = field(default_factory=dict)
    _calls: dict[tuple[str, int], list[str | int]] = field(default_factory=dict)
    _returned: dict[tuple[str, str], list[str | int]] = field(default_factory=dict)
    _settings: dict[str, list[str]] = field(default_factory=dict)
    _places: set[tuple[str, int, int]] = field(default_factory=set)

    def constant(self, path: str) -> Iterable[str | int]:
        """Values of a constant by its full path, of which the last two names count: class and constant."""
        self._ask(path)
        owner, name = _owner(path)
        return self._constants.get((owner, name), ())

    def arguments(self, function: str, place: int, count: int) -> Iterable[str | int]:
        """What callers in other files give at a place to a function of so many parameters."""
        if len(self.names) < MOST_NAMES and len(function) > 2:
            self.names.add(function)
            self._places.add((function, place, count))
        return self._calls.get((function, place), ())

    def returned(self, path: str) -> Iterable[str | int]:
        """What a function of another class returns."""
        self._ask(path)
        owner, name = _owner(path)
        return self._returned.get((owner, name), ())

    def setting(self, key: str) -> Iterable[str]:
        """Values of a configuration key in the repository's files."""
        self.keys.add(key)
        return self._settings.get(key, ())

    def _ask(self, path: str) -> None:
        owner, name = _owner(path)
        if owner and len(self.names) < MOST_NAMES:
            self.names.add(name)
            self.owners.add(owner)

    def answer(self, files: Iterator[tuple[str, bytes]]) -> None:
        """Look for the answers in all files of the repository."""
        owners = "|".join(sorted(map(re.escape, self.owners))) or "(?!)"
        functions = "|".join(sorted({re.escape(name) for name, _, _ in self._places})) or "(?!)"
        wanted = re.compile(
            rf"\b(?:class|interface|enum|object|module|struct|package)\s+(?:[\w.]+\.)?(?:{owners})\b"
            rf"|\b(?:{functions})\s*\(".encode()
        )
        parsed = 0
        for path, content in files:
            name = path.rpartition("/")[2]
            language = language_of(name)
            if language is None:
                if self.keys and len(content) <= _CONFIGURATION_BYTES and is_configuration(name):
                    self._read_settings(name, content)
            elif parsed < MOST_FILES and (name.partition(".")[0] in self.owners or wanted.search(content)):
                parsed += 1
                try:
                    self._read_source(SourceFile(path, language, readable(content)))
                except (Unparsable, ValueError, RecursionError):
                    continue

    def _read_source(self, file: SourceFile) -> None:
        evaluator = Evaluator(file)
        stem = file.path.rpartition("/")[2].partition(".")[0]
        owners = {stem, *re.findall(r"\b(?:class|interface|enum|object|module|struct)\s+(\w+)", file.text)}
        owners |= {
            match[1] for match in re.finditer(r"^package\s+(?:[\w.]*\.)?(\w+)", file.text, re.MULTILINE)
        }
        for name in self.names & file.definitions.keys():
            values = [v.text for d in file.definitions[name][:4] for v in evaluator.values(d.value)]
            self._keep(self._constants, owners, name, values)
        for function in file.functions:
            if function.name in self.names:
                nodes = returned_nodes(function, file)[:4]
                values = [value.text for node in nodes for value in evaluator.values(node)]
                self._keep(self._returned, owners, function.name, values)
        for function_name, place, count in self._places:
            if function_name in file.text:
                self._read_calls(file, evaluator, function_name, place, count)

    def _keep(
        self,
        store: dict[tuple[str, str], list[str | int]],
        owners: set[str],
        name: str,
        values: list[str | int],
    ) -> None:
        for owner in owners & self.owners:
            store.setdefault((owner, name), []).extend(values)

    def _read_calls(self, file: SourceFile, evaluator: Evaluator, name: str, place: int, count: int) -> None:
        if any(function.name == name for function in file.functions):
            return  # its own calls are followed where the question was asked
        for leaf in find_leaves(file.root, file.grammar, re.escape(name))[:50]:
            site = site_at(leaf)
            if site is None or site.kind != "call" or site.path.rpartition(".")[2] != name:
                continue
            given = [argument.node for argument in site.arguments if argument.name is None]
            if len(given) == count and place < count:
                found = [value.text for value in evaluator.values(given[place])]
                self._calls.setdefault((name, place), []).extend(found)

    def _read_settings(self, name: str, content: bytes) -> None:
        text = content.decode("utf-8", "replace")
        if not any(key.rpartition(".")[2] in text for key in self.keys):
            return
        try:
            if name.endswith((".yml", ".yaml")):
                for document in yaml.load_all(text, yaml.CSafeLoader):
                    self._keep_settings(document, "")
            elif name.endswith(".json"):
                self._keep_settings(json.loads(text), "")
            else:
                for key, value in _LINE.findall(text):
                    self._keep_settings(value.strip("\"'"), key)
        except (yaml.YAMLError, ValueError, RecursionError):
            return

    def _keep_settings(self, value: Any, key: str, depth: int = 20) -> None:
        if isinstance(value, dict) and depth:
            for name, inner in value.items():
                self._keep_settings(inner, f"{key}.{name}" if key else str(name), depth - 1)
        elif key in self.keys and isinstance(value, str | int) and not isinstance(value, bool):
            self._settings.setdefault(key, []).append(str(value))


def is_configuration(file_name: str) -> bool:
    """Whether settings are looked for in files of this name."""
    return _CONFIGURATION.fullmatch(file_name.lower()) is not None


def _owner(path: str) -> tuple[str, str]:
    """The last two names of a path: the class and what it owns."""
    before, _, name = path.rpartition(".")
    return before.rpartition(".")[2], name
