"""What a switch of checks is set to: off wherever it is reached, or what a setting or caller says.

A rule names the values that switch a check off (`when`) or those that leave it on (`unless`). What stands
there may be a variable: a constant behind it counts as if it stood there, all else is a choice.
"""

import re
from collections.abc import Iterable

from ast_grep_py import SgNode

from sbom.crypto.declarations import Definition, Function
from sbom.crypto.kinds import kinds
from sbom.crypto.literals import Value
from sbom.crypto.objects import given
from sbom.crypto.pattern import Pattern
from sbom.crypto.rulebook import Rule
from sbom.crypto.sites import Site
from sbom.crypto.values import Evaluator

SWITCHABLE = "certificate-checks-switchable"
REVOCATION = "revocation-checks-disabled"
"""What asks for no revocation lists still checks certificates: with a setting for it nothing is wrong."""
_OFF = "-checks-disabled"
_UNKNOWN = Value("\0")
_VALUES = kinds("objects") | kinds("functions")
_NAMES = kinds("names")
_CHOICES = kinds("choices")
_DEPTH = 8
_MOST_MODIFIERS = 60
_CONSTANT = re.compile(
    r"(?i:true|false|nil|none|null|nullptr|undefined|yes|no)|Boolean\.(?:TRUE|FALSE)|\d+[uUlL]*|[!:]\w+"
)
_WRAPPED = re.compile(
    r"(?:\w+(?:\.|::))*(?:Some|valueOf|Ptr|To|ToPtr|Bool|BoolPtr|NewOptionalBool|Boolean)\(\s*(true|false)\s*\)"
)
_MACROS = re.compile(r"[A-Z0-9_|&~()\s]+")
_ENUM = re.compile(r"(?:[A-Z]\w*(?:\.|::))+[A-Z]\w*")
_FIXED = re.compile(r"\b(?:const|constexpr|final|val|readonly)\b")
_SCRIPTS = frozenset({"python", "php", "ruby"})
"""Languages in whose files statements stand outside of functions, with variables of their own."""
_VALUE = "VALUE"
_MARKS = frozenset({"a-text", "literal-object", "a-function"})
_MARKED = frozenset({"always-true", "always-nil", "may-accept", "a-variable", "a-function"})


class SwitchValues(Evaluator):
    """Values of a switch; what nobody can tell is one of them, so that a known one is not all there is."""

    def values(self, node: SgNode, depth: int = _DEPTH) -> list[Value]:
        """All values that an expression may have, among them `_UNKNOWN`."""
        if (constant := self._constant(node)) is not None:
            return [Value(constant)]
        return super().values(node, depth) or [_UNKNOWN]

    def constants(self, node: SgNode) -> set[str]:
        """The text of the only constant that an expression may be; none of what may be another, too."""
        found = {str(value.text) for value in self.values(node)}
        return found if len(found) == 1 and str(_UNKNOWN.text) not in found else set()

    def is_mixed(self, node: SgNode, rule: Rule) -> bool:
        """Whether an expression is one of several constants: no single one says what a switch is set to."""
        found = set(self.values(node)) if is_off(rule) and node.kind() in _CHOICES else set()
        return len(found) > 1 and all(_CONSTANT.fullmatch(str(value.text)) for value in found)

    def _constant(self, node: SgNode) -> str | None:
        text = node.text()[:200]
        if wrapped := _WRAPPED.fullmatch(text):
            return wrapped[1]
        if _CONSTANT.fullmatch(text) or node.kind() in _VALUES:
            return text
        language = self.file.language
        if language.kin == "c" and _MACROS.fullmatch(text) and text.strip() not in self.file.definitions:
            return text
        of_library = language.name in ("csharp", "ruby") and not self.declares(text)
        return text if of_library and _ENUM.fullmatch(text) else None

    def _defined(self, path: str, offset: int, depth: int) -> list[Value]:
        """A variable of a function or a constant; every other one may be set from elsewhere."""
        name = path.rpartition(".")[2].lstrip("$@&")
        if name in self.file.injected_settings:
            return []
        if "." in path.removeprefix("self.").removeprefix("this.") and not name.isupper():
            return []
        if re.search(rf"&(?:mut )?{re.escape(name)}\b", self.file.text):  # it is filled
            return []
        around = self.file.functions_around(offset) if "." not in path else []
        definitions = self.file.definitions.get(name, ())
        local = [d for f in around for d in definitions if f.start <= d.start < min(f.end, offset)]
        if not local and not any(name in function.parameters for function in around):
            is_script = self.file.language.name in _SCRIPTS and "." not in path
            if not is_script and not all(map(self._is_fixed, definitions)):
                return []
        return super()._defined(path, offset, depth)

    def _is_fixed(self, definition: Definition) -> bool:
        line, _ = self.file.place(definition.start)
        begin = max(self.file.line_starts[line - 1], definition.start - _MOST_MODIFIERS)
        declared = self.file.text[begin : definition.start] + definition.node.text().partition("=")[0]
        return _FIXED.search(declared) is not None

    def _parameter(self, function: Function, name: str, depth: int) -> list[Value]:
        """What callers in the file give; callers elsewhere may rely on a default value, or give another."""
        place = function.parameters.index(name)
        has_default = place < len(function.defaults) and function.defaults[place] is not None
        found = super()._parameter(function, name, depth)
        return [*found, _UNKNOWN] if has_default else found

    def _call(self, site: Site, depth: int) -> list[Value]:
        """What a function of the file returns; every other call may read a setting."""
        return self._returned(site.path.rpartition(".")[2], depth) if "." not in site.path else []


def is_switch(rule: Rule) -> bool:
    """Whether a rule tells of a check that is switched off, or may be."""
    return is_off(rule) or rule.finding == SWITCHABLE


def is_off(rule: Rule) -> bool:
    """Whether a rule tells of a check that is switched off."""
    return rule.finding is not None and rule.finding.endswith(_OFF)


def finding_of(rule: Rule, pattern: Pattern, site: Site, evaluator: SwitchValues) -> str | None:
    """The rule's finding; of a switch that other values may reach, that it can be set."""
    if not is_off(rule):
        return rule.finding
    open_finding = None if rule.finding == REVOCATION else SWITCHABLE
    for argument in pattern.arguments:
        role = argument.role or ""
        if role not in rule.unless and (role not in rule.when or role != _VALUE):
            continue
        node = given(site, argument, evaluator.file)
        if node is None:
            continue
        values = evaluator.values(node)
        if role in rule.unless:
            if any(value == _UNKNOWN or _agrees(value, rule.unless[role]) for value in values):
                return open_finding
        elif (
            set(values) != {_UNKNOWN}
            and _is_variable(node, rule.when[role])
            and not all(_agrees(value, rule.when[role]) for value in values)
        ):
            return open_finding
    return rule.finding


def _is_variable(node: SgNode, texts: Iterable[str]) -> bool:
    """Whether a name stands there that is none of a constant which the rule knows."""
    last = re.split(r"[.:>]+", node.text())[-1]
    is_known = not {node.text(), last, last.lower()}.isdisjoint(texts)
    return node.kind() in _NAMES and not is_known and _MARKED.isdisjoint(texts)


def _agrees(value: Value, texts: Iterable[str]) -> bool:
    text, known = str(value.text), set(texts)
    last = re.split(r"[.:]+", text)[-1]
    if not known.isdisjoint({text, text.lower(), last, last.lower()}):
        return True
    if isinstance(value.text, int):
        return "a-number" in known
    return not _CONSTANT.fullmatch(text) and not known.isdisjoint(_MARKS)
