"""Settings of Go and C# in structs or objects of the repository's own; tables of what is known by name."""

import re
from collections.abc import Callable

from ast_grep_py import SgNode

from sbom.crypto.paths import path_of
from sbom.crypto.receivers import origins
from sbom.crypto.sites import Site
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import call_name

_PARTS = frozenset({"literal_element", "keyed_element", "literal_value"})
_CLASSES = frozenset({"class_definition", "class"})
_TYPE_NAME = re.compile(r"(?:\[[^\]]*\]|map\[[^\]]*\]|[*&])*\s*([A-Za-z_][\w.]*)")
_LIBRARY_TYPE = re.compile(r"\btls\.Config$|\bssh\.(?:Client|Server)?Config$")

_LISTS_OF_JAVA = frozenset(
    {"List.of", "Set.of", "Map.of", "Arrays.asList", "Collections.singleton", "Collections.singletonList"}
)
_NUMBERED = frozenset({"CipherSuites", "CurvePreferences", "MinVersion", "MaxVersion"})
_INDEX = re.compile(r"\[[^\[\]]*\]")
_LIBRARY_FIELD = re.compile(r"(?i)\w*tls_?(?:client)?_?(?:config|cfg|conf)?|transport")
"""Fields that may well hold a library's settings, whoever declares the struct around them."""


def is_own_setting(site: Site, file: SourceFile, owns: Callable[[str], bool]) -> bool:
    """Whether the struct or package that a setting is one of is declared by the repository.

    Args:
        site: the setting.
        file: the file of Go that it stands in.
        owns: whether an imported module is the repository's own.
    """
    if site.node.kind() != "keyed_element":
        return _is_of_own_package(site, file, owns) or _is_own_field(site, file, owns)
    literal = _literal_around(site.node)
    written = _TYPE_NAME.match(literal.children()[0].text()) if literal is not None else None
    return written is not None and _is_own_type(written[1], file, owns)


def is_of_own_type(site: Site, file: SourceFile, declares: Callable[[str], bool]) -> bool:
    """Whether a property of C# is set on an object whose type the repository itself declares."""
    around = site.node.parent()
    made = around.parent() if around is not None and around.kind() == "initializer_expression" else None
    if made is not None:
        written = made.field("type")
        return written is not None and declares(written.text())
    owner, dot, _ = site.path.rpartition(".")
    types = file.types.get(owner, []) if dot else []
    return bool(types) and all(map(declares, types))


def is_of_own_object(site: Site, file: SourceFile, declares: Callable[[str], bool]) -> bool:
    """Whether an attribute is set in Python or Ruby on an object that the repository's own class makes.

    `self` is one where its class inherits from none.
    """
    target = site.node.children()[0] if site.node.kind() == "assignment" else None
    if target is None or target.kind() not in ("attribute", "call"):
        return False
    owner = target.children()[0]
    if owner.text() == "self":
        return _is_of_bare_class(owner)
    if not owner.text().isidentifier():  # what another object holds may be a library's
        return False
    made = [path for path in origins(owner, file) if "." in path or path in file.own_names]
    own = file.own_names - file.imports.names.keys()
    if file.language.name == "ruby":  # files open the modules of libraries anew
        own -= {path.partition(".")[0] for path in made if path.count(".") > 1}
    return bool(made) and all(declares(path) or path.partition(".")[0] in own for path in made)


def _is_of_bare_class(node: SgNode) -> bool:
    above = node.parent()
    while above is not None and above.kind() not in _CLASSES:
        above = above.parent()
    if above is None:
        return False
    parents = above.field("superclasses") or above.field("superclass")
    return parents is None or parents.text().strip("() ") in ("", "object")


def is_in_table(node: SgNode) -> bool:
    """Whether an expression is what a map of Go that is written out holds at a key, or a list of Java."""
    above = node.parent()
    if above is not None and above.kind() == "argument_list" and call_name(above) in _LISTS_OF_JAVA:
        return True
    while above is not None and above.kind() in ("literal_element", "keyed_element"):
        above = above.parent()
    literal = above.parent() if above is not None and above.kind() == "literal_value" else None
    is_map = literal is not None and literal.kind() == "composite_literal"
    return is_map and literal is not None and literal.children()[0].kind() == "map_type"


def is_in_constant_list(node: SgNode | None) -> bool:
    """Whether a list of Rust is what a constant is worth: `const KNOWN: &[Algorithm] = &[…]`."""
    while node is not None and node.kind() in ("array_expression", "reference_expression"):
        node = node.parent()
    return node is not None and node.kind() in ("const_item", "static_item")


def is_in_own_struct(node: SgNode, file: SourceFile, owns: Callable[[str], bool]) -> bool:
    """Whether a name stands in a field of a struct of the repository's own, or in what a connection has."""
    above = node.parent()
    while above is not None and above.kind() in ("literal_element", "literal_value", "composite_literal"):
        above = above.parent()
    literal = _literal_around(above) if above is not None and above.kind() == "keyed_element" else None
    written = _TYPE_NAME.match(literal.children()[0].text()) if literal is not None else None
    if written is None:
        return False
    return written[1].endswith("tls.ConnectionState") or _is_own_type(written[1], file, owns)


def _literal_around(node: SgNode) -> SgNode | None:
    """The literal with a type around a field: of those in a list the list."""
    above = node.parent()
    while above is not None and above.kind() in _PARTS:
        above = above.parent()
    return above if above is not None and above.kind() == "composite_literal" else None


def _is_own_type(name: str, file: SourceFile, owns: Callable[[str], bool]) -> bool:
    if name == "struct":  # one that is written out, as tests have them
        return True
    first, dot, _ = name.partition(".")
    module = file.imports.names.get(first) if dot else None
    return not dot or (module is not None and owns(module))


def _is_of_own_package(site: Site, file: SourceFile, owns: Callable[[str], bool]) -> bool:
    first, _, last = site.path.partition(".")
    module = file.imports.names.get(first) if last and "." not in last else None
    return module is not None and owns(module)


def _is_own_field(site: Site, file: SourceFile, owns: Callable[[str], bool]) -> bool:
    left = next((child for child in site.node.children() if child.is_named()), None)
    target = left.children()[0] if left is not None and left.kind() == "expression_list" else left
    if target is None or target.kind() != "selector_expression":
        return False
    owner = target.children()[0]
    if _is_text(site, file):
        return True
    made = list(origins(owner, file))
    if any(_LIBRARY_TYPE.search(origin) for origin in made):
        return False
    name, *fields = path_of(_INDEX.sub("", owner.text())).split(".")
    function = file.function_at(site.start)
    if function is None or not name.isidentifier():
        return False
    whole = function.node.text()[:4000]
    if not fields and (copied := re.search(rf"\b{name}\s*:=\s*\*(\w+)\s*$", whole, re.M)):
        name = copied[1]
    if re.search(rf"(?<![\w.]){re.escape(owner.text())}\s*=\s*(?:new\([A-Z]\w*\)|&[A-Z]\w*\{{)", whole):
        return True
    if fields and _LIBRARY_FIELD.fullmatch(fields[-1]):
        return False
    if not fields and any(
        owns(file.imports.names.get(module, ""))
        for module in re.findall(
            rf"(?:\b{name}\s*:=\s*(?:new\(|&)|\bvar\s+{name}\s+\*?|[(,]\s*{name}\s+(?:\[\])?\*?)(\w+)\.[A-Z]",
            whole,
        )
    ):
        return True
    own = r"(?:\*?[A-Z]\w*|\*[a-z]\w*)\b(?!\.)"
    declared = re.search(
        rf"[(,\s]{name}(?:,\s*\w+)*\s+{own}|\bvar\s+{name}\s+{own}|\b{name}\s*:=\s*&?[A-Z]\w*\{{",
        whole,
    )
    return declared is not None


def _is_text(site: Site, file: SourceFile) -> bool:
    """Whether a setting of suites, curves or versions is given texts, where a library's takes numbers."""
    if site.path.rpartition(".")[2] not in _NUMBERED:
        return False
    name = re.escape(path_of(site.node.children()[-1].text()).rpartition(".")[2])
    return re.search(rf"\b{name}\s+(?:\[\])?string\b", file.text) is not None
