"""What a cpanfile asks for, read without running it: `requires 'Module', '>= 1.0';` in phases and features.

https://metacpan.org/dist/Module-CPANfile/view/lib/cpanfile.pod
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sbom.model import Scope

MANIFEST = "cpanfile"
_CALL = re.compile(
    r"""(?P<phase>on\s*\(?\s*['"]?(?P<name>\w+)['"]?\s*,?\s*=>\s*sub\s*\{|on\s+['"](?P<other>\w+)['"]\s*,\s*sub\s*\{)
    |(?P<feature>feature\b[^{;]{0,300}\{)
    |(?P<verb>(?:test_|author_|configure_|build_)?requires|recommends|suggests)\s*\(?\s*
     (?P<module>['"][\w:]+['"]|[A-Z][\w:]*)\s*(?:(?:,|=>)\s*(?P<constraint>['"][^'"\n]*['"]|[\d._]+))?
    |(?P<comment>\#[^\n]*)|(?P<open>\{)|(?P<close>\})""",
    re.VERBOSE,
)
_WEAK = frozenset({"recommends", "suggests"})


@dataclass(frozen=True, slots=True)
class CpanRequirement:
    """A module (not a distribution) that a project asks for."""

    module: str
    constraint: str | None
    scope: Scope


def read_cpanfile(text: str) -> Iterator[CpanRequirement]:
    """All requirements; what is not of the phase `runtime` is excluded, of a feature optional."""
    scopes: list[Scope] = [Scope.REQUIRED]
    for found in _CALL.finditer(text):
        if found["phase"]:
            phase = found["name"] or found["other"]
            scopes.append(scopes[-1] if phase == "runtime" else Scope.EXCLUDED)
        elif found["feature"]:
            scopes.append(Scope.OPTIONAL)
        elif found["open"]:
            scopes.append(scopes[-1])
        elif found["close"] and len(scopes) > 1:
            scopes.pop()
        elif found["verb"]:
            scope = scopes[-1]
            if "_" in found["verb"]:
                scope = Scope.EXCLUDED
            elif found["verb"] in _WEAK and scope is Scope.REQUIRED:
                scope = Scope.OPTIONAL
            constraint = (found["constraint"] or "").strip("'\"")
            module = found["module"].strip("'\"")
            if module != "perl":
                yield CpanRequirement(module, constraint if constraint not in ("", "0") else None, scope)
