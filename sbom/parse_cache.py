"""Parse unchanged files once, however many commits hold them.

A parser may look at other files of its tree, ask whether they exist, list those that formats read or look
for, and keep what it worked out for later files of its ecosystem in `Tree.memo`. So what was parsed is
remembered with its footprint: everything that the parser was told about the tree. It holds for another commit
if that commit would have told the same. Files whose parsers share a memo are remembered together, as one
ecosystem, because one parser's footprint does not show in another's; the others one by one.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, MutableMapping, Set
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sbom.limits import Limits
from sbom.lockfiles import Findings, is_listed
from sbom.lockfiles.folder import Tree
from sbom.source import Listing

_MOST_SUBJECTS = 8192
_MOST_VARIANTS = 4


@dataclass(slots=True)
class Footprint:
    """What parsing was told about the tree."""

    files: dict[str, str | None] = field(default_factory=dict)
    """Keys of the files that were read; null where there was none."""
    names: dict[str, bool] = field(default_factory=dict)
    """Whether there is a file of this path."""
    listing: Set[str] | None = None
    """All paths that some format reads or looks for, if they were listed."""
    submodules: Mapping[str, str] | None = None
    """The pinned commits, if they were asked for."""
    shared: bool = False
    """Whether the memo was used."""

    def add(self, other: "Footprint") -> None:
        self.files |= other.files
        self.names |= other.names
        self.listing = self.listing if other.listing is None else other.listing
        self.submodules = self.submodules if other.submodules is None else other.submodules
        self.shared |= other.shared

    def fits(self, recorder: "Recorder") -> bool:
        """Whether the recorder's tree would tell the same."""
        listing = recorder.listing
        return (
            all(listing.files.get(path) == key for path, key in self.files.items())
            and all((path in listing.files) is there for path, there in self.names.items())
            and (self.listing is None or self.listing == recorder.listed_paths)
            and (self.submodules is None or self.submodules == listing.submodules)
        )


class Recorder:
    """The files of one commit as trees that note in `footprint` what they tell."""

    def __init__(
        self,
        listing: Listing,
        load: Callable[[str], bytes | None],
        limits: Limits,
        published_pom: Callable[[str, str, str], bytes | None] | None = None,
    ) -> None:
        self.listing = listing
        self.footprint = Footprint()
        self._load = load
        self._limits = limits
        self._published_pom = published_pom
        self._listed: frozenset[str] | None = None

    @property
    def listed_paths(self) -> frozenset[str]:
        """The paths that some format reads or looks for."""
        if self._listed is None:
            self._listed = frozenset(path for path in self.listing.files if is_listed(path))
        return self._listed

    def tree(self) -> Tree:
        """A tree with an empty memo."""
        memo, submodules = _Memo(self), _Submodules(self)
        return Tree(self._read, _Paths(self), self._limits, memo, submodules, self._published_pom)

    def _read(self, path: str) -> bytes | None:
        self.footprint.files[path] = self.listing.files.get(path)
        return self._load(path)


class _Paths(Set[str]):
    """All paths, of which iteration shows those that some format reads or looks for."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def __contains__(self, path: object) -> bool:
        there = path in self._recorder.listing.files
        if isinstance(path, str):
            self._recorder.footprint.names[path] = there
        return there

    def __iter__(self) -> Iterator[str]:
        self._recorder.footprint.listing = self._recorder.listed_paths
        return iter(self._recorder.listed_paths)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Memo(MutableMapping[Any, Any]):
    """A mapping that notes every use."""

    def __init__(self, recorder: Recorder) -> None:
        self._values: dict[Any, Any] = {}
        self._recorder = recorder

    def _noted(self) -> dict[Any, Any]:
        self._recorder.footprint.shared = True
        return self._values

    def __getitem__(self, key: Any) -> Any:
        return self._noted()[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._noted()[key] = value

    def __delitem__(self, key: Any) -> None:
        del self._noted()[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._noted())

    def __len__(self) -> int:
        return len(self._noted())


class _Submodules(Mapping[str, str]):
    """Pinned commits by path."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def _noted(self) -> Mapping[str, str]:
        self._recorder.footprint.submodules = self._recorder.listing.submodules
        return self._recorder.listing.submodules

    def __getitem__(self, path: str) -> str:
        return self._noted()[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._noted())

    def __len__(self) -> int:
        return len(self._noted())


class Parsed(NamedTuple):
    """What was found, and what of the tree it depends on."""

    footprint: Footprint
    sheets: tuple[Findings, ...]


class ParseCache:
    """Findings by what was parsed: path, content, parser and its version, limits."""

    def __init__(self) -> None:
        self._variants: dict[Hashable, list[Parsed]] = {}
        self.barren: set[tuple[str, Hashable]] = set()
        """Contents in which a format of source code found nothing, by the format's name and their keys."""

    def find(self, subject: Hashable, recorder: Recorder) -> Parsed | None:
        """What was found in the subject where the tree told the same; null if that was never parsed."""
        for parsed in self._variants.get(subject, ()):
            if parsed.footprint.fits(recorder):
                return parsed
        return None

    def keep(self, subject: Hashable, parsed: Parsed) -> None:
        """Remember findings; the oldest of too many are forgotten."""
        variants = self._variants.pop(subject, [])
        self._variants[subject] = [parsed, *variants[: _MOST_VARIANTS - 1]]
        while len(self._variants) > _MOST_SUBJECTS:
            del self._variants[next(iter(self._variants))]
