"""Settings that Python hands to a function or class of the repository's own, which are none."""

from ast_grep_py import SgNode

from sbom.crypto.kinds import kinds
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import call_name
from sbom.crypto.values import Evaluator

_ARGUMENT_LISTS = kinds("argument_lists")
_BETWEEN = frozenset({"keyword_argument", "pair", "dictionary", "call"})
"""What may stand between a setting and the call that it reaches."""
_DICT = "dict"
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


def _is_own(path: str, file: SourceFile, evaluator: Evaluator) -> bool:
    first, _, rest = path.partition(".")
    if first in _SELVES:
        return any(function.name == rest for function in file.functions)
    if full := file.imports.names.get(first):
        return full.startswith(".") or evaluator.declares(full)
    return first in file.own_names or (not rest and first in file.functions_by_name)
