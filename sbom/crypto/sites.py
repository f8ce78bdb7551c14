"""What is found in a syntax tree: an expression with what it is called and what it is given."""

from dataclasses import dataclass, field

from ast_grep_py import SgNode


@dataclass(frozen=True, slots=True)
class Given:
    """One argument of a call as it stands there; `name` is its keyword or label."""

    name: str | None
    node: SgNode


@dataclass(slots=True)
class Site:
    """An expression that may be what a rule asks for."""

    node: SgNode
    kind: str
    """call, name, setting, definition, text or literal"""
    path: str
    """Dotted names as they stand in the file; `()` stands for the arguments of an inner call."""
    arguments: list[Given] = field(default_factory=list)
    receiver: SgNode | None = None
    """What a method is called on."""
    generics: str = ""
    """Text of the type arguments."""
    name_start: int = 0
    """Where the name stands by which the site was found."""

    @property
    def start(self) -> int:
        return int(self.node.range().start.index)

    @property
    def end(self) -> int:
        return int(self.node.range().end.index)


def first_named(node: SgNode) -> SgNode | None:
    """The first named child of several."""
    children = [child for child in node.children() if child.is_named()]
    return children[0] if len(children) > 1 else None


def is_attribute_of_class(node: SgNode) -> bool:
    """Whether an assignment of Python stands in the body of a class, where it is no setting of a call."""
    statement = node.parent() if node.kind() == "assignment" else None
    body = statement.parent() if statement is not None else None
    around = body.parent() if body is not None else None
    return around is not None and around.kind() == "class_definition"
