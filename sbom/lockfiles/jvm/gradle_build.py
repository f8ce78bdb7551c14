"""All Gradle builds of a repository: scripts read once, with what surrounds each of them.

A script sees the variables of its parent projects' scripts, of scripts that it applies, of gradle.properties,
and constants that Kotlin sources of buildSrc define; `libs` is the version catalog of its build.
"""

import posixpath
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import Any

from sbom.errors import LimitReached
from sbom.lockfiles.folder import Tree
from sbom.lockfiles.jvm.gradle_catalog import Catalog, Rich, read_catalog
from sbom.lockfiles.jvm.gradle_facts import Facts, Notation, Request
from sbom.lockfiles.jvm.gradle_platforms import Platforms
from sbom.lockfiles.jvm.gradle_script import read_facts
from sbom.lockfiles.jvm.gradle_values import ROOT, Environment, Value, Written, evaluate
from sbom.lockfiles.jvm.script_tree import Group, Script, Statement, Token, read_script
from sbom.lockfiles.reading import decode_text
from sbom.lockfiles.toml_file import read_manifest

SUFFIXES = (".gradle", ".gradle.kts")
_BUILD = ("build.gradle", "build.gradle.kts")
_SETTINGS = ("settings.gradle", "settings.gradle.kts")
_CATALOG = "gradle/libs.versions.toml"
_PROPERTY = re.compile(r"\s*([^\s#!=:][^\s=:]*)\s*[=:\s]\s*(.*?)\s*")
_CONSTANTS = re.compile(r"(?:^|(?P<build>.*)/)buildSrc/src/main/(?:kotlin|java)/.*\.kt")
_MOST_SOURCES = 200
_MOST_PROJECTS = 2000
_LARGEST_SOURCE = 1_000_000


class GradleBuilds:
    """The scripts of one repository and what they say."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._scripts: dict[str, Script | None] = {}
        self._facts: dict[str, Facts] = {}
        self._in_progress: dict[str, Environment] = {}
        self._catalogs: dict[str, Catalog] = {}
        self._base: dict[str, Environment] = {}
        self._managed: dict[str, dict[tuple[str, str], Rich]] = {}
        self._platforms = Platforms(tree)
        self.paths = sorted(path for path in tree.paths if path.endswith(SUFFIXES))
        self._by_folder: dict[str, list[str]] = {}
        for path in self.paths:
            self._by_folder.setdefault(posixpath.dirname(path), []).append(path)
        self._projects: dict[str, dict[str, str]] = {}
        self.memo: dict[Any, Any] = {}
        """What readers of other files keep of all scripts."""
        self._sources = sorted(path for path in tree.paths if _CONSTANTS.fullmatch(path))[:_MOST_SOURCES]

    @classmethod
    def of(cls, tree: Tree) -> "GradleBuilds":
        """The builds of a tree, the same for each of its files."""
        if cls not in tree.memo:
            tree.memo[cls] = cls(tree)
        return tree.memo[cls]  # type: ignore[no-any-return]

    def facts(self, path: str) -> Facts | None:
        """What the script at `path` says; null if it cannot be read, or is being read."""
        if path in self._facts:
            return self._facts[path]
        script = self.script(path)
        if script is None or path in self._in_progress:
            return None
        env = Environment(path, self._catalogs_of(path), self._surroundings(path))
        self._in_progress[path] = env
        found = read_facts(script, path, env, lambda target: self._applied(path, target))
        del self._in_progress[path]
        self._facts[path] = found
        return found

    def script(self, path: str) -> Script | None:
        """The statements of the script at `path`; null if there is none or it is nested too deeply."""
        if path not in self._scripts:
            self._scripts[path] = None
            content = self._tree.read(path)
            if content is not None:
                with suppress(LimitReached):
                    self._scripts[path] = read_script(decode_text(content), self._tree.limits.nesting_depth)
        return self._scripts[path]

    def root(self, path: str) -> str:
        """The folder of the build that holds a file: the nearest with settings, else the outermost one."""
        outermost = posixpath.dirname(path)
        for folder in _upwards(posixpath.dirname(path)):
            if any(posixpath.join(folder, name) in self._tree.paths for name in _SETTINGS):
                return folder
            if self._script_in(folder, _BUILD):
                outermost = folder
        return outermost

    def has_parent(self, path: str) -> bool:
        """Whether a script above may ask for more on behalf of the project of this one, or a plugin may."""
        return bool(self._ancestors(path))

    def version(self, facts: Facts, notation: Notation) -> Rich:
        """The version that a module is asked for in, or that constraints or a BOM of the build give it."""
        if notation.version.text is not None:
            return notation.version
        managed = self._managed_by(facts).get((notation.group, notation.name))
        return managed or self._platforms.version(self._platforms_of(facts), notation)

    def requests(self, path: str) -> Iterator[tuple[Request, Rich]]:
        """What a script asks for, each in its version."""
        facts = self.facts(path)
        for request in facts.requests if facts else ():
            yield request, self.version(facts, request.notation) if facts else Rich()

    def all_requests(self) -> Iterator[tuple[Request, Rich]]:
        """What all scripts of the repository ask for."""
        return chain.from_iterable(self.requests(path) for path in self.paths)

    def catalog(self, path: str) -> Catalog | None:
        """The version catalog at `path`; null if there is none or it is broken."""
        if path not in self._catalogs:
            toml = read_manifest(self._tree, path)
            if toml is None:
                return None
            self._catalogs[path] = read_catalog(path, toml)
        return self._catalogs[path]

    def identity(self, path: str) -> dict[str, str]:
        """Name, group, version and description of the project whose build script stands at `path`."""
        facts, root = self.facts(path), self.root(path)
        if facts is None:
            return {}
        found: dict[str, str] = {}
        for script in reversed(self._ancestors(path)):
            above = self.facts(script)
            found |= above.shared_identity if above else {}
        base = self._properties(root)
        found |= {key: base[key] for key in ("group", "version") if isinstance(base.get(key), str)}
        found |= facts.shared_identity | facts.identity
        settings = self._script_in(root, _SETTINGS)
        settings_facts = self.facts(settings) if settings else None
        folder = posixpath.dirname(path)
        name = posixpath.basename(folder)
        if folder == root and settings_facts is not None and settings_facts.project_name:
            name = settings_facts.project_name
        return found | ({"name": name} if name else {})

    def coordinates(self, path: str) -> set[tuple[str, str]]:
        """Group and name of every project of the build that holds a file."""
        key = "coordinates", self.root(path)
        if key not in self.memo:
            identities = map(self.identity, self._projects_of(self.root(path)).values())
            named = ((each.get("group"), each.get("name")) for each in identities)
            self.memo[key] = {(group, name) for group, name in named if group and name}
        return self.memo[key]  # type: ignore[no-any-return]

    def _managed_by(self, facts: Facts) -> dict[tuple[str, str], Rich]:
        """Versions that constraints of the script, of its parents and of projects that it needs give."""
        known = self._managed.get(facts.path)
        if known is None:
            known = self._managed[facts.path] = {}
            pending, seen = [facts.path, *self._ancestors(facts.path)], set[str]()
            while pending and len(seen) < _MOST_PROJECTS:
                path = pending.pop(0)
                found = self.facts(path) if path not in seen else None
                seen.add(path)
                if found is not None:
                    for key, rich in found.managed.items():
                        known.setdefault(key, rich)
                    pending += self._scripts_of(found)
        return known

    def _platforms_of(self, facts: Facts) -> Iterator[Notation]:
        """The BOMs that a script and its parents name, nearest first."""
        for path in (facts.path, *self._ancestors(facts.path)):
            found = self.facts(path)
            yield from (
                (each.notation for each in found.requests if each.notation.is_platform) if found else ()
            )

    def _scripts_of(self, facts: Facts) -> list[str]:
        """Build scripts of the projects that a script depends on."""
        projects = self._projects_of(self.root(facts.path)) if facts.projects else {}
        return [projects[key] for key in sorted(map(_project_key, facts.projects)) if key in projects]

    def _projects_of(self, root: str) -> dict[str, str]:
        if root not in self._projects:
            self._projects[root] = {}
            for path in self.paths:
                folder = posixpath.dirname(path)
                if posixpath.basename(path) in _BUILD and (not root or f"{folder}/".startswith(f"{root}/")):
                    self._projects[root][_project_key(folder[len(root) :])] = path
        return self._projects[root]

    def _ancestors(self, path: str) -> list[str]:
        """Build scripts above a script within its build, nearest first."""
        found, root = [], self.root(path)
        folder = posixpath.dirname(path)
        for above in _upwards(folder):
            script = self._script_in(above, _BUILD)
            if script is not None and script != path:
                found.append(script)
            if above == root:
                break
        return found

    def _surroundings(self, path: str) -> Environment | None:
        """Variables that a script sees from outside: its parent's, else those of the build's properties."""
        if posixpath.basename(path) not in _SETTINGS:
            for above in self._ancestors(path)[:1]:
                found = self.facts(above)
                env = found.env if found is not None else self._in_progress.get(above)
                if env is not None:
                    own = self._properties(posixpath.dirname(path))
                    return Environment("", outer=env, values=own) if own else env
        root = self.root(path)
        if root not in self._base:
            values: dict[str, Value] = dict(self._constants(root))
            values |= self._properties(root)
            self._base[root] = Environment("", values=values)
        return self._base[root]

    def _properties(self, folder: str) -> dict[str, Value]:
        path = posixpath.join(folder, "gradle.properties")
        text = decode_text(self._tree.read(path) or b"")
        found = (_PROPERTY.fullmatch(line) for line in text.split("\n") if len(line) < 2000)
        return {line[1]: Written.at(line[2], path, 1) for line in found if line}

    def _constants(self, root: str) -> dict[str, Value]:
        """`object Versions { const val x = "1" }` in Kotlin sources of buildSrc."""
        values: dict[str, Value] = {}
        for path in self._sources:
            found = _CONSTANTS.fullmatch(path)
            content = self._tree.read(path) if found and (found["build"] or "") == root else None
            if content is not None and len(content) <= _LARGEST_SOURCE and b"object" in content:
                with suppress(LimitReached):
                    script = read_script(decode_text(content), self._tree.limits.nesting_depth)
                    _read_objects(script.statements, Environment(path, outer=Environment("", values=values)))
        return values

    def _applied(self, path: str, target: str) -> Environment | None:
        folder = posixpath.dirname(path)
        if target.startswith(ROOT):
            folder, target = self.root(path), target.removeprefix(ROOT).lstrip("/")
        joined = posixpath.normpath(posixpath.join(folder, target))
        if joined not in self._tree.paths or not joined.endswith(SUFFIXES):
            return None
        found = self.facts(joined)
        return found.env if found is not None else self._in_progress.get(joined)

    def _catalogs_of(self, path: str) -> dict[str, Catalog]:
        files = {}
        for folder in _upwards(posixpath.dirname(path)):
            candidate = posixpath.join(folder, _CATALOG)
            if candidate in self._tree.paths:
                files["libs"] = candidate
                break
        root = self.root(path)
        settings = self._script_in(root, _SETTINGS)
        if settings is not None and settings != path:
            facts = self.facts(settings)
            for name, target in (facts.catalogs if facts else {}).items():
                files[name] = posixpath.normpath(posixpath.join(root, target))
        found = {name: self.catalog(file) for name, file in files.items()}
        return {name: catalog for name, catalog in found.items() if catalog is not None}

    def _script_in(self, folder: str, names: tuple[str, ...]) -> str | None:
        paths = self._by_folder.get(folder, ())
        return next((path for path in paths if posixpath.basename(path) in names), None)


def _upwards(folder: str) -> Iterator[str]:
    while True:
        yield folder
        if not folder:
            return
        folder = posixpath.dirname(folder)


def _project_key(project: str) -> str:
    """`:a:b-c`, `a/b-c` and `projects.a.bC` are one project."""
    return re.sub(r"[:/.]+", ".", project.removeprefix("projects.")).strip(".").replace("-", "").lower()


def _read_objects(statements: list[Statement], env: Environment) -> None:
    """Constants of Kotlin objects, as mappings under the objects' names."""
    outer = env.outer
    assert outer is not None
    for statement in statements:
        names = [node.text for node in statement if isinstance(node, Token) and node.kind == "name"]
        body = statement[-1]
        if "object" in names and isinstance(body, Group) and body.bracket == "{":
            inner = Environment(env.path, outer=Environment("", outer=env, values={}))
            _read_objects(body.parts, inner)
            assert inner.outer is not None
            position = names.index("object") + 1
            if position < len(names):
                outer.values[names[position]] = inner.outer.values
        equals = next((i for i, n in enumerate(statement) if isinstance(n, Token) and n.text == "="), None)
        if "val" in names and equals is not None:
            position = names.index("val") + 1
            if position < len(names):
                outer.values[names[position]] = evaluate(statement[equals + 1 :], env)
