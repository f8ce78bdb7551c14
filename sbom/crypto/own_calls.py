"""Settings that are handed to calls of the repository's own, or kept in a variable that is handed on."""

from ast_grep_py import SgNode

from sbom.crypto.kinds import kinds
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import call_name
from sbom.crypto.values import Evaluator

_ARGUMENT_LISTS = kinds("argument_lists")
_BETWEEN = frozenset({"keyword_argument", "pair", "dictionary", "call"})
"""What may stand between a setting and the call that it reaches."""
_DICT = "dict"
_ASSIGNMENTS = frozenset({"assignment", "variable_declarator"})
_NAMED = frozenset({"keyword_argument", "pair"})
_SHORTHAND = "shorthand_property_identifier"
_SELVES = frozenset({"self", "cls"})


def is_handed_to_own(setting: SgNode, file: SourceFile, evaluator: Evaluator) -> bool:
    """Whether a setting, or the dictionary that it stands in, is an argument of the repository's own call."""
    if file.language.name != "python":
        return False
    node = setting.parent()
    while node is not None:
        if node.kind() in _ARGUMENT_LISTS:
            path = call_name(node)
            if path != _DICT:
                return _is_own(path, file, evaluator)
        elif node.kind() not in _BETWEEN:
            return False
        node = node.parent()
    return False


def is_handed_on(setting: SgNode, file: SourceFile) -> bool:
    """Whether a setting is a variable that its function gives to a call or object by the same name."""
    children = setting.children()
    if setting.kind() not in _ASSIGNMENTS or not children or children[0].kind() != "identifier":
        return False
    function = file.function_at(int(setting.range().start.index))
    if function is None:
        return False
    for leaf in file.leaves_named(children[0].text()):
        above = leaf.parent()
        if not function.start < leaf.range().start.index < function.end or above is None:
            continue
        if leaf.kind() == _SHORTHAND or (above.kind() in _NAMED and _is_both(above, leaf)):
            return True
    return False


def _is_both(pair: SgNode, value: SgNode) -> bool:
    """Whether an argument or property is called like the variable that it is: `verify=verify`."""
    return pair.children()[0].text() == value.text() == pair.children()[-1].text()


def _is_own(path: str, file: SourceFile, evaluator: Evaluator) -> bool:
    first, _, rest = path.partition(".")
    if first in _SELVES:
        return any(function.name == rest for function in file.functions)
    if full := file.imports.names.get(first):
        return full.startswith(".") or evaluator.declares(full)
    return first in file.own_names or (not rest and first in file.functions_by_name)
