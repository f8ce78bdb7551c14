"""Key sizes that the name of a function or class says, wherever its key comes from: `AES128GCM.seal(key)`."""

import re
from collections.abc import Iterable

from sbom.crypto.draft import Draft
from sbom.crypto.owners import class_of
from sbom.crypto.source_file import SourceFile

_SIZED = re.compile(r"(?i:aes|camellia|aria)[_-]?(128|192|256)(?!\d)")
_NAME = re.compile(r"(?i)(aes|camellia|aria)")


def name_sizes(drafts: Iterable[Draft], file: SourceFile) -> None:
    """Give block ciphers with a key of unknown length the size that what they stand in is called after."""
    for draft in drafts:
        families = {algorithm.family for algorithm, _ in draft.algorithms}
        if draft.key_size or draft.key_bits or not families or any(a.size for a, _ in draft.algorithms):
            continue
        if len(families) == 1 and _NAME.fullmatch(family := families.pop()):
            draft.key_bits = _size_around(draft.site.start, family, file)


def _size_around(offset: int, family: str, file: SourceFile) -> int | None:
    """The only size that names around an offset state for a cipher, the innermost function first."""
    for function in file.functions_around(offset):
        for name in (function.name, class_of(function, file)):
            stated = {
                int(match[1])
                for match in _SIZED.finditer(name)
                if match[0].lower().startswith(family.lower())
            }
            if stated:
                return stated.pop() if len(stated) == 1 else None
    return None
