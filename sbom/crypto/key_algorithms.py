"""The algorithm of a key of Go, as far as the file tells: by its type, its maker, what gives it."""

import re
from collections.abc import Callable, Iterator

from ast_grep_py import SgNode

from sbom.crypto.constants import known_constant
from sbom.crypto.declarations import Function
from sbom.crypto.literals import Value, distinct
from sbom.crypto.paths import path_of
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import call_site

Values = Callable[[SgNode], list[Value]]

_KEY_TYPE = re.compile(r"\b(rsa|dsa|ecdsa|ed25519)\.(?:Private|Public)Key\b")
_OF_TYPE = {"rsa": "RSA", "dsa": "DSA", "ecdsa": "ECDSA", "ed25519": "Ed25519"}
_CASE_OF_KEY = re.compile(r"\bcase\s+(?:[\w.*]+,\s*)*\*?(rsa|dsa|ecdsa|ed25519)\.P\w+Key\b")
_METHOD = re.compile(
    r"\bSigningMethod(HMAC|HS\d{3}|RSAPSS|PS\d{3}|RSA|RS\d{3}|ECDSA|ES\d{3}|Ed25519|EdDSA)\b"
    r'|"((?:HS|RS|PS|ES)(?:256|384|512)|EdDSA)"'
)
_OF_METHOD = {
    "HM": "HMAC",
    "HS": "HMAC",
    "RSAPSS": "RSASSA-PSS",
    "PS": "RSASSA-PSS",
    "RS": "RSASSA-PKCS1",
    "EC": "ECDSA",
    "ES": "ECDSA",
    "Ed": "Ed25519",
}
_NAMED_KEY = re.compile(
    r"(RSA|ECDSA|EC|Ed25519|ED25519)(?:Private|Public|Priv|Pub|Signing|Cert|CA)?(?:Key|Signer)"
    r"(?!s|\w*(?:Size|Length|Bits|Type|ID))"
    r"|^(rsa|ecdsa|ec|ed25519)(?:Private|Public|Priv|Pub|Signing|CA)?(?:Key|Signer)$"
)
"""A variable or function of the repository that is called after the kind of key that it is or gives."""
_SECRET = re.compile(r"(?i)secret|hmac|passw|salt")
_BYTES = re.compile(r"\[\]byte\b|\[\]uint8\b")
_ADDRESS = re.compile(r"[&*(\s]+|\)$")
_OF_KEY = frozenset({"Public", "PublicKey", "Signer", "Private", "PrivateKey"})


def algorithms_of_key(node: SgNode, file: SourceFile, values: Values) -> list[Value]:
    """Names of the algorithms of a key pair that an expression is; none of what may be any key."""
    text = node.text()
    if node.kind() in ("type_assertion_expression", "type_conversion_expression"):
        if match := _KEY_TYPE.search(text):
            return [Value(_OF_TYPE[match[1]])]
        children = [child for child in node.children() if child.is_named()]
        return algorithms_of_key(children[0], file, values) if children else []
    if node.kind() == "unary_expression":
        return algorithms_of_key(node.children()[-1], file, values)
    before, _, last = path_of(text).rpartition(".")
    if last.removesuffix("()") in _OF_KEY and node.children():  # &key.PublicKey, key.Public()
        member = node if node.kind() == "selector_expression" else node.children()[0]
        owner = member.children()[0] if member.children() else member
        if before and owner.text() == before and (found := algorithms_of_key(owner, file, values)):
            return found
    if before and (declared := declared_key(node, file)):  # a field
        return declared
    found = [value for value in values(node) if _is_asymmetric(value.text)]
    return found or _of_several_results(node, file, values) or declared_key(node, file)


def _of_several_results(node: SgNode, file: SourceFile, values: Values) -> list[Value]:
    """What a function of the file returns at the place of a variable: `cert, key, err := newAuthority()`."""
    function = file.function_at(int(node.range().start.index))
    name = node.text()
    if function is None or not name.isidentifier():
        return []
    before = function.node.text()[: int(node.range().start.index) - function.start]
    made = re.findall(rf"((?:\w+\s*,\s*)+{name}\b(?:\s*,\s*\w+)*)\s*:?=\s*(?:\w+\.)?(\w+)\(", before)
    names, called = made[-1] if made else ("", "")
    declared = file.functions_by_name.get(called, ())
    if len(declared) != 1:
        return []
    targets = re.split(r"\s*,\s*", names.strip())
    if name not in targets:
        return []
    place = targets.index(name)
    found: list[Value] = []
    for returned in file.returned_nodes(declared[0]):
        items = [child for child in returned.children() if child.is_named()]
        if returned.kind() == "expression_list" and place < len(items) and items[place].text() != "nil":
            found += algorithms_of_key(items[place], file, values)
    return distinct(found)


def _is_asymmetric(name: str | int) -> bool:
    return name in _OF_TYPE.values()


def declared_key(node: SgNode, file: SourceFile) -> list[Value]:
    """What the declared type of a variable says of the key that it is."""
    if file.language.name != "go":
        return []
    name = path_of(node.text()).rpartition(".")[2]
    types = file.types.get(name, ()) if name.isidentifier() else ()
    found = [_OF_TYPE[match[1]] for match in map(_KEY_TYPE.search, types) if match]
    if found and len(found) == len(types):
        return [Value(item) for item in dict.fromkeys(found)]
    return _asserted(name, node, file) or ([] if types else _named_key(name))


def _asserted(name: str, node: SgNode, file: SourceFile) -> list[Value]:
    """The kinds of key that the function around takes a variable for: `key.(*rsa.PrivateKey)`, `case`s."""
    function = file.function_at(int(node.range().start.index))
    text = function.node.text() if function is not None and name.isidentifier() else ""
    found = re.findall(rf"\b{name}\.\(\*?(rsa|dsa|ecdsa|ed25519)\.P\w+Key\)", text)
    switch = re.search(rf"\bswitch\s+(?:\w+\s*:=\s*)?{name}\.\(type\)", text)
    found += _CASE_OF_KEY.findall(text, switch.end()) if switch else []
    kinds = dict.fromkeys(_OF_TYPE[item] for item in found)
    return [Value(item, len(kinds) == 1) for item in kinds]


def algorithms_of_key_function(function: Function, file: SourceFile, values: Values) -> list[Value]:
    """Names of the algorithms whose keys a function gives to a check of tokens.

    They are what it compares the token's method with, else what the keys that it returns are for: bytes are
    a secret.
    """
    text = function.node.text()
    compared = [_of_method(match[1] or match[2]) for match in _METHOD.finditer(text)]
    found = list(dict.fromkeys(compared))
    if not found:
        switched = dict.fromkeys(_CASE_OF_KEY.findall(text))
        found = ["RSASSA-PKCS1" if kind == "rsa" else _OF_TYPE[kind] for kind in switched]
    if not found:
        for node in file.returned_nodes(function):
            first = next((child for child in node.children() if child.is_named()), node)
            key = first if node.kind() == "expression_list" else node
            found += [str(item) for item in _of_returned(key, file, values) if item not in found]
    return [Value(name, len(found) == 1) for name in found]


def _of_method(name: str) -> str:
    return _OF_METHOD.get(name) or _OF_METHOD[name[:2]]


def _of_returned(node: SgNode, file: SourceFile, values: Values) -> Iterator[str]:
    if node.text() in ("nil", "err"):
        return
    asymmetric = algorithms_of_key(node, file, values)
    for value in asymmetric:
        yield "RSASSA-PKCS1" if value.text == "RSA" else str(value.text)
    if not asymmetric and (_is_secret(node, file) or any(isinstance(v.text, str) for v in values(node))):
        yield "HMAC"


def _is_secret(node: SgNode, file: SourceFile) -> bool:
    """Whether a key is bytes of the program's own, by what it is converted to, its type or its name."""
    text = node.text()
    if _BYTES.match(text):
        return True
    name = path_of(text).rpartition(".")[2]
    if not name.isidentifier():
        return False
    if any(_BYTES.match(item.value.text()[:12]) for item in file.definitions.get(name, ())):
        return True
    return bool(_SECRET.search(name) or re.search(rf"\b{name},? +(?:\[\]byte|string)\b", file.text))


def maker_of_key(path: str, file: SourceFile) -> list[Value]:
    """The algorithm of the key that a call of a library makes or reads: `x509.ParsePKCS1PrivateKey`."""
    if file.language.name != "go":
        return []
    known = known_constant(next(iter(file.imports.full_paths(path)), ""))
    return _named_key(path) if known is None else [Value(known)]


def _named_key(path: str) -> list[Value]:
    match = _NAMED_KEY.search(path.rpartition(".")[2])
    name = (match[1] or match[2]).lower() if match else ""
    return [Value(_OF_TYPE["ecdsa" if name == "ec" else name], False)] if name else []


def function_at(node: SgNode, file: SourceFile) -> Function | None:
    """The function of the file that an expression is: written there, or by its name."""
    start = int(node.range().start.index)
    if node.kind() == "func_literal":
        return next((item for item in file.functions if item.start == start), None)
    site = call_site(node)
    name = (site.path if site is not None else path_of(node.text())).rpartition(".")[2]
    declared = file.functions_by_name.get(name, ())
    return declared[0] if len(declared) == 1 else None
