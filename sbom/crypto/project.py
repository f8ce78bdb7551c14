"""What a file may ask the rest of its repository."""

from collections.abc import Iterable
from typing import Protocol

from ast_grep_py import SgNode

from sbom.crypto.declarations import Function
from sbom.crypto.elsewhere import own_package
from sbom.crypto.literals import Value
from sbom.crypto.owners import Called, called
from sbom.crypto.paths import path_of
from sbom.crypto.source_file import SourceFile


class Project(Protocol):
    """What the rest of the repository knows; every answer may be empty."""

    def constant(self, path: str) -> Iterable[str | int]: ...

    def key_text(self, path: str) -> Iterable[str | int]: ...

    def arguments(self, function: Called, place: int) -> Iterable[str | int]: ...

    def returned(self, path: str) -> Iterable[str | int]: ...

    def overridden(self, base: str, name: str) -> Iterable[str | int]: ...

    def setting(self, key: str) -> Iterable[str]: ...

    def usual(self, name: str) -> Iterable[str | int]: ...

    def lengths(self, function: Called, place: int, part: str | None, reading: str) -> Iterable[int]: ...

    def made_bits(self, path: str) -> Iterable[int | None]: ...

    def owns(self, module: str) -> bool: ...

    def declares(self, language: str, path: str) -> bool: ...

    def leave_open(self) -> None: ...


class Inquirer:
    """Asks the rest of the repository, if there is one, in the name of one file."""

    def __init__(self, file: SourceFile, project: Project | None = None) -> None:
        self.file = file
        self._project = project

    def usual(self, name: str) -> list[str]:
        """Texts of a constant of the repository's settings, in their order."""
        return [str(text) for text in self._project.usual(name)] if self._project is not None else []

    def lengths(self, function: Function, place: int, part: str | None, reading: str) -> Iterable[int]:
        """Bits of the keys, or of a property of what they hand over, that callers in other files give."""
        if self._project is None or not function.name:
            return ()
        return self._project.lengths(called(function, self.file), place, part, reading)

    def leave_open(self) -> None:
        """Ask again what was asked, though the rows are told: a size or mode among them is open."""
        if self._project is not None:
            self._project.leave_open()

    def owns(self, module: str) -> bool:
        """Whether an imported module is the repository's own."""
        return self._project is not None and self._project.owns(module)

    def declares(self, path: str) -> bool:
        """Whether the repository itself is the source of what a full path leads into."""
        return self._project is not None and self._project.declares(self.file.language.name, path)

    def asks_elsewhere(self) -> bool:
        """Whether other files are asked for constants."""
        return self._project is not None

    def constants_at(self, path: str) -> Iterable[str | int]:
        """Values of a constant of another file by its full path."""
        return self._project.constant(path) if self._project is not None else ()

    def key_texts(self, path: str) -> set[str]:
        """Texts of a constant of a class in another file."""
        if self._project is None:
            return set()
        full = next(iter(self.file.imports.full_paths(path)))
        return {text for text in self._project.key_text(full) if isinstance(text, str)}

    def made_bits(self, path: str) -> Iterable[int | None]:
        """Bits of the byte strings that a function of another file returns, null of an unknown length."""
        if self._project is None or "()" in path:
            return ()
        full = next(iter(self.file.imports.full_paths(path)))
        if "." not in path:
            full = f"{package}.{path}" if (package := own_package(self.file)) else path
        return self._project.made_bits(full)

    def kept(self, node: SgNode) -> list[Value]:
        """What other files of a package of Go put into the field that an expression names."""
        path = path_of(node.text())
        package = own_package(self.file)
        if self._project is None or package is None or "." not in path or "()" in path:
            return []
        return [Value(v, False) for v in self._project.constant(f"{package}.{path.rpartition('.')[2]}")]

    def _settings(self, key: str) -> Iterable[str]:
        return self._project.setting(key) if self._project is not None else ()
