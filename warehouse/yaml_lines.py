"""YAML documents that know where each value stands, so that a mistake can be named by file and line."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

_TEXT = "tag:yaml.org,2002:str"
_OTHER_SCALARS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("bool", "int", "float", "null"))


class Fault(NamedTuple):
    """A mistake in a file; sorts by place."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file with the JSON-like value it holds: mappings, lists, texts, numbers, booleans and nulls."""

    path: Path
    value: Any
    root: yaml.Node

    def line(self, *keys: str | int) -> int:
        """Line, from 1, of the key or item that `keys` lead to, or of the last on the way that exists."""
        node, mark = self.root, self.root.start_mark
        for key in keys:
            child = _child(node, key)
            if child is None:
                break
            start, node = child
            mark = start.start_mark
        return int(mark.line) + 1

    def fault(self, keys: Sequence[str | int], message: str) -> Fault:
        return Fault(self.path, self.line(*keys), message)


def read_document(path: Path) -> tuple[Document | None, list[Fault]]:
    """Read one file; the document is null where its text is no YAML, other faults leave it readable."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        faults: list[Fault] = []
        if root is not None:
            return Document(path, _value(root, path, faults), root), faults
        fault = Fault(path, 1, "the file is empty")
    except OSError as error:
        fault = Fault(path, 1, f"cannot be read: {error.strerror}")
    except ValueError as error:
        fault = Fault(path, 1, f"cannot be read: {error}")
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        fault = Fault(path, line, f"not YAML: {error.problem}")
    except yaml.YAMLError as error:
        fault = Fault(path, 1, f"not YAML: {error}")
    except RecursionError:
        fault = Fault(path, 1, "nested too deeply")
    return None, [fault]


def _value(node: yaml.Node, path: Path, faults: list[Fault]) -> Any:
    if isinstance(node, yaml.MappingNode):
        result = {}
        for key, child in node.value:
            if not isinstance(key, yaml.ScalarNode):
                faults.append(_fault(path, key, "a key must be a single word"))
            elif key.value in result:
                faults.append(_fault(path, key, f"key {key.value} appears twice"))
            else:
                result[key.value] = _value(child, path, faults)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, path, faults) for child in node.value]
    if node.tag == _TEXT:
        return node.value
    if node.tag in _OTHER_SCALARS:
        return _scalar(node.tag, node.value)
    kind = node.tag.rpartition(":")[2]
    faults.append(_fault(path, node, f'{node.value} reads as {kind}: write "{node.value}"'))
    return node.value


@lru_cache(maxsize=4096)
def _scalar(tag: str, text: str) -> Any:
    return yaml.constructor.SafeConstructor().construct_object(yaml.ScalarNode(tag, text))


def _fault(path: Path, node: yaml.Node, message: str) -> Fault:
    return Fault(path, int(node.start_mark.line) + 1, message)


def _child(node: yaml.Node, key: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """Where the child at `key` begins, and the child: a mapping's child begins at its key."""
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key], node.value[key]
    if isinstance(node, yaml.MappingNode):
        for name, child in node.value:
            if name.value == key:
                return name, child
    return None
