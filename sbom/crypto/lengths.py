"""How long the key is that an expression gives: made, cut, digested, handed over or written out."""

import re
from collections.abc import Iterable

from ast_grep_py import SgNode

from sbom.crypto.declarations import Definition, Function
from sbom.crypto.flow import is_hidden
from sbom.crypto.generated import generated_bits
from sbom.crypto.key_texts import KEY_BYTES as _KEY_BYTES
from sbom.crypto.key_texts import PLAIN, combined, digest_bits, read_as, reading_of, text_bits
from sbom.crypto.kinds import kinds
from sbom.crypto.objects import elements_of, literal_of, property_of
from sbom.crypto.owners import argument_at, called, is_call_of, of_class_around
from sbom.crypto.paths import path_of
from sbom.crypto.sites import Site
from sbom.crypto.syntax import call_site, site_at
from sbom.crypto.values import Evaluator

_STRINGS = kinds("strings")
_LISTS = kinds("lists")
_ENCODERS = kinds("encoders")
_METHODS = kinds("text_methods")
_CHOICES = kinds("choices")
_OPERATIONS = kinds("operations")
_TRANSPARENT = kinds("transparent") - {"type_conversion_expression"}
_SLICES = (
    re.compile(r"\[\s*0?\s*(?::|\.\.)\s*(\d{1,3})\s*\]$"),
    re.compile(
        r"\.(?:slice|subarray|substring|substr|copyOf|take|byteslice|Substring|first|Slice)\(\s*(?:0\s*,\s*)?(\d{1,3})\s*\)$"
    ),
    re.compile(r"\b(?:mb_)?substr\([^()]{1,80}(?:\([^()]{0,80}\))?[^()]{0,40},\s*0\s*,\s*(\d{1,3})\s*\)$"),
    re.compile(r"\bcopyOf\([^()]{1,80}(?:\([^()]{0,80}\))?,\s*(\d{1,3})\s*\)$"),
    re.compile(r"\bcopyOfRange\([^()]{1,80}(?:\([^()]{0,80}\))?,\s*0\s*,\s*(\d{1,3})\s*\)$"),
    re.compile(r"\bSecretKeySpec\([^()]{1,80}(?:\([^()]{0,80}\))?,\s*\d{1,2}\s*,\s*(\d{1,3})\s*,[^()]*\)$"),
    re.compile(
        r"\b(?:str_pad|rightPad|leftPad|padEnd|padStart|ljust|rjust|PadRight|PadLeft|padAfter)\([^()]*?(?:\([^()]{0,40}\))?[^()]*?\b(\d{1,2})\b(?:\s*,[^()]*)?\)$"
    ),
)
_CUTS = re.compile(
    r"(?:\[\s*(\d{1,2})\s*(?::|\.\.)\s*(\d{1,3})\s*\]|\.(?:slice|subarray|substring)\(\s*(\d{1,2})\s*,\s*(\d{1,3})\s*\))$"
)
"""Pieces that do not begin at the beginning."""
_SIZED_PARAMETER = r"\b{name}\s*:?\s*[*&]?(?:mut\s+)?(?:\[(\d{{1,3}})\]byte\b|\[u8;\s*(\d{{1,3}})\])"
_DECLARED_ARRAY = r"\b{name}\s+\[(\w+)\]byte\b"
_LENGTH_OF = (
    r"(?:\b(?:len|strlen|count)\(\s*\$?{name}\s*\)|\b{name}\.(?:length|Length|size|len|bytesize|count)\b(?:\(\))?)"
    r"\s*[=!]==?\s*(\d{{1,4}}|[A-Z][A-Z0-9_]{{3,}}|\w+(?:Size|Len|Length))\b"
)
_ASSERTED = re.compile(
    r"(?:\bassert|\bAssert\w*|isTrue|checkArgument|checkState|\bcheck|\brequire|precondition)\s*[(!]?\s*\(?\s*$"
)
_REFUSED = re.compile(
    r"!==?\s*\w+\b[^;&|\n]{0,12}[\n{:]\s*\{?(?s:.){0,170}?\b(?:return|throw|raise|panic|die|log\.Fatal)"
)
_ALLOCATIONS = (
    re.compile(r"new\s+(?:byte|Uint8Array|sbyte|char)\s*[\[(]\s*(\d{1,4})\s*[\])]"),
    re.compile(r"make\(\s*\[\]byte\s*,\s*(\d{1,4})\s*\)"),
    re.compile(r"\[\s*0(?:u8|x00)?\s*;\s*(\d{1,4})\s*\]"),
    re.compile(
        r"(?:urandom|get_random_bytes|randomBytes|token_bytes|random_bytes|openssl_random_pseudo_bytes|rand_bytes"
        r"|GetBytes|random|randombytes|nextBytes|GetRandomBytes|generateSeed|ByteArray|Buffer\.alloc|alloc"
        r"|WordArray\.random|new_bytes|Uint8Array)\(\s*(\d{1,4})\s*\)"
    ),
)


_MAKERS = frozenset(
    {"make", "urandom", "randomBytes", "token_bytes", "random_bytes", "get_random_bytes", "alloc"}
    | {"rand_bytes", "openssl_random_pseudo_bytes", "generateSeed", "ByteArray", "Uint8Array", "randombytes"}
)
"""What makes as many bytes as its last argument says."""
_CALLERS = 20
_SIZEOF = re.compile(r"\(?sizeof\s*\(?\s*(\w+)\s*\)?\s*\*\s*8\)?|8\s*\*\s*sizeof\s*\(?\s*(\w+)\s*\)?")
_NOTHING = frozenset({"nil", "null", "None", "nullptr", "undefined"})
_OF_CLASS = re.compile(r"(?:\w+\.)*[A-Z]\w*\.\w+")
_PATH = re.compile(r"[&$@*]?[\w.$]+(?:\[[.:]*\])?|\$?\w+(?:->\w+)+")
_SELVES = frozenset({"this", "self", "cls"})
_OVERLOADS = 4
_LISTS_OF_VALUES = frozenset({"expression_list", "tuple"})
_OR = frozenset({"||", "??", "or", "?:"})
_LITERAL = re.compile(r"(?:\(byte\)\s*)?-?(?:0[xX][0-9a-fA-F]+|\d+)(?:u8|U|L)?|'.'")
_SAME_LETTERS = frozenset(
    {"toUpperCase", "toLowerCase", "upper", "lower", "trim", "strip", "toString", "Trim"}
)


def length_bits(node: SgNode, evaluator: Evaluator, depth: int = 7, reading: str = PLAIN) -> int | None:
    """Bits of a byte string whose length the code states, here or where it is handed over.

    `reading` is what is done to it on the way: a text in hexadecimal digits is half as long.
    """
    text = node.text().strip()
    if len(text) < 200:
        for pattern in _ALLOCATIONS:
            match = pattern.search(text)
            if match and "," not in text[: match.start()]:
                return read_as(int(match[1]) * 8, reading)
        for pattern in _SLICES:
            if match := pattern.search(text):
                return read_as(int(match[1]) * 8, reading)
        if match := _CUTS.search(text):
            first, last = (int(item) for item in match.groups() if item is not None)
            return read_as((last - first) * 8, reading) if last > first else None
    if depth <= 0:
        return None
    kind = node.kind()
    if kind in _STRINGS:
        return _agreed({text_bits(str(value.text), reading) for value in evaluator.alone().values(node)})
    if (parts := _alternatives(node)) is not None:
        return _agreed({length_bits(part, evaluator, depth - 1, reading) for part in parts})
    if kind in _LISTS and (items := elements_of(node)):
        whole = all(_LITERAL.fullmatch(item.text()) for item in items)
        return read_as(len(items) * 8, reading) if whole and len(items) in _KEY_BYTES else None
    if kind in _TRANSPARENT:
        inner = [child for child in node.children() if child.is_named() and "type" not in child.kind()]
        place = 0 if "as_" in kind or "satisfies" in kind else -1
        return length_bits(inner[place], evaluator, depth - 1, reading) if inner else None
    if kind == "array_creation_expression":
        sized = next((c for c in node.children() if c.kind() == "dimensions_expr"), None)
        return read_as(_stated_bits(sized, evaluator), reading)
    if kind == "type_conversion_expression":
        children = [child for child in node.children() if child.is_named()]
        return length_bits(children[-1], evaluator, depth - 1, reading) if children else None
    if site := call_site(node):
        return _called_bits(site, evaluator, depth, reading)
    return _named_bits(node, text, evaluator, depth, reading) if _PATH.fullmatch(text) else None


def _agreed(sizes: Iterable[int | None]) -> int | None:
    """The only size that is told."""
    known = {size for size in sizes if size is not None}
    return known.pop() if len(known) == 1 else None


def _alternatives(node: SgNode) -> list[SgNode] | None:
    """The expressions, one of which another one is: `a ? b : c`, `a || b`."""
    children = node.children()
    if node.kind() in _CHOICES:
        named = [child for child in children if child.is_named()]
        python = len(children) > 1 and children[1].text() == "if"
        return named[::2] if python else named if node.kind() == "elvis_expression" else named[1:]
    if (node.kind() in _OPERATIONS or node.kind() == "boolean_operator") and len(children) == 3:
        return [children[0], children[2]] if children[1].text() in _OR else None
    return None


def _called_bits(site: Site, evaluator: Evaluator, depth: int, reading: str) -> int | None:
    """Bits of what a call gives: a digest, a conversion, a maker of bytes, a function of the repository."""
    file = evaluator.file
    made_with = _made_with(site.receiver, evaluator) if site.receiver is not None else []
    if bits := digest_bits(site, file.language.name, made_with) or generated_bits(site, evaluator):
        return read_as(bits, reading)
    if (converted := _converted(site)) is not None:
        both = combined(reading, reading_of(site, file.language.name))
        return length_bits(converted, evaluator, depth - 1, both) if both is not None else None
    return read_as(_made_bits(site, evaluator, depth), reading)


def _made_with(receiver: SgNode, evaluator: Evaluator) -> list[str]:
    """The expressions that an object is made with, by the function around where it is a local one."""
    file = evaluator.file
    definitions = file.definitions.get(path_of(receiver.text()).rpartition(".")[2], ())
    offset = int(receiver.range().start.index)
    for function in file.functions_around(offset):
        if local := [d for d in definitions if function.start <= d.start < offset]:
            return [local[-1].value.text()]
    return [definition.value.text() for definition in definitions]


def _converted(site: Site) -> SgNode | None:
    """What a conversion to bytes is of: `key.getBytes()`, `Buffer.from(key)`, `hex.DecodeString(key)`."""
    name = site.path.rpartition(".")[2].rstrip("()")
    if name in _SAME_LETTERS and site.receiver is not None and (not site.arguments or name == "toString"):
        return site.receiver
    if (
        name in _METHODS
        and site.receiver is not None
        and (
            not site.arguments
            or not re.search(r"(?i)encod|decod|hex|64|bytes|convert", path_of(site.receiver.text()))
        )
    ):
        return site.receiver
    if (name in _ENCODERS or re.search(r"(?i)hex|base64", site.path)) and site.arguments:
        return site.arguments[0].node
    return None


def _named_bits(node: SgNode, text: str, evaluator: Evaluator, depth: int, reading: str) -> int | None:
    """Bits of a variable, field, constant or parameter."""
    path = path_of(text)
    owner, _, name = path.rpartition(".")
    name = name.lstrip("$@&*")
    file = evaluator.file
    offset = int(node.range().start.index)
    around = file.functions_around(offset)
    definitions = [d for d in file.definitions.get(name, ()) if not _holds(d.value, node)]
    if not owner:
        for function in around:
            if bits := _checked_bits(function, name, evaluator):
                return read_as(bits, reading)
            local = [d for d in definitions if function.start <= d.start < offset]
            if local:
                return _defined_bits(name, local, evaluator, depth, reading)
            if name in function.parameters:
                return _handed_over(function, name, evaluator, depth, part=None, reading=reading)
        definitions = [d for d in definitions if not is_hidden(d, offset, file)]
    elif owner.lstrip("$") in _SELVES:
        definitions = of_class_around(definitions, node)
    else:
        owners = [f for f in around if owner in f.parameters]
        if owners:
            bits = _handed_over(owners[0], owner, evaluator, depth, part=name, reading=reading)
            if bits:
                return bits
        elif (
            bits := _property_bits(node.children()[0], name, evaluator, depth, reading)
            if node.children()
            else None
        ):
            return bits
    if bits := _defined_bits(name, definitions, evaluator, depth, reading):
        return bits
    for value in file.fields.get(name, ())[:3] if owner else ():
        if bits := length_bits(value, evaluator, depth - 1, reading):
            return bits
    if not definitions and (_OF_CLASS.fullmatch(path) or path.partition(".")[0] in file.imports.names):
        return _agreed(text_bits(found, reading) for found in evaluator.key_texts(path))
    return read_as(_declared_bits(name, evaluator, owner), reading) if text.endswith("[:]") else None


def _holds(value: SgNode, node: SgNode) -> bool:
    """Whether a name stands in the value that it is given."""
    whole, inner = value.range(), node.range()
    return bool(whole.start.index <= inner.start.index and inner.end.index <= whole.end.index)


def _defined_bits(
    name: str, definitions: list[Definition], evaluator: Evaluator, depth: int, reading: str
) -> int | None:
    for definition in reversed(definitions[-4:]):
        value = definition.value
        above = value.parent()
        first = above.children()[0] if above is not None and above.children() else None
        if first is not None and first.kind() == "object_pattern":
            bits = _property_bits(value, name, evaluator, depth, reading)
        else:
            bits = length_bits(value, evaluator, depth - 1, reading)
        if bits:
            return bits
    return None


def _property_bits(node: SgNode, name: str, evaluator: Evaluator, depth: int, reading: str) -> int | None:
    """Bits of a property of an object, which may be handed over."""
    if depth <= 0:
        return None
    literal = literal_of(node, evaluator.file)
    value = property_of(literal, (name,), evaluator.file) if literal is not None else None
    if value is not None:
        return length_bits(value, evaluator, depth - 1, reading)
    path = path_of(node.text())
    function = evaluator.file.function_at(int(node.range().start.index))
    if function is not None and path in function.parameters:
        return _handed_over(function, path, evaluator, depth, part=name, reading=reading)
    return None


def _declared_bits(name: str, evaluator: Evaluator, owner: str) -> int | None:
    """Bits of a variable, field or type that Go declares as an array, alike wherever it is declared."""
    sizes = declared_arrays(name, evaluator)
    if not sizes and owner:
        variable = owner.rpartition(".")[2]
        for declared in evaluator.file.types.get(variable, ()):
            sizes |= {bits for bits in evaluator.made_bits(f"{declared}.{name}") if bits}
    return _agreed(sizes)


def declared_arrays(name: str, evaluator: Evaluator) -> set[int]:
    """Bits of the arrays of bytes that a file of Go declares under a name."""
    found: set[int] = set()
    for written in re.findall(_DECLARED_ARRAY.format(name=re.escape(name)), evaluator.file.text):
        found |= {number * 8 for number in _numbers(written, evaluator)}
    return found


def sizeof_bits(text: str, evaluator: Evaluator) -> int | None:
    """Bits of an array of C whose size in bytes is asked for: `sizeof(key) * 8`."""
    asked = _SIZEOF.fullmatch(text.strip())
    name = (asked[1] or asked[2]) if asked else None
    if name is None:
        return None
    declared = re.findall(rf"\b(?:char|uint8_t|BYTE|byte)\s+{re.escape(name)}\[(\w+)\]", evaluator.file.text)
    return _agreed({number * 8 for size in declared for number in _numbers(size, evaluator)})


def _numbers(written: str, evaluator: Evaluator) -> set[int]:
    """What a number is worth that is written as such or as a constant of the file."""
    if written.isdigit():
        return {int(written)}
    definitions = evaluator.file.definitions.get(written, ())[:2]
    values = [value.text for item in definitions for value in evaluator.alone().values(item.value)]
    return {value for value in values if isinstance(value, int)}


def _stated_bits(number_of_bytes: SgNode | None, evaluator: Evaluator) -> int | None:
    """Bits of as many bytes as an expression is worth."""
    while number_of_bytes is not None and number_of_bytes.kind() == "dimensions_expr":
        number_of_bytes = next((c for c in number_of_bytes.children() if c.is_named()), None)
    values = evaluator.alone().values(number_of_bytes) if number_of_bytes is not None else []
    sizes = {value.text for value in values}
    size = sizes.pop() if len(sizes) == 1 else None
    return size * 8 if isinstance(size, int) and size in _KEY_BYTES else None


def _made_bits(site: Site, evaluator: Evaluator, depth: int) -> int | None:
    """Bits of what a call gives: a maker of bytes, or a function that gives the same length everywhere."""
    name = site.path.rpartition(".")[2]
    if name in _MAKERS and site.arguments:
        return _stated_bits(site.arguments[-1].node, evaluator)
    functions = evaluator.file.functions_by_name.get(name, ())
    found: set[int | None] = set()
    for function in functions[:_OVERLOADS]:
        found |= set(returned_bits(function, evaluator, depth - 1))
        if len(found) > 1 or None in found:
            return None
    if not functions:
        found = set(evaluator.made_bits(site.path))
    return found.pop() if len(found) == 1 else None


def returned_bits(function: Function, evaluator: Evaluator, depth: int = 6) -> list[int | None]:
    """Bits of the byte strings that a function returns, null of one of unknown length; without nothings."""
    found: list[int | None] = []
    for node in evaluator.file.returned_nodes(function)[:4]:
        first = next((child for child in node.children() if child.is_named()), node)
        value = first if node.kind() in _LISTS_OF_VALUES else node
        if value.text() not in _NOTHING:
            found.append(length_bits(value, evaluator, depth))
            if found[-1] is None:
                break
    return found


def _checked_bits(function: Function, name: str, evaluator: Evaluator) -> int | None:
    """Bits of a key of which a function refuses every other length: `if len(key) != 32 { return err }`."""
    text = function.node.text()
    if name not in text or ("!=" not in text and "==" not in text):
        return None
    compared = list(re.finditer(_LENGTH_OF.format(name=re.escape(name)), text))
    sizes = {number for match in compared for number in _numbers(match[1], evaluator)}
    refused = any(
        _REFUSED.search(text, match.start(), match.end() + 200)
        or ("==" in match[0] and _ASSERTED.search(text, max(0, match.start() - 40), match.start()))
        for match in compared
    )
    return sizes.pop() * 8 if refused and len(sizes) == 1 and sizes <= _KEY_BYTES else None


def _handed_over(
    function: Function, name: str, evaluator: Evaluator, depth: int, *, part: str | None, reading: str
) -> int | None:
    """Bits of a parameter or of a property of it, on which all callers agree that tell any.

    Asked once for each depth: functions that call each other in many places would be followed on every way.
    """
    asked = (function.start, name, depth, part, reading)
    if asked not in evaluator.handed_bits:
        evaluator.handed_bits[asked] = None
        evaluator.handed_bits[asked] = _agreed(
            _bits_of_callers(function, name, evaluator, depth, part=part, reading=reading)
        )
    return evaluator.handed_bits[asked]


def _bits_of_callers(
    function: Function, name: str, evaluator: Evaluator, depth: int, *, part: str | None, reading: str
) -> set[int | None]:
    file = evaluator.file
    head = function.node.text()[:600].partition("{")[0]
    if part is None and (sized := re.search(_SIZED_PARAMETER.format(name=re.escape(name)), head)):
        return {read_as(int(sized[1] or sized[2]) * 8, reading)}
    place = function.parameters.index(name)
    asked = called(function, file)
    found: set[int | None] = set()
    for leaf in file.leaves_named(asked.name)[:_CALLERS] if asked.name else ():
        site = site_at(leaf)
        if site is None or site.kind != "call" or is_call_of(site, asked, file) is False:
            continue
        if given := argument_at(asked, site, place, file.language.name):
            found.add(given_bits(given.node, evaluator, depth - 1, part, reading))
    default = function.defaults[place] if place < len(function.defaults) else None
    if default is not None and part is None:
        found.add(length_bits(default, evaluator, depth - 1, reading))
    return found | set(evaluator.lengths(function, place, part, reading))


def given_bits(
    node: SgNode, evaluator: Evaluator, depth: int = 6, part: str | None = None, reading: str = PLAIN
) -> int | None:
    """Bits of a key, or of a property of an object, that a caller hands over."""
    if part is not None:
        return _property_bits(node, part, evaluator, depth, reading)
    if bits := length_bits(node, evaluator, depth, reading):
        return bits
    values = evaluator.alone().values(node) if depth > 0 else []
    return _agreed({text_bits(str(value.text), reading) for value in values if isinstance(value.text, str)})
