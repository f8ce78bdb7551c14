"""Default values of parameters, as far as no call of the file gives another one."""

from ast_grep_py import SgNode

from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import site_at


def default_of(node: SgNode, file: SourceFile) -> str | None:
    """Text of the default value of the parameter that an expression is; null where a call names it."""
    name = node.text().lstrip("$")
    function = file.function_at(int(node.range().start.index)) if name.isidentifier() else None
    if function is None or name not in function.parameters:
        return None
    default = function.defaults[function.parameters.index(name)]
    if default is None or _is_given(name, function.name, file):
        return None
    return default.text()


def _is_given(parameter: str, function: str, file: SourceFile) -> bool:
    sites = (site_at(leaf) for leaf in file.leaves_named(function))
    calls = (site for site in sites if site is not None and site.kind == "call")
    return any(
        call.path in (function, f"self.{function}") and any(item.name == parameter for item in call.arguments)
        for call in calls
    )
