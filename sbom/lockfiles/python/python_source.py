"""Python source read without running it: its syntax tree, and the text that its literals stand for."""

import ast
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator

from sbom.errors import LimitReached
from sbom.lockfiles.reading import Malformed

_LONGEST_SOURCE = 2 * 1024 * 1024
_DEEPEST_VALUE = 32
_MOST_VALUES = 20_000
_MUTATORS = frozenset(
    {"append", "extend", "insert", "remove", "pop", "clear", "update", "setdefault", "sort"}
)
_SEQUENCES = frozenset({"list", "tuple", "set", "sorted", "frozenset"})

Text = tuple[str, int]
"""A string and the line on which it stands."""


def parse_python(content: bytes) -> ast.Module:
    """The syntax tree of a Python 3 module.

    Raises:
        Malformed: it is no Python 3; the line is where the parser stopped.
        LimitReached: too long or nested too deeply.
    """
    if len(content) > _LONGEST_SOURCE:
        raise LimitReached(f"{len(content)} bytes of source, over the limit of {_LONGEST_SOURCE}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the scanned source would be warned of
            return ast.parse(content)
    except SyntaxError as error:
        line = error.lineno if error.lineno and error.lineno <= content.count(b"\n") + 1 else None
        raise Malformed(f"not Python 3: {error.msg}", line) from None
    except ValueError as error:  # a null byte
        raise Malformed(f"not Python 3: {error}") from None
    except (RecursionError, MemoryError):
        raise LimitReached("nested too deeply") from None


def all_nodes(module: ast.Module) -> list[ast.AST]:
    """Every node of a module, in the order of ast.walk; to be walked once, for it costs more than parsing."""
    nodes: list[ast.AST] = [module]
    for node in nodes:  # which grows
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, ast.AST):
                nodes.append(value)
            elif isinstance(value, list):
                nodes.extend(item for item in value if isinstance(item, ast.AST))
    return nodes


class Literals:
    """The values of expressions of one module, as far as they stand in it as text.

    A name has a value if the module assigns it once, at the top, and nothing changes it. What cannot be told
    is left out and its line is kept in `unresolved`.
    """

    def __init__(self, module: ast.Module, nodes: Iterable[ast.AST]) -> None:
        self.unresolved: list[int] = []
        self._names = _constants(module, nodes)
        self._left = _MOST_VALUES

    def text(self, node: ast.expr | None) -> str | None:
        """The string that an expression stands for; null if it cannot be told."""
        found = self._text(node, 0) if node is not None else None
        return found[0] if found else None

    def texts(self, node: ast.expr) -> list[Text]:
        """The strings of a list, tuple or set, or the only one that stands in place of a list."""
        return list(self._texts(node, 0))

    def mapping(self, node: ast.expr) -> dict[str, ast.expr]:
        """The values of a dictionary by those keys that are strings."""
        return dict(self._items(node, 0))

    def _text(self, node: ast.expr, depth: int) -> Text | None:
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST_VALUE:
            return None
        found: Text | None = None
        match node:
            case ast.Constant(value=str(text)):
                found = text, node.lineno
            case ast.Name(id=name) if name in self._names:
                found = self._text(self._names[name], depth + 1)
            case ast.BinOp(op=ast.Add()):
                found = self._joined([node.left, node.right], node.lineno, depth)
            case ast.JoinedStr(values=parts):
                found = self._joined(parts, node.lineno, depth)
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                found = self._text(value, depth + 1)
        return found

    def _joined(self, parts: Iterable[ast.expr], line: int, depth: int) -> Text | None:
        found = [self._text(part, depth + 1) for part in parts]
        return None if None in found else ("".join(text for text, _ in filter(None, found)), line)

    def _texts(self, node: ast.expr, depth: int) -> Iterator[Text]:
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST_VALUE:
            self.unresolved.append(node.lineno)
            return
        match node:
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                for item in items:
                    inner = item.value if isinstance(item, ast.Starred) else item
                    yield from self._texts(inner, depth + 1)
            case ast.Name(id=name) if name in self._names:
                yield from self._texts(self._names[name], depth + 1)
            case ast.Call(func=ast.Name(id=name), args=[only], keywords=[]) if name in _SEQUENCES:
                yield from self._texts(only, depth + 1)
            case ast.Call(func=ast.Attribute(value=whole, attr="split" | "splitlines" as how), args=[]):
                yield from self._split(whole, how, depth)
            case ast.BinOp(op=ast.Add()) if self._text(node, depth) is None:
                yield from self._texts(node.left, depth + 1)
                yield from self._texts(node.right, depth + 1)
            case ast.Constant(value=None):
                return
            case _:
                yield from self._one_text(node, depth)

    def _one_text(self, node: ast.expr, depth: int) -> Iterator[Text]:
        text = self._text(node, depth)
        if text is None:
            self.unresolved.append(node.lineno)
        else:
            yield text

    def _split(self, whole: ast.expr, how: str, depth: int) -> Iterator[Text]:
        """The parts of `"a b".split()` and of `.splitlines()`."""
        for text, line in self._one_text(whole, depth + 1):
            yield from ((part, line) for part in (text.split() if how == "split" else text.splitlines()))

    def _items(self, node: ast.expr, depth: int) -> Iterator[tuple[str, ast.expr]]:
        match node:
            case _ if depth > _DEEPEST_VALUE:
                self.unresolved.append(node.lineno)
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    name = self.text(key)
                    if key is None:  # **other
                        yield from self._items(value, depth + 1)
                    elif name is None:
                        self.unresolved.append(key.lineno)
                    else:
                        yield name, value
            case ast.Name(id=name) if name in self._names:
                yield from self._items(self._names[name], depth + 1)
            case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
                yield from self.keywords(keywords, depth + 1)
            case _:
                self.unresolved.append(node.lineno)

    def keywords(self, keywords: Iterable[ast.keyword], depth: int = 0) -> Iterator[tuple[str, ast.expr]]:
        """The arguments of a call by name, with those of `**mapping`."""
        for keyword in keywords:
            if keyword.arg is None:
                yield from self._items(keyword.value, depth + 1)
            else:
                yield keyword.arg, keyword.value


def _constants(module: ast.Module, nodes: Iterable[ast.AST]) -> dict[str, ast.expr]:
    stored: Counter[str] = Counter()
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                stored[name] += 1
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                stored.update(names)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in _MUTATORS:
                stored[name] += 1
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                stored[name] += 1
    found: dict[str, ast.expr] = {}
    for statement in module.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if stored[name] == 1:
                found[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if stored[name] == 1:
                found[name] = value
    return found
