"""Apply the rules to one file: from its bytes to occurrences."""

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from ast_grep_py import SgNode

from sbom.crypto.catalogue import (
    Algorithm,
    resolve_algorithm,
    resolve_curve,
    resolve_digest,
    resolve_mode,
    resolve_padding,
    resolve_protocol,
)
from sbom.crypto.context import context_of
from sbom.crypto.draft import Draft, completed, function_of, judged, named, primitive_of
from sbom.crypto.kinds import kinds
from sbom.crypto.model import AssetType, Confidence, CryptoOccurrence
from sbom.crypto.pattern import Argument, Pattern
from sbom.crypto.rulebook import Rule, libraries_of
from sbom.crypto.source_file import SourceFile
from sbom.crypto.static import is_static, length_bits, static_length
from sbom.crypto.syntax import Site, call_site, find_leaves, path_of, site_at
from sbom.crypto.values import Evaluator, Project, Value
from sbom.errors import LimitReached

DETECTOR = "chainatlas-crypto"
DETECTOR_VERSION = "1"
FILE_SECONDS = 10.0
"""Wall time for one file; what takes longer is made to."""
_DEPTH = 4
_BITS = re.compile(r"bits_?(\d+)", re.IGNORECASE)
_OPERATIONS = kinds("operations")
_STRINGS = kinds("strings")


@dataclass(frozen=True, slots=True)
class Index:
    """The patterns of some libraries, by the name that finds their sites."""

    names: str
    """Regular expression of all names that a site may hold."""
    literal: dict[str, list[tuple[Rule, Pattern]]]
    patterned: list[tuple[re.Pattern[str], Rule, Pattern]]
    after: re.Pattern[str]


@cache
def index_of(language: str, library_names: tuple[str, ...]) -> Index:
    """The index of the libraries that a file may use."""
    literal: dict[str, list[tuple[Rule, Pattern]]] = {}
    patterned: list[tuple[re.Pattern[str], Rule, Pattern]] = []
    anchors, after = set(), set()
    for library in libraries_of(language):
        if library.name not in library_names:
            continue
        for rule in library.rules:
            if language not in rule.languages:
                continue
            for pattern in rule.patterns:
                anchors.add(pattern.anchor)
                if re.fullmatch(r"\w+", pattern.anchor):
                    literal.setdefault(pattern.anchor, []).append((rule, pattern))
                else:
                    patterned.append((re.compile(pattern.anchor), rule, pattern))
            after |= {pattern.anchor for pattern in rule.after}
    return Index(
        "|".join(sorted(anchors | after)), literal, patterned, re.compile("|".join(sorted(after)) or "(?!)")
    )


def detect(
    file: SourceFile, library_names: Sequence[str], project: Project | None = None
) -> list[CryptoOccurrence]:
    """All occurrences in a parsed file."""
    return Detection(file, tuple(library_names), project).occurrences()


class Detection:
    """The work on one file."""

    def __init__(self, file: SourceFile, library_names: tuple[str, ...], project: Project | None) -> None:
        self.file = file
        self._index = index_of(file.language.name, library_names)
        self._evaluator = Evaluator(file, project)
        self._drafts: dict[tuple[int, int, str], list[Draft]] = {}
        self._later: list[Site] = []
        self._deadline = time.monotonic() + FILE_SECONDS
        self._unread: dict[int, tuple[Draft, Pattern, re.Match[str]]] = {}

    def occurrences(self) -> list[CryptoOccurrence]:
        matched = self._match_all()
        self._unread = {id(draft): (draft, pattern, match) for draft, pattern, match in matched}
        for draft, _, _ in matched:
            if time.monotonic() > self._deadline:
                raise LimitReached(f"not looked through: it took longer than {FILE_SECONDS:.0f} s")
            self._read(draft)
        for draft, _, _ in matched:
            self._read_after(draft)
        for draft, _, _ in matched:
            draft.share_mode()
        kept = [draft for draft, _, _ in matched if not self._refused(draft)]
        return [row for draft in kept for row in self._rows(draft)]

    def drafts(self) -> list[Draft]:
        """Every site that a rule matched, occurrences and their parts."""
        return [draft for drafts in self._drafts.values() for draft in drafts]

    def _read(self, draft: Draft) -> None:
        """What a site says, once; before another site takes it over as its part."""
        if waiting := self._unread.pop(id(draft), None):
            _, pattern, match = waiting
            self._read_path(draft, match)
            self._read_arguments(draft, draft.site, pattern.arguments)

    def _match_all(self) -> list[tuple[Draft, Pattern, re.Match[str]]]:
        if not self._index.names:
            return []
        seen: set[tuple[int, int, str]] = set()
        matched = []
        aliases = self._aliases()
        wanted = "|".join([self._index.names, *map(re.escape, aliases)])
        for leaf in find_leaves(self.file.root, self.file.grammar, wanted):
            if time.monotonic() > self._deadline:
                raise LimitReached(f"not looked through: it took longer than {FILE_SECONDS:.0f} s")
            site = site_at(leaf)
            if site is None:
                continue
            key = (site.start, site.end, site.kind)
            if self._index.after.fullmatch(leaf.text()):
                self._later.append(site)
            if key in seen:
                continue
            found = list(self._matches(site, aliases.get(leaf.text(), leaf.text())))
            if not found:
                continue
            seen.add(key)
            drafts = []
            for rule, pattern, match in found:
                draft = Draft(rule, site, match.string)
                drafts.append(draft)
                matched.append((draft, pattern, match))
            self._drafts[key] = drafts
        return matched

    def _aliases(self) -> dict[str, str]:
        """Names that the file's imports give to what a rule asks for, with the name that the rule knows."""
        wanted = re.compile(self._index.names)
        found = {}
        for alias, full in self.file.imports.names.items():
            last = full.rpartition(".")[2]
            if alias != last and wanted.fullmatch(last):
                found[alias] = last
        return found

    def _matches(self, site: Site, leaf: str) -> Iterable[tuple[Rule, Pattern, re.Match[str]]]:
        candidates = list(self._index.literal.get(leaf, ()))
        candidates += [(rule, p) for regex, rule, p in self._index.patterned if regex.fullmatch(leaf)]
        for rule, pattern in candidates:
            if pattern.kind != site.kind or not _fits(rule, pattern, site):
                continue
            match = self._path_match(pattern, site.path)
            if match is None:
                continue
            groups = match.groupdict()
            if rule.known_only and "ALGORITHM" in groups and resolve_algorithm(groups["ALGORITHM"]) is None:
                continue
            name = groups.get("NAME")
            if rule.names and name is not None and name not in rule.names:
                continue
            if self._meets(rule, pattern, site) and self._has_needed(rule, pattern, site):
                yield rule, pattern, match
                return

    def _path_match(self, pattern: Pattern, path: str) -> re.Match[str] | None:
        if pattern.any_object or pattern.kind == "setting":
            segments = pattern.text.removeprefix("$_.").count(".") + 1
            return pattern.path.fullmatch(".".join(path.split(".")[-segments:]))
        for full in self.file.imports.full_paths(path, self.file.language.globals):
            if match := pattern.path.fullmatch(full):
                return match
        return None

    def _meets(self, rule: Rule, pattern: Pattern, site: Site) -> bool:
        """Whether the literals of a pattern and the conditions of its rule hold."""
        for argument in pattern.arguments:
            if argument.literal is None and argument.role not in rule.when:
                continue
            node = _given(site, argument)
            if node is None:
                return False
            wanted = (argument.literal,) if argument.literal is not None else rule.when[argument.role or ""]
            texts = {node.text().strip("\"'"), path_of(node.text()).rpartition(".")[2].lower(), node.text()}
            texts |= {str(value.text) for value in self._evaluator.values(node)}
            if not texts & {text for text in wanted if text is not None}:
                return False
        return True

    def _has_needed(self, rule: Rule, pattern: Pattern, site: Site) -> bool:
        return rule.needs is None or any(
            argument.role == rule.needs and _given(site, argument) is not None
            for argument in pattern.arguments
        )

    def _read_path(self, draft: Draft, match: re.Match[str]) -> None:
        groups = match.groupdict()
        if (name := groups.get("NAME")) and name in draft.rule.names:
            draft.say(draft.rule.names[name])
        for role, text in groups.items():
            if role != "NAME" and text:
                self._give_text(draft, role, [Value(text)])
        draft.say(draft.rule.says)
        self._read_generics(draft)

    def _read_generics(self, draft: Draft) -> None:
        """What the type arguments and the module's name say: Hmac<Sha256>, cbc::Encryptor<Aes128>."""
        rule, site = draft.rule, draft.site
        if rule.generic is not None:
            first = site.path.partition(".")[0]
            text = site.generics or self.file.imports.generics.get(first, "")
            names = [Value(name) for name in reversed(re.findall(r"\w+", text))]
            if rule.generic == "ALGORITHM":
                names = [name for name in names if resolve_algorithm(str(name.text))][:1]
            self._give_text(draft, rule.generic, names)
        if rule.module is not None:
            self._give_text(draft, rule.module, [Value(draft.api.partition(".")[0].partition("_")[0])])

    def _read_arguments(self, draft: Draft, site: Site, arguments: Iterable[Argument]) -> None:
        """What the arguments of a site, the draft's own or one after it, say of the draft."""
        for argument in arguments:
            if argument.role is None:
                continue
            node = _given(site, argument)
            if node is not None:
                self._give(draft, argument.role, node, site)

    def _give(self, draft: Draft, role: str, node: SgNode, site: Site) -> None:
        """What an argument in a role says."""
        if role in ("KEY", "IV", "SALT"):
            self._give_bytes(draft, role, node)
            return
        if role == "PART":
            for summand in _summands(node):
                if part := self._part_at(summand):
                    self._take(draft, role, part, site)
            return
        if role == "KEY_OF":
            if draft.key_size is None and (bits := length_bits(node, self._evaluator)):
                draft.key_size = bits
            return
        if part := self._part_at(node):
            self._take(draft, role, part, site)
            return
        values = self._evaluator.values(node)
        if role == "FUNCTION":
            values = [*values, Value(path_of(node.text()).rpartition(".")[2])]
        if not values and (inner := _property(node, ("name", "algorithm"))):
            values = self._evaluator.values(inner)
            for key, role_of in (("hash", "DIGEST"), ("namedCurve", "CURVE"), ("length", "KEY_SIZE")):
                if nested := _property(node, (key,)):
                    self._give(draft, role_of, nested, site)
        if role == "KEY_SIZE" and not values:
            size = _BITS.fullmatch(path_of(node.text()).rpartition(".")[2])
            values = [Value(int(size[1]))] if size else []
        if role == "DIGEST" and not values and (inner := _property(node, ("name",))):
            values = self._evaluator.values(inner)
        self._give_text(draft, role, values)

    def _take(self, draft: Draft, role: str, part: Draft, site: Site) -> None:
        inside = site.start <= part.site.start and part.site.end <= site.end
        part.consumed = part.consumed or inside
        if role == "DIGEST":
            draft.digest = draft.digest or (part.algorithms[0][0].name if part.algorithms else None)
            draft.parts.append(part)
        elif role == "FUNCTION":
            draft.function = draft.function or part.function
        else:
            draft.take(part)

    def _give_text(self, draft: Draft, role: str, values: list[Value]) -> None:
        texts = [value for value in values if isinstance(value.text, str)]
        numbers = [value.text if isinstance(value.text, int) else _digits(value.text) for value in values]
        number = next((item for item in numbers if item is not None), None)
        if role in ("ALGORITHM", "CIPHER"):
            known = [(resolve_algorithm(str(value.text)), value.certain) for value in texts]
            found = [(algorithm, certain) for algorithm, certain in known if algorithm is not None]
            if not draft.algorithms:
                draft.algorithms = found
            return
        if values and not all(value.certain for value in values):
            draft.certain = False
        if role == "SIZE_OR_CURVE":
            role = "KEY_SIZE" if number is not None else "CURVE"
        if role == "KEY_SIZE" and draft.key_size is None:
            draft.key_size = number
        elif role == "KEY_BYTES" and draft.key_size is None and number is not None:
            draft.key_size = number * 8
        elif role == "ITERATIONS" and draft.iterations is None:
            draft.iterations = number
        elif role == "MODE":
            draft.mode = draft.mode or next(filter(None, (resolve_mode(str(v.text)) for v in texts)), None)
        elif role == "PADDING":
            found_padding = next(filter(None, (resolve_padding(str(v.text)) for v in texts)), None)
            draft.padding = draft.padding or found_padding
        elif role == "CURVE":
            curve = next(filter(None, (resolve_curve(str(v.text)) for v in texts)), None)
            draft.curve = draft.curve or (curve.name if curve else None)
        elif role == "DIGEST":
            digest = next(filter(None, (resolve_digest(str(v.text)) for v in texts)), None)
            draft.digest = draft.digest or digest
        elif role == "PROTOCOL":
            version = next(filter(None, (resolve_protocol(str(v.text)) for v in values)), None)
            if version is not None:
                draft.protocol = version.protocol
                draft.version = draft.version or version.version
        elif role == "FUNCTION":
            for value in values:
                draft.function = draft.function or draft.rule.functions.get(str(value.text))

    def _give_bytes(self, draft: Draft, role: str, node: SgNode) -> None:
        """A key, IV or salt: whether it is a constant, where it comes from, how long a key is."""
        if is_static(node, self._evaluator):
            draft.findings.add({"KEY": "static-key", "IV": "static-iv", "SALT": "static-salt"}[role])
        part = self._part_at(node)
        if part is not None:
            if part.rule.finding == "weak-random":
                draft.findings.add("weak-random")
            draft.findings |= part.findings & {"static-key", "static-iv", "weak-random"}
            part.consumed = part.consumed or (
                draft.site.start <= part.site.start and part.site.end <= draft.site.end and part.rule.part
            )
            if role == "KEY" and draft.key_size is None:
                draft.key_size = part.key_size
        if role == "KEY" and draft.key_size is None:
            draft.key_size = static_length(node, self._evaluator)

    def _part_at(self, node: SgNode, depth: int = _DEPTH) -> Draft | None:
        """The draft that an expression is, directly or through a variable."""
        span = node.range()
        for kind in ("call", "name"):
            if drafts := self._drafts.get((int(span.start.index), int(span.end.index), kind)):
                self._read(drafts[0])
                return drafts[0]
        if depth <= 0 or node.kind() in _STRINGS:
            return None
        site = call_site(node)
        if site is not None:
            if site.receiver is not None:  # a builder: the object that the chain began with
                return self._part_at(site.receiver, depth - 1)
            if len(site.arguments) == 1:  # a conversion of type
                return self._part_at(site.arguments[0].node, depth - 1)
            return None
        children = [child for child in node.children() if child.is_named()]
        path = path_of(node.text())
        if re.fullmatch(r"[\w$]+", path):
            function = self.file.function_at(int(span.start.index))
            definitions = self.file.definitions.get(path.lstrip("$"), [])
            if function is not None:
                local = [d for d in definitions if function.start <= d.start < int(span.start.index)]
                if not local and path in function.parameters:
                    return None
                definitions = local or definitions
            for definition in reversed(definitions):
                if part := self._part_at(definition.value, depth - 1):
                    return part
            return None
        return self._part_at(children[-1], depth - 1) if len(children) == 1 else None

    def _read_after(self, draft: Draft) -> None:
        """Calls on the object that the site made, which say more about it."""
        if not draft.rule.after:
            return
        name = self._assigned(draft.site)
        function = self.file.function_at(draft.site.start)
        for pattern in draft.rule.after:
            for site in self._later:
                if pattern.kind != site.kind:
                    continue
                match = pattern.path.fullmatch(site.path.rpartition(".")[2])
                if match is None or not self._is_on(site, draft.site, name, function, pattern):
                    continue
                for role, text in match.groupdict().items():
                    self._give_text(draft, role, [Value(text)])
                self._read_arguments(draft, site, pattern.arguments)

    def _is_on(self, site: Site, made: Site, name: str | None, function: object, pattern: Pattern) -> bool:
        if site.receiver is not None and site.receiver.range().start.index == made.start:
            return True
        if name is None:
            return False
        on = site.path.rpartition(".")[0]
        own = next((argument for argument in pattern.arguments if argument.role == "SELF"), None)
        if own is not None and (node := _given(site, own)) is not None:
            on = path_of(node.text())
        if on.rpartition(".")[2].lstrip("$@") != name:
            return False
        return self.file.function_at(site.start) == function or "." in on or self._is_field(name)

    def _is_field(self, name: str) -> bool:
        return any(self.file.function_at(d.start) is None for d in self.file.definitions.get(name, ()))

    def _assigned(self, site: Site) -> str | None:
        """The variable that a site's value is given to."""
        best = None
        for definitions in self.file.definitions.values():
            for definition in definitions:
                span = definition.value.range()
                inside = span.start.index <= site.start and site.end <= span.end.index
                if inside and (best is None or definition.start >= best.start):
                    best = definition
        return best.name if best is not None else None

    def _refused(self, draft: Draft) -> bool:
        if draft.rule.silent or draft.consumed:
            return True
        if not draft.algorithms and (usual := draft.rule.says.get("default_algorithm")):
            draft.say({"algorithm": usual})
        return draft.rule.known_only and not draft.algorithms and draft.protocol is None

    def _rows(self, draft: Draft) -> Iterable[CryptoOccurrence]:
        options: list[tuple[Algorithm | None, bool]] = list(draft.algorithms)
        if not options:
            options = [(None, True)]
        if len(options) == 1 and draft.algorithms and draft.curve == "oscaa/SM2":
            algorithm, certain = options[0]
            if algorithm is not None and algorithm.family in ("EC", "ECDSA", "ECDH"):
                options = [(resolve_algorithm("SM2"), certain)]
        line, column = self.file.place(draft.site.start)
        for option, certain in options:
            algorithm = completed(draft, option)
            primitive = primitive_of(draft, algorithm)
            is_protocol = draft.protocol is not None and algorithm is None
            sure = certain and draft.certain
            confidence = Confidence.HIGH if sure else Confidence.MEDIUM
            if algorithm is None and not is_protocol:
                confidence = Confidence.LOW
            yield CryptoOccurrence(
                path=self.file.path,
                line=line,
                column=column,
                offset=draft.site.start,
                language=self.file.language.name,
                rule=draft.rule.id,
                library=draft.rule.library,
                api=draft.api,
                asset_type=AssetType.PROTOCOL if is_protocol else AssetType.ALGORITHM,
                algorithm=named(algorithm) if algorithm else None,
                family=algorithm.family if algorithm else None,
                mode=(algorithm.mode if algorithm else None) or draft.mode,
                padding=(algorithm.padding if algorithm else None) or draft.padding,
                key_size=(algorithm.size if algorithm else None) or draft.key_size,
                curve=(algorithm.curve if algorithm else None) or draft.curve,
                digest=(algorithm.digest if algorithm else None) or draft.digest,
                iterations=draft.iterations,
                protocol=draft.protocol,
                protocol_version=draft.version,
                primitive=primitive,
                function=function_of(draft, primitive),
                confidence=confidence,
                context=context_of(self.file.path),
                findings=judged(draft, algorithm),
                parser=DETECTOR,
                parser_version=DETECTOR_VERSION,
            )


def _fits(rule: Rule, pattern: Pattern, site: Site) -> bool:
    return not rule.arity or pattern.kind != "call" or len(site.arguments) in rule.arity


def _given(site: Site, argument: Argument) -> SgNode | None:
    """The expression that a site gives for an argument of the pattern."""
    if argument.name is not None:
        for given in site.arguments:
            if given.name == argument.name:
                return given.node
        for given in site.arguments:
            if found := _property(given.node, (argument.name,)):
                return found
    if argument.place is None:
        return None
    positional = [given.node for given in site.arguments if given.name is None]
    if argument.name is not None and argument.place >= len(positional):
        return None
    return positional[argument.place] if argument.place < len(positional) else None


def _summands(node: SgNode) -> list[SgNode]:
    """Options that are added up, without the conversion around them: CCOptions(a | b)."""
    inner = node
    while (call := call_site(inner)) is not None and len(call.arguments) == 1 and call.receiver is None:
        if call.arguments[0].node.kind() not in _OPERATIONS:
            return [node]
        inner = call.arguments[0].node
    if inner.kind() not in _OPERATIONS:
        return [node]
    return [item for child in inner.children() for item in _summands(child)]


def _property(node: SgNode, names: tuple[str, ...]) -> SgNode | None:
    """The value of a property of an object literal, hash or dictionary."""
    if node.kind() in ("value_argument", "argument"):
        named_children = [child for child in node.children() if child.is_named()]
        node = named_children[-1] if named_children else node
    if node.kind() not in ("object", "hash", "dictionary", "array_creation_expression", "composite_literal"):
        return None
    for pair in node.children():
        if pair.kind() == "shorthand_property_identifier" and pair.text() in names:
            return pair
        children = [child for child in pair.children() if child.is_named()]
        if len(children) == 2 and children[0].text().strip("\"':") in names:
            return children[1]
    return None


def _digits(text: str | int) -> int | None:
    return int(text) if isinstance(text, str) and re.fullmatch(r"\d{1,9}", text) else None
