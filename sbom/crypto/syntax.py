"""Sites in a syntax tree, in one shape for all languages: what is called or named, and with which arguments.

A site is found from a leaf: a name that a rule asks for. From there the expression around it is taken as far
as it is one path of names, and the call or setting that it belongs to.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Protocol

from ast_grep_py import SgNode, SgRoot

from sbom.crypto.declared import is_type_of_function, made_with
from sbom.crypto.kinds import kinds
from sbom.crypto.languages import Language
from sbom.crypto.paths import path_of
from sbom.crypto.shapes import between_operands, bracket_of, is_local, member_within
from sbom.crypto.sites import Given, Site, first_named

LEAVES = kinds("leaves")
CALLS = kinds("calls")
_ARGUMENT_LISTS = kinds("argument_lists")
_PATHS = kinds("paths")
_SETTINGS = kinds("settings")
_WRAPPERS = kinds("setting_wrappers")
_FUNCTIONS = kinds("functions")
_PARAMETER_LISTS = kinds("parameter_lists")
_ELEMENTS = kinds("elements")
_TEXT_LEAVES = kinds("text_leaves")
_WHOLE_TEXTS = kinds("whole_texts")
_SYMBOLS = frozenset({"simple_symbol"})
_SIGNS = frozenset({"=", ":", ":=", "=>", "+=", "->"})
_TYPED_BEFORE = frozenset({"val_definition", "var_definition"})
_STRUCTS = kinds("structs")
_REFERENCES = kinds("references")
_IMPORTS = kinds("imports")
_TRANSPARENT = kinds("transparent")
_TEXT_LISTS = kinds("text_lists")
_LIST_MAKERS = kinds("list_makers")
_RUNNERS = kinds("runners")
_JOINTS_OF_CALLS = frozenset({".", "?.", "->", "?->", "::", "&."})
_DEFINED = frozenset({"preproc_ifdef", "preproc_def", "preproc_function_def", "preproc_defined"})
_DEPTH = 60


def find_leaves(root: SgNode, grammar: str, names: str) -> list[SgNode]:
    """All leaves whose text the regular expression `names` matches."""
    leaves = known_kinds(grammar, LEAVES)
    rule: Any = {"rule": {"any": [{"kind": kind} for kind in leaves], "regex": f"^(?:{names})$"}}
    return root.find_all(rule)


def find_sites(
    file: "Tree",
    names: Sequence[str],
    settings: Sequence[str],
    listed: Sequence[str],
    literals: Sequence[str],
) -> Iterator[tuple[str, Site]]:
    """All sites with one of the names, which is told with each; names of settings may stand in quotes.

    All are regular expressions; `listed` are for the texts that are sites as elements of lists, `literals`
    for those that are sites wherever they stand.
    """
    for leaf in find_leaves(file.root, file.grammar, "|".join(names)) if names else ():
        if site := site_at(leaf):
            site.name_start = int(leaf.range().start.index)
            yield leaf.text(), site
        if file.language.bracketless and (member := member_within(leaf)):
            yield leaf.text(), member
    quoted_sites = ((settings, _quoted_setting), (listed, _listed_text), (literals, _literal_text))
    for quoted, site_of in quoted_sites:
        texts = known_kinds(file.grammar, _TEXT_LEAVES) if quoted else []
        regex = f"^(?:{'|'.join(quoted)})$"
        if texts and quoted is settings and (symbols := known_kinds(file.grammar, _SYMBOLS)):  # Ruby
            texts, regex = [*texts, *symbols], f"^:?(?:{'|'.join(quoted)})$"
        if quoted and not texts:
            texts, regex = known_kinds(file.grammar, _WHOLE_TEXTS), f'^"+(?:{"|".join(quoted)})"+$'
        if not texts:
            continue
        rule: Any = {"rule": {"any": [{"kind": kind} for kind in texts], "regex": regex}}
        for leaf in file.root.find_all(rule):
            node = leaf if leaf.kind() in _WHOLE_TEXTS | _SYMBOLS else leaf.parent()
            if node is not None and (site := site_of(node, leaf.text().strip('":'))):
                site.name_start = int(leaf.range().start.index)
                yield site.path, site


class Tree(Protocol):
    """A parsed file."""

    grammar: str
    language: Language

    @property
    def root(self) -> SgNode: ...


def find_kinds(root: SgNode, grammar: str, wanted: frozenset[str]) -> list[SgNode]:
    """All nodes of some kinds, as far as the grammar has them."""
    rule: Any = {"rule": {"any": [{"kind": kind} for kind in known_kinds(grammar, wanted)]}}
    return root.find_all(rule) if rule["rule"]["any"] else []


_KNOWN: dict[tuple[str, frozenset[str]], list[str]] = {}


def known_kinds(grammar: str, wanted: frozenset[str]) -> list[str]:
    """Those of the kinds that a grammar has: the engine refuses the others."""
    if (grammar, wanted) not in _KNOWN:
        known = []
        nothing = SgRoot("", grammar).root()
        for kind in sorted(wanted):
            with suppress(RuntimeError):
                nothing.find(kind=kind)
                known.append(kind)
        _KNOWN[grammar, wanted] = known
    return _KNOWN[grammar, wanted]


_COMMENTS = frozenset({"comment", "line_comment", "block_comment", "multiline_comment"})
_OF_DECLARED = frozenset(
    {"parameter_list", "parameter_declaration", "abstract_function_declarator", "function_declarator"}
)


def site_at(leaf: SgNode) -> Site | None:
    """The site that a name belongs to; null for names in imports and for what is too deep to be one."""
    node = leaf
    for _ in range(_DEPTH):
        parent = node.parent()
        if parent is None:
            return None
        kind = parent.kind()
        if kind in CALLS:
            if site := _call(parent, node):
                return _attribute_set(site) or site
            break
        if kind in _STRUCTS and node != leaf:
            return _struct(parent, node)
        if kind in _PATHS:
            node = parent
            continue
        if kind in _IMPORTS:
            return None
        if kind in _REFERENCES:
            return _reference(parent)
        if kind == "infix_expression" and (site := between_operands(parent, node)):
            return site
        if kind in _FUNCTIONS and node == leaf:
            return _definition(parent, leaf)
        if kind == "function_declarator" and node == leaf:  # C
            declared = parent.parent()
            is_function = declared is not None and declared.kind() == "function_definition"
            return _definition(declared, leaf) if declared is not None and is_function else None
        if kind == "token_tree":
            return _in_macro(parent, node)
        if kind == "parameter_declaration" and node == leaf and (inner := _declared_call(parent)):
            return inner
        break
    else:
        return None
    parent = node.parent()
    if parent is not None and parent.kind() in _WRAPPERS:
        parent = parent.parent()
    named, around = node, parent
    if parent is not None and parent.kind() in _ELEMENTS:  # options[NAME] = value
        named, around = parent, parent.parent()
    is_setting = around is not None and around.kind() in _SETTINGS and not is_local(around)
    if around is not None and is_setting and (value := _value_right_of(around, named)):
        owner = first_named(node) if node.kind() in _PATHS else None
        return Site(around, "setting", path_of(node.text()), [Given(None, value)], owner)
    if parent is not None and (parent.kind() in _DEFINED or _in_import(parent)):
        return None
    text = node.text()
    if parent is not None and parent.kind() == "declaration" and (made := made_with(parent, node)):
        given = [Given(None, item) for item in made]
        return Site(parent, "call", path_of(text), given, generics=_generics(text))
    if parent is not None and is_type_of_function(parent, node):
        return None
    if leaf.kind() == "shorthand_property_identifier":  # { rejectUnauthorized }
        return Site(node, "setting", text, [Given(None, node)])
    if (given_on := _run_with(node)) is not None:
        return Site(node, "call", path_of(text), given_on, first_named(node), _generics(text))
    return Site(node, "name", path_of(text), receiver=first_named(node), generics=_generics(text))


def _declared_call(parameter: SgNode) -> Site | None:
    """A call that C++ takes for a parameter: `std::unique_ptr<SSL_CTX, F> context(SSL_CTX_new(m()));`."""
    children = parameter.children()
    if len(children) != 2 or children[1].kind() != "abstract_function_declarator":
        return None
    above = parameter.parent()
    while above is not None and above.kind() in _OF_DECLARED:
        above = above.parent()
    block = above.parent() if above is not None and above.kind() == "declaration" else None
    if block is None or block.kind() != "compound_statement":
        return None
    listed = children[1].children()[-1]
    given = [Given(None, child) for child in listed.children() if child.is_named()]
    return Site(parameter, "call", path_of(children[0].text()), given)


def _run_with(node: SgNode) -> list[Given] | None:
    """What a function is called with by the one that it is handed to: `to_thread(bcrypt.hashpw, p, salt)`."""
    listed = node.parent()
    if listed is None or listed.kind() not in _ARGUMENT_LISTS:
        return None
    if call_name(listed).rpartition(".")[2] not in _RUNNERS:
        return None
    behind = [child for child in listed.children() if child.range().start.index > node.range().start.index]
    return [_argument(child) for child in behind if child.is_named() and child.kind() != "comment"]


def _struct(literal: SgNode, named: SgNode) -> Site:
    """The making of another package's struct, with its fields as arguments: `jwt.Middleware{Key: k}`."""
    fields = literal.children()[-1].children()
    given = []
    for field_node in fields:
        children = [child for child in field_node.children() if child.is_named()]
        if len(children) == 2 and field_node.kind() in _SETTINGS:
            given.append(Given(children[0].text(), children[1]))
    return Site(literal, "call", path_of(named.text()), given)


def _reference(node: SgNode) -> Site | None:
    """A function or constructor that is handed on by its name: `DigestUtils::md5Hex`, `SHA1Digest::new`."""
    owner, _, name = node.text().rpartition("::")
    if name == "class":
        return None
    path = path_of(owner if name == "new" else f"{owner}.{name}")
    return Site(node, "call", path, receiver=first_named(node) if name != "new" else None)


def _quoted_setting(node: SgNode, text: str) -> Site | None:
    """The setting whose name a quoted text is: `'verify' => false`, `env['X'] = '0'`."""
    parent = node.parent()
    if parent is not None and parent.kind() in _ELEMENTS:
        node, parent = parent, parent.parent()
    if parent is not None and parent.kind() in _WRAPPERS:
        parent = parent.parent()
    if parent is None or parent.kind() not in _SETTINGS:
        return None
    value = _value_right_of(parent, node)
    return Site(parent, "setting", text, [Given(None, value)]) if value is not None else None


def _listed_text(node: SgNode, text: str) -> Site | None:
    """A quoted text that is an element of a list, or of what a function makes a list of."""
    above = node.parent()
    while above is not None and above.kind() in ("literal_element", "argument", "value_argument"):
        above = above.parent()
    if above is None:
        return None
    if above.kind() in _ARGUMENT_LISTS | {"value_arguments"}:
        if call_name(above).rpartition(".")[2] not in _LIST_MAKERS:
            return None
    elif above.kind() not in _TEXT_LISTS:
        return None
    return Site(node, "text", text)


def _literal_text(node: SgNode, text: str) -> Site:
    return Site(node, "literal", text)


def call_name(arguments: SgNode) -> str:
    """The path of the call whose arguments a node is; empty for none."""
    call = arguments.parent()
    if call is not None and call.kind() == "call_suffix":
        call = call.parent()
    site = call_site(call) if call is not None else None
    return site.path if site is not None else ""


def _definition(function: SgNode, name: SgNode) -> Site | None:
    """The declaration of a function by its name; null for other names in its head."""
    if name.kind() == "type_identifier":
        return None
    lists = [child for child in function.children() if child.kind() in _PARAMETER_LISTS]
    parameters = [
        Given(None, child)
        for child in (lists[-1].children() if lists else ())
        if child.is_named() and "modifiers" not in child.kind()
    ]
    return Site(function, "definition", name.text(), parameters)


def list_around(site: Site) -> SgNode | None:
    """The arguments of a call that a setting is one of; null for other settings."""
    parent = site.node.parent()
    if site.kind != "setting" or parent is None or parent.kind() not in _ARGUMENT_LISTS | {"value_arguments"}:
        return None
    return parent


def _in_macro(tree: SgNode, leaf: SgNode) -> Site | None:
    """A call among the tokens of a Rust macro, which the grammar does not take apart."""
    tokens = tree.children()
    at = next((index for index, token in enumerate(tokens) if token == leaf), None)
    if at is None:
        return None
    first = last = at
    while first >= 2 and tokens[first - 1].text() == "::" and tokens[first - 2].kind() == "identifier":
        first -= 2
    while (
        last + 2 < len(tokens) and tokens[last + 1].text() == "::" and tokens[last + 2].kind() == "identifier"
    ):
        last += 2
    path = ".".join(token.text() for token in tokens[first : last + 1 : 2])
    called = last + 1 < len(tokens) and tokens[last + 1].text().startswith("(")
    return Site(tokens[first], "call" if called else "name", path)


def _attribute_set(site: Site) -> Site | None:
    """The setting that a call without arguments is the left side of: `http.verify_mode = …` in Ruby."""
    above = site.node.parent()
    if site.arguments or above is None or above.kind() != "assignment":
        return None
    value = _value_right_of(above, site.node)
    if value is None:
        return None
    return Site(above, "setting", site.path, [Given(None, value)], site.receiver)


def call_site(node: SgNode) -> Site | None:
    """The site of a call expression, null for every other node."""
    return _call(node, None) if node.kind() in CALLS else None


def _call(node: SgNode, callee_part: SgNode | None) -> Site | None:
    arguments = next((child for child in reversed(node.children()) if child.kind() in _ARGUMENT_LISTS), None)
    text = node.text()
    if arguments is not None:
        if callee_part is not None and callee_part.range().start.index >= arguments.range().start.index:
            return None
        text = text[: arguments.range().start.index - node.range().start.index]
    elif bracket := bracket_of(node):
        text = text[: bracket.range().start.index - node.range().start.index]
    elif "{" in text:
        text = text.partition("{")[0]
    text = text.strip()
    if text.startswith("new ") or text.startswith("new\n"):
        text = text[4:]
    receiver = _receiver(node, arguments)
    return Site(node, "call", path_of(text), list(_given(node, arguments)), receiver, _generics(text))


def _receiver(node: SgNode, arguments: SgNode | None) -> SgNode | None:
    children = [child for child in node.children() if child != arguments and child.kind() not in _COMMENTS]
    if children and children[0].kind() == "expression":
        children = children[0].children()
    if len(children) > 1 and children[1].text() in _JOINTS_OF_CALLS:  # the name stands in the call itself
        return children[0]
    return first_named(children[0]) if children and children[0].kind() in _PATHS else None


def _given(node: SgNode, arguments: SgNode | None) -> Iterator[Given]:
    if arguments is not None:
        if arguments.kind() == "call_suffix":
            inner = next((c for c in arguments.children() if c.kind() == "value_arguments"), None)
            arguments = inner if inner is not None else arguments
        for child in arguments.children():
            if child.is_named() and child.kind() not in _COMMENTS:
                yield _argument(child)
    elif bracket_of(node):
        yield from (Given(None, child) for child in node.children()[2:] if child.is_named())
    for child in node.children():
        if child.kind() in ("initializer_expression", "object_initializer"):
            yield from (_argument(item) for item in child.children() if item.is_named())


def _argument(node: SgNode) -> Given:
    """An argument with its name, if it is given by name."""
    children = node.children()
    if node.kind() in ("argument", "value_argument", "keyword_argument", "pair", "assignment_expression"):
        for index, child in enumerate(children):
            if child.text() in _SIGNS and 0 < index < len(children) - 1:
                name = re.sub(r"\W", "", children[index - 1].text())
                return Given(name, children[index + 1])
        named = [child for child in children if child.is_named()]
        if len(named) == 1 and node.kind() in ("argument", "value_argument"):
            return Given(None, named[0])
        if node.kind() in ("argument", "value_argument") and named:
            return Given(None, named[-1])
    return Given(None, node)


def _value_right_of(parent: SgNode, left: SgNode) -> SgNode | None:
    """The right side of an assignment or pair of which `left` is the left side."""
    children = parent.children()
    for index, child in enumerate(children):
        if child.text() in _SIGNS and not (child.text() == ":" and parent.kind() in _TYPED_BEFORE):
            if left.range().end.index > child.range().start.index:
                return None
            return next((right for right in children[index + 1 :] if right.is_named()), None)
    return None


def _in_import(node: SgNode) -> bool:
    for _ in range(4):
        if node.kind() in _IMPORTS:
            return True
        above = node.parent()
        if above is None:
            return False
        node = above
    return False


def _generics(text: str) -> str:
    match = re.search(r"<(.*)>", text, re.DOTALL)
    return match[1] if match else ""
