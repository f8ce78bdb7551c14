"""What a matched site says of its algorithm: its name, its arguments, other sites among these."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ast_grep_py import SgNode

from sbom.crypto.algorithms import Algorithm
from sbom.crypto.catalogue import (
    resolve_algorithm,
    resolve_curve,
    resolve_protocol,
)
from sbom.crypto.crypt_formats import crypt_algorithm
from sbom.crypto.draft import Draft
from sbom.crypto.finding_rules import allows_weak_suites
from sbom.crypto.flow import assigned_values
from sbom.crypto.generators import fillers_of, is_constant_seed
from sbom.crypto.handed import calls_of_handed
from sbom.crypto.key_parts import digest_bits_of, may_have, wraps_key_of
from sbom.crypto.kinds import kinds
from sbom.crypto.lengths import given_bits, length_bits, sizeof_bits
from sbom.crypto.literals import Value
from sbom.crypto.match import Match
from sbom.crypto.objects import elements_of, given, options_untold, pairs_of, property_of
from sbom.crypto.parts import Parts
from sbom.crypto.paths import path_of
from sbom.crypto.pattern import Argument
from sbom.crypto.qualities import digits, give_quality, names_other_mode, resolve_all
from sbom.crypto.signers import give_signer
from sbom.crypto.sites import Site
from sbom.crypto.source_file import SourceFile
from sbom.crypto.static import is_static
from sbom.crypto.syntax import call_site
from sbom.crypto.values import Evaluator

_BITS = re.compile(r"bits_?(\d+)", re.IGNORECASE)
_BEGUN = re.compile(r"[$@f]?[\"'`]([A-Za-z][A-Za-z0-9]*)[-/_]")
_NAME = re.compile(r"[a-z_]\w*")
_OPERATIONS = kinds("operations")
_CASES_OF_TEXT = kinds("lower") | kinds("upper")
_PROTOCOL_LIST = re.compile(r"[,;:|\s]+")
_NOTHING = frozenset({"none", "jose-none"})
_FILLED = kinds("filled")
_WRITERS = frozenset({"String", "string", "fmt", "MessageFormat"})
_STEPS = 6
_OPEN = frozenset({"KEY_SIZE", "KEY_BYTES", "SIZE_OR_CURVE", "CURVE", "MODE"})
"""What another file may tell, though the algorithm is known here."""
_WHOLES = frozenset({"PART", "TOKEN", "SCHEME", "ALGORITHM", "CIPHER"})
_CONDITIONS = frozenset({"VALUE", "OPTION", "CLASS", "PLUGIN", "CALLBACK"})
"""Roles that say whether there is a site, and nothing of it."""
_QUALITIES = frozenset({"TOKEN", "SCHEME", "DIGEST", "CURVE", "SIZE_OR_CURVE", "MODE", "PADDING"})


@dataclass(slots=True)
class Reader:
    """Reads the drafts of one file; a draft is read before another one takes it over as its part."""

    file: SourceFile
    evaluator: Evaluator
    placed: dict[tuple[int, int, str], Draft] = field(default_factory=dict)
    """Drafts by start, end and kind of their sites."""
    unread: dict[int, tuple[Draft, Match]] = field(default_factory=dict)
    _parts: Parts = field(init=False)

    def __post_init__(self) -> None:
        self._parts = Parts(self.file, self.placed, self.read)

    def add(self, draft: Draft, match: Match) -> None:
        """Take in a draft that is to be read."""
        self.placed[draft.site.start, draft.site.end, draft.site.kind] = draft
        self.unread[id(draft)] = (draft, match)

    def read(self, draft: Draft) -> None:
        """What a site says, once."""
        if waiting := self.unread.pop(id(draft), None):
            _, match = waiting
            draft.say(match.says)
            self._read_path(draft, match.path)
            receiver = draft.site.receiver
            is_setting = "protocol" in draft.rule.says  # of a builder, which is told by itself
            typed = match.rule.types and not is_setting
            if typed and receiver is not None and (made := self._parts.at(receiver)):
                self._take(draft, "PART", made, draft.site)
                draft.consumed |= match.rule.once and not made.consumed
            self.read_arguments(draft, draft.site, match.pattern.arguments)
            for pattern in match.rule.handed:
                for call in calls_of_handed(draft.site, self.file):
                    self.read_arguments(draft, call, pattern.arguments)
            self._read_usual(draft)

    def _read_usual(self, draft: Draft) -> None:
        """What the repository's settings say of a site that says nothing of its algorithm."""
        if draft.rule.usual is None or draft.algorithms or draft.asked:
            return
        if texts := self.evaluator.usual(draft.rule.usual):
            known = draft.rule.names.items()  # a class of one's own is called like what it derives from
            draft.say(next((says for name, says in known if texts[0].endswith(name)), {}))
            draft.asked = True  # no default holds

    def read_arguments(self, draft: Draft, site: Site, arguments: Sequence[Argument]) -> None:
        """What the arguments of a site, the draft's own or one after it, say of the draft."""
        for argument in arguments:
            node = given(site, argument, self.file)
            if argument.role is not None and node is not None:
                self._give(draft, argument.role, node, site)
            elif argument.role == "MODE" and argument.name and options_untold(site, arguments, self.file):
                draft.begun = True  # the options may name a mode, so no default holds

    def _read_path(self, draft: Draft, match: re.Match[str]) -> None:
        groups = match.groupdict()
        if (name := groups.get("NAME")) and name in draft.rule.names:
            draft.say(draft.rule.names[name])
        for role, text in groups.items():
            if role != "NAME" and text:
                self.give_text(draft, role, [Value(text)])
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
            self.give_text(draft, rule.generic, names)
            if draft.primitive == "signature" and rule.generic == "DIGEST":  # RSASS<PSS, SHA256>
                self.give_text(draft, "PADDING", names)
            for part in self.placed.values():
                part.consumed |= part.rule.part and _is_type_argument(part.site, site)
        if rule.module is not None:
            self.give_text(draft, rule.module, [Value(draft.api.partition(".")[0].partition("_")[0])])

    def _give(self, draft: Draft, role: str, node: SgNode, site: Site) -> None:
        """What an argument in a role says."""
        if role in ("KEY", "IV", "SALT"):
            self._give_bytes(draft, role, node)
            return
        if role == "SECRET":
            draft.static_secret = draft.static_secret or is_static(node, self.evaluator)
            return
        if role == "SEED":
            if is_constant_seed(node, self.evaluator):
                draft.findings.add("weak-random")
            return
        if role == "PAIR":  # one of a pair of keys, whose size counts
            draft.key_source = self._parts.at(node) or self._parts.owner_of(node)
            return
        if role in ("SIGNER", "TOKEN_KEY"):
            token = role == "TOKEN_KEY"
            for maker in give_signer(draft, node, self._parts, self.evaluator, token=token):
                if token:
                    self._consume(role, maker, site)
            return
        if role == "KEY_FUNCTION":
            draft.asked = True
            if not draft.algorithms:
                self.give_text(draft, "ALGORITHM", self.evaluator.key_functions(node))
            return
        if role == "CRYPT" and (
            format_of := crypt_algorithm(node, self.file, self.evaluator.alone().values(node))
        ):
            draft.algorithms = draft.algorithms or [(format_of, True)]
            return
        draft.asked = draft.asked or role == "ALGORITHM"
        draft.padded = draft.padded or role == "PADDING"
        if role in ("PART", "TOKEN", "SCHEME", "CRYPT"):
            for summand in self._all_summands(node):
                if parts := self._parts.others_at(summand, draft):
                    self._take_any(draft, role, parts, site)
                    draft.consumed = draft.consumed or (
                        draft.rule.once and not any(part.consumed for part in parts)
                    )
                elif role == "PART":
                    self.give_text(draft, "CIPHER", self._kept(summand))
            return
        if role == "WITH":  # an option that is told by itself, too
            if (option := self._parts.at(node)) is not None:
                draft.take(option)
            return
        if role == "INNER" or role in _CONDITIONS:  # what is made of it says all
            for part in self._parts.others_at(node, draft):
                self._consume(role, part, site)
            return
        if role == "OUTPUT_BYTES":
            sizes = {value.text for value in self.evaluator.alone().values(node)}
            number = sizes.pop() if len(sizes) == 1 else None
            draft.output_bits = number * 8 if isinstance(number, int) else None
            return
        if role == "KEY_OF":
            if draft.key_size is None and (bits := length_bits(node, self.evaluator)):
                draft.key_size = bits
            return
        parts = self._parts.others_at(node, draft)
        if not parts and role == "PROTOCOL":  # versions that are added up
            parts = [part for item in _summands(node) for part in self._parts.others_at(item, draft)]
        if not parts and role == "ALGORITHM":  # one of those in a list
            parts = [part for item in elements_of(node) for part in self._parts.others_at(item, draft)]
        if parts:
            self._take_any(draft, role, parts, site)
            return
        self._give_value(draft, role, node, site)
        if role == "MODE" and draft.mode is None:
            draft.begun = True

    def _kept(self, node: SgNode) -> list[Value]:
        """What other files of a package of Go put into a field, or give for a parameter."""
        if self.file.language.name != "go":
            return []
        return self.evaluator.kept(node) or self.evaluator.values(node)

    def _all_summands(self, node: SgNode) -> list[SgNode]:
        """Options that are added up, in a variable too."""
        if node.kind() == "variadic_argument":  # Go: options...
            node = node.children()[0]
        if _NAME.fullmatch(node.text()) and not self._parts.all_at(node):
            for value in assigned_values(self.file, node.text(), int(node.range().start.index))[:1]:
                return elements_of(value) or [item for _, item in pairs_of(value)] or _summands(value)
        return _summands(node)

    def _give_value(self, draft: Draft, role: str, node: SgNode, site: Site) -> None:
        values = self.evaluator.values(node)
        inner = property_of(node, ("name", "algorithm", "alg"), self.file) if not values else None
        open_name = role in _WHOLES and not values and not draft.algorithms
        if open_name and (begun := self._begun(inner or node)):
            draft.algorithms, draft.begun = [(begun, False)], True
        if role == "FUNCTION":
            values = [*values, Value(path_of(node.text()).rpartition(".")[2])]
        if inner is not None:
            values = self.evaluator.values(inner)
            for key, role_of in (("hash", "DIGEST"), ("namedCurve", "CURVE"), ("length", "KEY_SIZE")):
                if nested := property_of(node, (key,), self.file):
                    self._give(draft, role_of, nested, site)
        if role in ("CURVE", "SIZE_OR_CURVE") and not values:
            values = self._named_curve(node)
        if role == "KEY_SIZE" and not values:
            size = _BITS.fullmatch(path_of(node.text()).rpartition(".")[2])
            bits = int(size[1]) if size else sizeof_bits(node.text(), self.evaluator)
            values = [Value(bits)] if bits else []
        if not values and (role in _OPEN or draft.begun):
            self.evaluator.leave_open()
        self.give_text(draft, role, values)

    def _begun(self, node: SgNode) -> Algorithm | None:
        """The block cipher that a text begins with, the rest of which is not told: `"AES/" + mode`."""
        for _ in range(_STEPS):
            if _NAME.fullmatch(node.text()) and not self.evaluator.values(node):
                start = int(node.range().start.index)
                inner = next(iter(assigned_values(self.file, node.text(), start)), None)
            else:
                inner = _begins_with(node)
            if inner is None:
                break
            node = inner
        texts = [str(value.text) for value in self.evaluator.values(node)]
        written = _BEGUN.match(node.text()) if not texts else None
        name = written[1] if written else texts[0].rstrip("-/_") if len(texts) == 1 else ""
        found = resolve_algorithm(name) if name else None
        begins = found is not None and (found.primitive == "block-cipher" or found.name.startswith("RSA"))
        return found if begins else None

    def _named_curve(self, node: SgNode, depth: int = 3) -> list[Value]:
        """A curve by the name of the function of another package that gives it: `secp256k1.S256()`."""
        site = call_site(node)
        if site is not None and not site.arguments:
            owner, _, name = site.path.rpartition(".")
            for text in (name, owner.rpartition(".")[2]):
                if resolve_curve(text):
                    return [Value(text)]
        if depth > 0 and re.fullmatch(r"\w+", node.text()):
            for value in assigned_values(self.file, node.text(), int(node.range().start.index)):
                if found := self._named_curve(value, depth - 1):
                    return found
        return []

    def _take_any(self, draft: Draft, role: str, parts: list[Draft], site: Site) -> None:
        """Take over what is one of several parts: its algorithm is one of theirs, what differs stays open."""
        if role == "PROTOCOL":  # of several the oldest can be agreed on
            parts = sorted(parts, key=lambda part: (part.protocol or "TLS", part.version or "9"))
        if len(parts) == 1:
            self._take(draft, role, parts[0], site)
            return
        for part in parts:
            self._consume(role, part, site)
            draft.parts.append(part)
        draft.certain = False
        if role == "DIGEST":
            digests = {part.algorithms[0][0].name for part in parts if part.algorithms}
            draft.digest = draft.digest or (digests.pop() if len(digests) == 1 else None)
        elif not draft.algorithms and role in _WHOLES:
            draft.algorithms = [(item, False) for part in parts for item, _ in part.algorithms]
        elif role == "PROTOCOL" and draft.version is None and parts[0].version is not None:
            draft.protocol, draft.version = parts[0].protocol, parts[0].version
        draft.agree(parts)

    def _consume(self, role: str, part: Draft, site: Site) -> None:
        inside = site.start <= part.site.start and part.site.end <= site.end
        around = self.file.function_at(part.site.start)
        here = around is None or around in self.file.functions_around(site.start)
        off = role == "PART" and part.rule.finding is not None  # a check that is put in here
        quality = here and part.rule.part and (role in _QUALITIES or part.is_curve() or off)
        part.consumed = part.consumed or inside or quality

    def _take(self, draft: Draft, role: str, part: Draft, site: Site) -> None:
        self._consume(role, part, site)
        if role == "DIGEST":
            draft.digest = draft.digest or (part.algorithms[0][0].name if part.algorithms else None)
            draft.parts.append(part)
        elif role == "FUNCTION":
            draft.function = draft.function or part.function
        else:
            draft.take(part)
            for option in part.parts if part.rule.silent else ():  # of a parser: told where that is used
                option.consumed = True

    def give_text(self, draft: Draft, role: str, values: list[Value]) -> None:
        """What possible values in a role say."""
        texts = [value for value in values if isinstance(value.text, str)]
        numbers = [value.text if isinstance(value.text, int) else digits(value.text) for value in values]
        number = next((item for item in numbers if item is not None), None)
        if role in ("ALGORITHM", "CIPHER"):
            if any(str(value.text).lower() in _NOTHING for value in texts):
                draft.findings.add("no-protection")
            known = [(found, value.certain) for value in texts for found in resolve_all(str(value.text))]
            if not draft.algorithms:
                draft.algorithms = known
                draft.begun = any(names_other_mode(str(value.text)) for value in texts)
            return
        if role == "CIPHER_LIST":
            if any(allows_weak_suites(str(value.text)) for value in texts):
                draft.findings.add("weak-suites")
            return
        if role == "SUITES":  # named ones are told by their ciphers, in place of the protocol
            words = [word for value in texts for word in re.split(r"[:,;\s]+", str(value.text))]
            ciphers = [(found, True) for word in words if (found := resolve_algorithm(word))]
            if ciphers:
                draft.algorithms, draft.protocol = ciphers, None
            return
        if values and not all(value.certain for value in values):
            draft.certain = False
        if role == "SIZE_OR_CURVE":
            role = "KEY_SIZE" if number is not None else "CURVE"
        if role in ("KEY_SIZE", "KEY_BYTES") and len({item for item in numbers if item is not None}) > 1:
            return  # one of several, by what no reader of the call could tell
        if role == "KEY_SIZE" and draft.key_size is None:
            draft.key_size = number
        elif role == "KEY_BYTES" and draft.key_size is None and number is not None:
            draft.key_size = number * 8
        elif role == "ITERATIONS" and draft.iterations is None:
            draft.iterations = number
        elif role == "PROTOCOL":
            self._give_protocol(draft, values)
        elif role == "FUNCTION":
            for value in values:
                draft.function = draft.function or draft.rule.functions.get(str(value.text))
        else:
            give_quality(draft, role, [str(value.text) for value in texts])

    def _give_protocol(self, draft: Draft, values: list[Value]) -> None:
        words = [word for value in values for word in _PROTOCOL_LIST.split(str(value.text).strip())]
        named = [version for word in words if (version := resolve_protocol(word))]
        if named:  # of several the oldest can be agreed on
            version = min(named, key=lambda item: (item.protocol, item.version or "9"))
            draft.protocol = version.protocol
            draft.version = draft.version or version.version

    def _give_bytes(self, draft: Draft, role: str, node: SgNode) -> None:
        """A key, IV or salt: whether it is a constant, where it comes from, how long a key is."""
        if is_static(node, self.evaluator):
            draft.findings.add({"KEY": "static-key", "IV": "static-iv", "SALT": "static-salt"}[role])
        for generator in fillers_of(node, self.file):
            if (made := self._parts.at(generator)) is not None:
                draft.generators.append(made)
        part = self._parts.at(node)
        if part is not None and part is not draft:
            if part.rule.finding == "weak-random":
                draft.findings.add("weak-random")
            draft.findings |= part.findings & {"static-key", "static-iv", "weak-random"}
            draft.generators += part.generators
            inside = draft.site.start <= part.site.start and part.site.end <= draft.site.end
            part.consumed = part.consumed or (inside and (part.rule.part or wraps_key_of(draft, part)))
            if role == "KEY":
                draft.key_source = draft.key_source or part
                draft.key_bits = draft.key_bits or part.output_bits
                if part.key_size is not None and may_have(draft, part.key_size):
                    draft.key_size = draft.key_size or part.key_size
            if role == "KEY" and draft.key_bits is None:
                draft.key_bits = length_bits(node, self.evaluator) or digest_bits_of(part, node)
        if role == "KEY" and draft.key_bits is None:
            draft.key_bits = given_bits(node, self.evaluator)


def _begins_with(node: SgNode) -> SgNode | None:
    """The expression that the text of another one begins with, in whatever case, or is filled into."""
    if node.kind() in _OPERATIONS and len(node.children()) == 3:
        return node.children()[0]
    if node.kind() == "parenthesized_expression":
        return next((child for child in node.children() if child.is_named()), None)
    site = call_site(node)
    last = site.path.rpartition(".")[2] if site is not None else ""
    if site is None or last not in _CASES_OF_TEXT | _FILLED:
        return None
    is_written = site.receiver is None or site.receiver.text() in _WRITERS  # String.format(text, …)
    return site.arguments[0].node if is_written and last in _FILLED and site.arguments else site.receiver


def _is_type_argument(part: Site, site: Site) -> bool:
    """Whether a name stands among the type arguments of another one."""
    return (
        part.kind == "name" and site.start < part.start and part.end <= site.end and "<" in site.node.text()
    )


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
