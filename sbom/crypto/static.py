"""Whether bytes in source code are a constant, and how long a key is."""

import re

from ast_grep_py import SgNode

from sbom.crypto.flow import values_of_parameter
from sbom.crypto.kinds import kinds
from sbom.crypto.paths import path_of
from sbom.crypto.source_file import Function
from sbom.crypto.syntax import Site, call_site
from sbom.crypto.values import Evaluator

_TEXTS = kinds("texts")
_LISTS = kinds("lists")
_ENCODERS = kinds("encoders")
_BYTES_LAST = frozenset({"GCMParameterSpec", "ParametersWithIV"})
_METHODS = kinds("text_methods")
_NAMES = kinds("names")
_SLICES = (
    re.compile(r"\[\s*0?\s*(?::|\.\.)\s*(\d{1,3})\s*\]$"),
    re.compile(r"\.(?:slice|subarray|substring|substr|copyOf|take)\(\s*0\s*,\s*(\d{1,3})\s*\)$"),
    re.compile(r"\bcopyOf\([^()]{1,80},\s*(\d{1,3})\s*\)$"),
    re.compile(r"\bcopyOfRange\([^()]{1,80},\s*0\s*,\s*(\d{1,3})\s*\)$"),
)
_SIZED_PARAMETER = r"\b{name}\s*:?\s*[*&]?(?:mut\s+)?(?:\[(\d{{1,3}})\]byte\b|\[u8;\s*(\d{{1,3}})\])"
_DECLARED_ARRAY = r"\b{name}\s+\[(\d{{1,3}})\]byte\b"
_KEY_BYTES = frozenset({8, 16, 24, 32})
_LENGTH_OF = (
    r"(?:\b(?:len|strlen|count)\(\s*\$?{name}\s*\)|\b{name}\.(?:length|Length|size|len|bytesize|count)\b(?:\(\))?)"
    r"\s*[=!]==?\s*(\d{{1,4}})\b"
)
_ASSERTED = re.compile(
    r"(?:\bassert|\bAssert\w*|isTrue|checkArgument|checkState|\bcheck|\brequire|precondition)\s*[(!]?\s*\(?\s*$"
)
_REFUSED = re.compile(r"!==?\s*\d+\b[^;&|\n]{0,12}[\n{:]\s*\{?\s*(?:return|throw|raise|panic|die|log\.Fatal)")
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
_NOTHING = frozenset({"nil", "null", "None", "nullptr", "undefined"})
_OF_CLASS = re.compile(r"(?:\w+\.)*[A-Z]\w*\.\w+")
_OVERLOADS = 4
_LISTS_OF_VALUES = frozenset({"expression_list", "tuple"})


def is_static(node: SgNode, evaluator: Evaluator, depth: int = 5) -> bool:
    """Whether an expression is bytes that stand in the source code; false where that cannot be told."""
    if depth <= 0:
        return False
    kind = node.kind()
    if kind in _TEXTS:
        return "interpolation" not in {c.kind() for c in node.children()} and len(node.text()) > 2
    if kind in _LISTS:
        return _is_number_list(node.text())
    if site := call_site(node):
        name = site.path.rpartition(".")[2].rstrip("()")
        if name not in _ENCODERS:
            return False
        inner = [given.node for given in site.arguments]
        if name not in _BYTES_LAST:  # what comes after the bytes is their encoding or algorithm
            inner = inner[:1]
        if site.receiver is not None:
            if is_static(site.receiver, evaluator, depth - 1):
                return True
            if name in _METHODS and not _is_module(site.receiver, evaluator):
                return False  # secret.encode('utf8'): the text is what it is called on
        return any(is_static(item, evaluator, depth - 1) for item in inner)
    path = path_of(node.text())
    if re.fullmatch(r"[\w$.]+", path) and (
        "identifier" in kind or kind in ("name", "variable_name", "constant")
    ):
        return _named_static(path, node, evaluator, depth)
    named = [child for child in node.children() if child.is_named()]
    if kind in (
        "field_access",
        "member_expression",
        "attribute",
        "member_access_expression",
        "scope_resolution",
    ):
        return _named_static(path, node, evaluator, depth)
    if kind == "array_creation_expression" or re.match(r"new\s+byte\s*\[", node.text()):
        return bool(_ALLOCATIONS[0].match(node.text()))
    return is_static(named[-1], evaluator, depth - 1) if named and len(named) <= 2 else False


def _is_module(receiver: SgNode, evaluator: Evaluator) -> bool:
    """Whether a function is called on a module or class, so that its arguments are what it works on."""
    first = path_of(receiver.text()).partition(".")[0]
    return first in evaluator.file.imports.names or first[:1].isupper()


def _is_number_list(text: str) -> bool:
    inner = re.sub(r"^[^{\[(]*(?:\[[^\]]*\]\s*\w+)?\s*[{\[(]|[}\])]\s*$", "", text.strip(), flags=re.DOTALL)
    items = [item.strip() for item in inner.split(",") if item.strip()]
    if not items and re.match(r"new\s+byte\s*\[\s*\d+\s*\]", text):
        return True
    literal = re.compile(r"(?:\(byte\)\s*)?-?(?:0x[0-9a-fA-F]+|\d+)(?:u8|U|L)?|'.'|\"[^\"]*\"")
    return len(items) > 0 and all(literal.fullmatch(item) for item in items)


def _named_static(path: str, node: SgNode, evaluator: Evaluator, depth: int) -> bool:
    name = path.rpartition(".")[2].lstrip("$@")
    file = evaluator.file
    offset = int(node.range().start.index)
    function = file.function_at(offset)
    definitions = file.definitions.get(name, [])
    if function is not None and "." not in path:
        local = [d for d in definitions if function.start <= d.start < offset]
        if not local and any(name in around.parameters for around in file.functions_around(offset)):
            return False
        definitions = local or [d for d in definitions if file.function_at(d.start) is None]
    if not definitions:
        return bool(_OF_CLASS.fullmatch(path) and evaluator.key_texts(path))
    if name in file.filled_names:
        return False
    return all(
        is_static(d.value, evaluator, depth - 1) and not _ALLOCATIONS[0].fullmatch(d.value.text().strip())
        for d in definitions
    )


def static_length(node: SgNode, evaluator: Evaluator) -> int | None:
    """Bits of a key that stands in the code as a literal or is made of a stated number of bytes."""
    if is_static(node, evaluator):
        texts = _static_texts(node, evaluator)
        if len(texts) == 1 and (bits := _text_bits(texts[0], node.text())):
            return bits
    return length_bits(node, evaluator)


def _text_bits(text: str, written: str) -> int | None:
    """Bits of a key that is a text: of its letters, or of the bytes that they encode."""
    if not text.isascii() or len(text) not in (8, 16, 24, 32, 64):
        return None
    if re.search(r"(?i)hex", written):
        return len(text) * 4
    return len(text) * 8 if "64" not in written and len(text) <= 32 else None


def _static_texts(node: SgNode, evaluator: Evaluator, depth: int = 4) -> list[str]:
    """The text that constant bytes are made of, through what encodes or wraps it."""
    if texts := [value.text for value in evaluator.values(node) if isinstance(value.text, str)]:
        return texts
    site = call_site(node)
    if site is not None and depth > 0:
        inner = [given.node for given in site.arguments[:1]] or ([site.receiver] if site.receiver else [])
        return [text for item in inner for text in _static_texts(item, evaluator, depth - 1)]
    name = path_of(node.text()).rpartition(".")[2]
    definitions = evaluator.file.definitions.get(name, []) if depth > 0 else []
    return [text for d in definitions[:1] for text in _static_texts(d.value, evaluator, depth - 1)]


def length_bits(node: SgNode, evaluator: Evaluator, depth: int = 5) -> int | None:
    """Bits of a byte string that is made with a stated number of bytes, here or by who hands it over."""
    text = node.text().strip()
    if len(text) < 200:
        for pattern in _ALLOCATIONS:
            match = pattern.search(text)
            if match and "," not in text[: match.start()]:
                return int(match[1]) * 8
        for pattern in _SLICES:
            if match := pattern.search(text):
                return int(match[1]) * 8
    if depth <= 0:
        return None
    if inner := _converted(node):
        return length_bits(inner, evaluator, depth - 1)
    if node.kind() == "array_creation_expression":
        return _stated_bits(
            next((c for c in node.children() if c.kind() == "dimensions_expr"), None), evaluator
        )
    if site := call_site(node):
        return _made_bits(site, evaluator, depth)
    if not re.fullmatch(r"[&$@]?[\w.$]+(?:\[[.:]*\])?", text):
        return None
    name = path_of(text).rpartition(".")[2].lstrip("$@&")
    file = evaluator.file
    offset = int(node.range().start.index)
    function = file.function_at(offset)
    definitions = file.definitions.get(name, [])
    if function is not None and "." not in path_of(text):
        if bits := _checked_bits(function, name):
            return bits
        local = [d for d in definitions if function.start <= d.start < offset]
        if not local and name in function.parameters:
            return _handed_over(function, name, evaluator, depth)
        definitions = local or definitions
    for definition in definitions[:3]:
        if bits := length_bits(definition.value, evaluator, depth - 1):
            return bits
    if not definitions and _OF_CLASS.fullmatch(path_of(text)):
        sizes = {_text_bits(found, text) for found in evaluator.key_texts(path_of(text))}
        return sizes.pop() if len(sizes) == 1 else None
    return _declared_bits(name, file.text) if text.endswith("[:]") else None


def _declared_bits(name: str, text: str) -> int | None:
    """Bits of a variable or field that Go declares as an array, alike wherever the file declares one."""
    sizes = {int(size) for size in re.findall(_DECLARED_ARRAY.format(name=re.escape(name)), text)}
    return sizes.pop() * 8 if len(sizes) == 1 else None


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
        found |= set(returned_bits(function, evaluator, depth - 2))
        if len(found) > 1 or None in found:
            return None
    if not functions:
        found = set(evaluator.made_bits(site.path))
    return found.pop() if len(found) == 1 else None


def returned_bits(function: Function, evaluator: Evaluator, depth: int = 4) -> list[int | None]:
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


def _checked_bits(function: Function, name: str) -> int | None:
    """Bits of a key of which a function refuses every other length: `if len(key) != 32 { return err }`."""
    text = function.node.text()
    if name not in text or ("!=" not in text and "==" not in text):
        return None
    compared = list(re.finditer(_LENGTH_OF.format(name=re.escape(name)), text))
    sizes = {int(match[1]) for match in compared}
    refused = any(
        _REFUSED.search(text, match.start(), match.end() + 60)
        or ("==" in match[0] and _ASSERTED.search(text, max(0, match.start() - 40), match.start()))
        for match in compared
    )
    return sizes.pop() * 8 if refused and len(sizes) == 1 and sizes <= _KEY_BYTES else None


def _converted(node: SgNode) -> SgNode | None:
    """What a conversion to bytes is of: `[]byte(key)`, `key.getBytes("utf-8")`, `Buffer.from(key)`."""
    if node.kind() == "type_conversion_expression":
        children = [child for child in node.children() if child.is_named()]
        return children[-1] if children else None
    site = call_site(node)
    if site is None or re.search(r"(?i)hex|64", site.path):
        return None
    name = site.path.rpartition(".")[2].rstrip("()")
    if name in _METHODS and site.receiver is not None:
        return site.receiver
    if name in _ENCODERS and site.arguments:
        return site.arguments[0].node
    return None


def _handed_over(function: Function, name: str, evaluator: Evaluator, depth: int) -> int | None:
    """Bits of a parameter, on which all callers agree that tell any."""
    head = function.node.text()[:600].partition("{")[0]
    if sized := re.search(_SIZED_PARAMETER.format(name=re.escape(name)), head):
        return int(sized[1] or sized[2]) * 8
    found = {
        given_bits(node, evaluator, depth) for node in values_of_parameter(evaluator.file, function, name)
    }
    place = function.parameters.index(name)
    found |= set(evaluator.lengths(function, place))
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def given_bits(node: SgNode, evaluator: Evaluator, depth: int = 5) -> int | None:
    """Bits of a key that a caller hands over, here or in another file: a text has those of its letters."""
    values = evaluator.alone().values(node)  # the rest of the repository is asked for algorithms
    if len(values) == 1 and isinstance(values[0].text, str):
        return _text_bits(values[0].text, node.text())
    return (
        static_length(node, evaluator)
        if is_static(node, evaluator)
        else length_bits(node, evaluator, depth - 1)
    )
