"""Models and data sets that Python source takes from Hugging Face or ModelScope.

A file is parsed only if it holds the name of a call that loads some; what it imports tells the hub. Only
names that stand in the source as text are found: those that come from arguments or settings are counted as an
unknown. A branch is kept as constraint, since only a commit or a tag is a version. Names that are folders of
the repository are its own.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.models.hub_names import HubCall, exact_revision, hub_names
from sbom.lockfiles.python.python_source import Literals, all_nodes, parse_python
from sbom.model import UnknownKind
from sbom.purl import HUB_TYPE, split_hub_name

_CALLS = re.compile(rf"\b(?:{'|'.join(sorted(hub_names().calls))})[ \t]*\(".encode())
_MODULES = re.compile(rf"\b(?:import|from)[ \t]+(?:{'|'.join(sorted(hub_names().hubs))})\b".encode())

_FILES_OF_A_MODEL = (
    "config.json",
    "adapter_config.json",
    "model_index.json",
    "configuration.json",
    "README.md",
)


@dataclass(frozen=True, slots=True)
class _Use:
    hub: str
    kind: str
    name: str
    revision: str | None
    line: int


def parse(file: SourceFile, findings: Findings) -> None:
    """Record each model and data set once, at its first call."""
    if not (_CALLS.search(file.content) and _MODULES.search(file.content)):
        return
    module = parse_python(file.content)
    nodes = all_nodes(module)
    imports = _imports(nodes)
    if not imports:
        return
    unnamed: list[int] = []
    seen: set[tuple[str, str, str, str | None]] = set()
    for use in sorted(_uses(module, nodes, imports, unnamed), key=lambda use: use.line):
        version = exact_revision(use.revision)
        key = use.hub, use.kind, use.name, version
        if key in seen or _is_folder(file, use.name):
            continue
        seen.add(key)
        purl = findings.component(
            *split_hub_name(use.hub, use.kind, use.name),
            version,
            constraint=use.revision if version is None else None,
            direct=True,
            line=use.line,
        )
        findings.edge(None, purl, line=use.line)
    if unnamed:
        reason = f"{len(unnamed)} models or data sets are named outside of the source"
        findings.unknown(UnknownKind.UNRESOLVED, reason, min(unnamed))


def _imports(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """Hub by the name that an import binds, for imports of modules that tell one."""
    hubs = hub_names().hubs
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                hub = hubs.get(alias.name.partition(".")[0])
                if hub is not None:
                    found[alias.asname or alias.name.partition(".")[0]] = hub
        elif isinstance(node, ast.ImportFrom) and not node.level:
            hub = hubs.get((node.module or "").partition(".")[0])
            if hub is not None:
                found.update({alias.asname or alias.name: hub for alias in node.names})
    return found


def _uses(
    module: ast.Module, nodes: list[ast.AST], imports: dict[str, str], unnamed: list[int]
) -> Iterator[_Use]:
    names, literals = hub_names(), Literals(module, nodes)
    only_hub = next(iter(imports.values())) if len(set(imports.values())) == 1 else None
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        root, called = _name(node.func)
        call = names.calls.get(called)
        if call is None:
            continue
        # a function must itself be imported; a method may be of an object of any name
        hub = imports.get(root) or (only_hub if isinstance(node.func, ast.Attribute) else None)
        if hub is None:
            continue
        argument = _argument(node, call)
        if argument is None:
            continue
        text = literals.text(argument)
        if text is None:
            unnamed.append(argument.lineno)
            continue
        text = _without_prefix(text.strip(), call)
        if text is not None and names.is_name(text, call.kind, hub):
            keywords = {keyword.arg: keyword.value for keyword in node.keywords}
            kind = "dataset" if literals.text(keywords.get("repo_type")) == "dataset" else call.kind
            yield _Use(hub, kind, text, literals.text(keywords.get("revision")), argument.lineno)


def _name(function: ast.expr) -> tuple[str, str]:
    """The first and the last part of the name that is called: `a.b.c(…)` → (`a`, `c`)."""
    last = function.attr if isinstance(function, ast.Attribute) else ""
    while isinstance(function, ast.Attribute):
        function = function.value
    root = function.id if isinstance(function, ast.Name) else ""
    return root, last or root


def _argument(node: ast.Call, call: HubCall) -> ast.expr | None:
    for wanted in call.arguments:
        if isinstance(wanted, int):
            if wanted < len(node.args) and not any(isinstance(arg, ast.Starred) for arg in node.args):
                return node.args[wanted]
        else:
            found = next((keyword.value for keyword in node.keywords if keyword.arg == wanted), None)
            if found is not None:
                return found
    return None


def _without_prefix(text: str, call: HubCall) -> str | None:
    """The name behind the prefix; null if the call needs one and there is none."""
    if not call.prefixes:
        return text
    return next((text.removeprefix(prefix) for prefix in call.prefixes if text.startswith(prefix)), None)


def _is_folder(file: SourceFile, name: str) -> bool:
    """Whether the repository holds the model itself, below its root or beside the file."""
    folders = {name, file.resolve(name)}
    return any(f"{folder}/{own}" in file.tree.paths for folder in folders for own in _FILES_OF_A_MODEL)


FORMAT = Format(
    name="model-source",
    version="1",
    globs=("*.py",),
    purl_type=HUB_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.DIRECT, Knows.LINE}),
    title="models and data sets in Python source",
    is_source=True,
)
