"""What an expression of one file asks of the rest of the repository, noted to be asked later."""

from collections.abc import Iterable

from ast_grep_py import SgNode

from sbom.crypto.elsewhere import own_package
from sbom.crypto.source_file import SourceFile
from sbom.crypto.values import Evaluator


class Noting(Evaluator):
    """What a file tells by itself; constants of other files are noted, as full paths, to be asked for."""

    def __init__(self, file: SourceFile) -> None:
        super().__init__(file)
        self.keys: list[str] = []
        self.constants: list[str] = []

    def key_texts(self, path: str) -> set[str]:
        self.keys.append(next(iter(self.file.imports.full_paths(path))))
        return set()

    def asks_elsewhere(self) -> bool:
        return True

    def constants_at(self, path: str) -> Iterable[str | int]:
        self.constants.append(path)
        return ()


def constants_of_package(file: SourceFile, node: SgNode) -> list[str]:
    """Variables in other files of its package of Go that an expression leads to, as full paths."""
    package = own_package(file)
    if package is None:
        return []
    evaluator = Noting(file)
    evaluator.values(node)
    return [path for path in dict.fromkeys(evaluator.constants) if path.startswith(f"{package}.")]
