"""Apply the rules to one file: from its syntax tree to occurrences."""

import re
import time
from collections.abc import Sequence
from functools import cached_property

from sbom.crypto.code_commands import command_rows
from sbom.crypto.commands import COMMANDS
from sbom.crypto.declared import template_around
from sbom.crypto.draft import Draft
from sbom.crypto.index import Index, index_of
from sbom.crypto.kinds import kinds
from sbom.crypto.later import Later
from sbom.crypto.macros import expanded, macros_of
from sbom.crypto.match import Matcher
from sbom.crypto.model import CryptoOccurrence
from sbom.crypto.named_sizes import name_sizes
from sbom.crypto.project import Project
from sbom.crypto.read import Reader
from sbom.crypto.rows import once_a_line, rows_of
from sbom.crypto.sites import Site
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import find_sites
from sbom.crypto.told import told_at
from sbom.crypto.values import Evaluator
from sbom.crypto.wrappers import WRAPPERS, wrapper_rows
from sbom.errors import LimitReached

_OPERATIONS = kinds("operations")
_NO_LIBRARIES = frozenset({COMMANDS, WRAPPERS})
FILE_SECONDS = 10.0
"""Wall time for one file; what takes longer is made to."""


def detect(
    file: SourceFile, library_names: Sequence[str], project: Project | None = None
) -> list[CryptoOccurrence]:
    """All occurrences in a parsed file.

    Raises:
        LimitReached: the file takes longer than `FILE_SECONDS`.
    """
    detection = Detection(file, tuple(library_names), project)
    if not detection.may_tell():
        others = tuple(name for name in library_names if name in _NO_LIBRARIES)
        detection = Detection(file, others, project)
    return detection.occurrences()


def _index_of(file: SourceFile, library_names: Sequence[str]) -> Index:
    return index_of(file.language.name, tuple(sorted({*library_names} - _NO_LIBRARIES)))


class Detection:
    """The work on one file."""

    def __init__(self, file: SourceFile, library_names: tuple[str, ...], project: Project | None) -> None:
        self.file = file
        self._commands = COMMANDS in library_names
        self._wrappers = WRAPPERS in library_names
        self._project = project
        self._index = _index_of(file, library_names)
        self._evaluator = Evaluator(file, project)
        self._matcher = Matcher(file, self._index, self._evaluator)
        self._reader = Reader(file, self._evaluator)
        self._deadline = time.monotonic() + FILE_SECONDS
        self.drafts: list[Draft] = []
        """Every site that a rule matched, occurrences and their parts."""

    @cached_property
    def _pieces(self) -> set[str]:
        """Pieces of the names of rules that stand in the file."""
        return self._index.pieces_in(self.file.code)

    def may_tell(self) -> bool:
        """Whether a name of a rule that makes an occurrence stands in the file."""
        return bool(self._index.telling.among(self.file.words, self._pieces, self.file.holds))

    def occurrences(self) -> list[CryptoOccurrence]:
        """The occurrences of the file, in the order of its sites."""
        later = Later(self.file, self._match_all(), self._reader)
        for draft in self.drafts:
            self._check_time()
            self._reader.read(draft)
        for draft in sorted(
            self.drafts, key=lambda draft: not draft.rule.part
        ):  # what others take over first
            self._check_time()
            later.read(draft)
        for draft in self.drafts:
            draft.share_mode()
        for draft in self.drafts:
            draft.take_size()
        name_sizes(self.drafts, self.file)
        for draft in self.drafts:
            draft.say_alone()
            draft.settle()
        _give_back(self.drafts)
        _drop_inner(self.drafts)
        _drop_summands(self.drafts)
        told = (draft for draft in self.drafts if not draft.is_refused())
        rows = once_a_line([row for draft in told for row in rows_of(draft, self.file)])
        if self._commands:
            rows += command_rows(self.file, self._evaluator)
        if self._wrappers:
            lines = {self.file.place(draft.place)[0] for draft in self.drafts}
            rows += wrapper_rows(self.file, self._project, frozenset(lines))
        return rows

    def _match_all(self) -> list[Site]:
        """Make a draft of every site that a rule fits; the sites that may say more of others are returned."""
        later: list[Site] = []
        held = self.file.words, self._pieces, self.file.holds
        names = self._index.names.among(*held)
        texts = self._index.texts.among(*held)
        literals = self._index.literals.among(*held)
        if not (names or texts or literals):
            return later
        aliases = self._matcher.aliases()
        macros = macros_of(self.file, self._index.names.match)
        aliases |= {name: macro.calls for name, macro in macros.items()}
        names += [*self._index.later.among(*held), *map(re.escape, sorted(aliases))]
        settings = self._index.settings.among(*held)
        for name, found in find_sites(self.file, names, settings, texts, literals):
            self._check_time()
            site = expanded(found, macros[name]) if name in macros else found
            if self._index.later.match(name):
                later.append(site)
            if (site.start, site.end, site.kind) in self._reader.placed:
                continue
            if match := self._matcher.match(site, aliases.get(name, name)):
                by_name = match.pattern.any_object or site.kind == "definition"
                place = site.name_start if by_name else site.start
                if match.rule.type_argument and (template := template_around(site.node)):
                    place = int(template.range().start.index)
                if told := told_at(match.rule, match.pattern, site, self.file):
                    place = told
                certain = match.rule.certain and match.finding == match.rule.finding
                draft = Draft(match.rule, site, match.api, place, certain=certain, consumed=match.is_held)
                draft.finding = match.finding
                self.drafts.append(draft)
                self._reader.add(draft, match)
        return later

    def _check_time(self) -> None:
        if time.monotonic() > self._deadline:
            raise LimitReached(f"not looked through: it took longer than {FILE_SECONDS:.0f} s")


def _give_back(drafts: list[Draft]) -> None:
    """What stands inside of a site that turned out to be none is told by itself."""
    kept = {id(part) for draft in drafts if not draft.is_refused() for part in draft.parts}
    for draft in drafts:
        if draft.is_refused() and not draft.consumed and not draft.rule.silent:
            for part in draft.parts:
                part.consumed = part.consumed and id(part) in kept


def _drop_inner(drafts: list[Draft]) -> None:
    """A check that is switched off by what stands inside of another such site is told once."""
    outer = [draft for draft in drafts if draft.finding and draft.protocol]
    for draft in outer:
        for other in outer:
            if (
                other is not draft
                and other.site.start <= draft.site.start
                and draft.site.end <= other.site.end
                and not _is_earlier_in_chain(draft, other)
            ):
                draft.consumed = draft.finding == other.finding or draft.consumed


def _is_earlier_in_chain(draft: Draft, other: Draft) -> bool:
    """Whether a call is made on what another one gives: two settings of one builder."""
    receiver = other.site.receiver
    return receiver is not None and draft.site.end <= int(receiver.range().end.index)


def _drop_summands(drafts: list[Draft]) -> None:
    """Versions of a protocol that one sum of options names are told once, at the first."""
    told: set[tuple[str, int]] = set()
    for draft in drafts:
        if draft.protocol is None or draft.site.kind != "name" or draft.consumed:
            continue
        node = draft.site.node
        while (above := node.parent()) is not None and above.kind() in _OPERATIONS:
            node = above
        place = (draft.rule.id, int(node.range().start.index))
        draft.consumed = place in told
        told.add(place)
