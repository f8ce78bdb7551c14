"""go.work: modules of a repository that are built together (https://go.dev/ref/mod#workspaces)."""

import posixpath
from dataclasses import dataclass, field

from sbom.lockfiles.folder import SourceFile, Tree
from sbom.lockfiles.golang.go_manifest import Manifest, read_manifest
from sbom.lockfiles.reading import decode_text


@dataclass(slots=True)
class Workspace:
    """What a module takes from its workspace; empty if it has none."""

    members: set[str] = field(default_factory=set)
    """Paths of the modules that are built together."""
    manifest: Manifest = field(default_factory=Manifest)

    def replacement(self, manifest: Manifest, module: str, version: str) -> tuple[str, str | None]:
        """What is built in place of a module: the workspace's replacements come before the module's own."""
        found = self.manifest.replacement(module, version)
        return found if found != (module, version) else manifest.replacement(module, version)


def workspace_of(tree: Tree, folder: str) -> Workspace:
    """The workspace of the nearest go.work above a module, if it uses the module."""
    above = folder
    while True:
        path = posixpath.join(above, "go.work")
        if path in tree.paths:
            workspace, folders = read_workspace(tree, path)
            return workspace if folder in folders else Workspace()
        if not above:
            return Workspace()
        above = posixpath.dirname(above)


def read_workspace(tree: Tree, path: str) -> tuple[Workspace, set[str]]:
    """A workspace and the folders of its modules; those outside the repository are left out."""
    key = __name__, path
    if key not in tree.memo:
        manifest = read_manifest(decode_text(tree.read(path) or b""))
        place = SourceFile(path, b"", tree)
        workspace, folders = Workspace(manifest=manifest), set()
        for written, _ in manifest.used:
            resolved = place.resolve(written)
            if resolved is None:
                continue
            folder = "" if resolved == "." else resolved
            folders.add(folder)
            content = tree.read(posixpath.join(folder, "go.mod"))
            member = read_manifest(decode_text(content)).module if content is not None else None
            workspace.members |= {member} if member else set()
        tree.memo[key] = workspace, folders
    return tree.memo[key]  # type: ignore[no-any-return]
