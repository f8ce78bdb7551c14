"""Keys with values (YAML, properties, JSON, TOML, INI, environment files): what their names say.

`key_roles.yaml` tells which names name protocols, suites, algorithms or keys. A value that names nothing
which the catalogue knows gives no row; a key is recognised by its name and its form, and only its kind and
size are kept.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import yaml

from sbom.crypto.assets.certificates.der_objects import write_whatever
from sbom.crypto.assets.configuration import writing
from sbom.crypto.assets.findings import AssetFindings, Setting
from sbom.crypto.der_keys import KeyFacts
from sbom.crypto.model import AssetType
from sbom.lockfiles.reading import Malformed

MARKER = re.compile(
    rb"(?i)ssl|tls|jwt|jws|saml|cipher|algorithm|secret|private.?key|public.?key|encrypt|verify|authentication.plugin|\bsm[234]\b"
)
"""What a file holds at least, if one of its keys has a role."""

_NUMBER = re.compile(r"\.\d{1,3}$")
_LEAST_SECRET, _MOST_SECRET = 8, 4096
_NO_SECRET = re.compile(
    r"^(?:true|false|null|none|yes|no|on|off|disabled?|enabled?|classpath:.*|file:.*|https?:.*|[./~].*|"
    r"[A-Z]:\\.*|<.*>|\*+|x+|\.+|(?:your|my|change|replace|example|test)[-_ ]?.{0,20}|"
    r".*\.(?:pem|key|jks|p12|crt|pub))$",
    re.IGNORECASE,
)
_BASE64_DER = re.compile(r"MI[A-Za-z0-9+/\s]{30,}={0,2}")
_HEX_KEY = re.compile(r"(?:0x)?(?:00|04)?([0-9a-fA-F]{64})")
_KEY_ALGORITHMS = (("sm4", "SM4"), ("aes", "AES"), ("desede", "3DES"), ("3des", "3DES"), ("des", "DES"))
_SIZES = {"AES": (128, 192, 256), "SM4": (128,), "3DES": (128, 192), "DES": (64,)}


class Pair(NamedTuple):
    """A key with its value where they stand."""

    key: str
    value: str
    at: Setting


def normalised(key: str) -> str:
    """A key as `key_roles.yaml` compares it; the number of an element (`versions.1`) is left out."""
    return _NUMBER.sub("", key).lower().replace("-", "").replace("_", "")


@cache
def _roles() -> tuple[tuple[str, re.Pattern[str]], ...]:
    data = yaml.load(files(__package__).joinpath("key_roles.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    return tuple((role, re.compile("|".join(patterns))) for role, patterns in data.items())


_ROLE_ENDS = (
    *("protocol", "protocols", "version", "versions", "min", "max", "minimum", "maximum", "suite", "suites"),
    *("cipher", "ciphers", "enabled", "curve", "curves", "preferences", "groups", "verify", "insecure"),
    *("ssl", "tls", "cert", "certs", "certificate", "certificates", "unauthorized", "alg", "algo"),
    *("algorithm", "algorithms", "digest", "secret", "key", "cipherlist", "curvelist", "verificationmode"),
    *("authenticationplugin", "passwordencryption", "password"),
)


def may_have_role(key: str) -> bool:
    """Whether a normalised key, or the last part of one, ends as all do that have a role."""
    return key.endswith(_ROLE_ENDS)


@cache
def role_of(key: str) -> str | None:
    """The role of a normalised key; null if it has none."""
    if not may_have_role(key):
        return None
    for role, pattern in _roles():
        if pattern.search(key):
            return role
    return None


def write_pair(findings: AssetFindings, pair: Pair) -> None:
    """Write what one key says, if it says something."""
    key, value = normalised(pair.key), pair.value.strip().strip("\"'")
    role = role_of(key)
    if role == "checks_on_unless_empty":
        if not value:
            _write_unchecked(findings, pair.at)
        return
    if role is None or not value or writing.is_placeholder(value):
        return
    if role == "protocols":
        writing.write_protocols(findings, pair.at, writing.words(value))
    elif role == "suites":
        writing.write_suites(findings, pair.at, value)
    elif role == "curves":
        writing.write_curves(findings, pair.at, value)
    elif role == "algorithm":
        for name in re.split(r"[,\s]+", value):
            writing.write_algorithm(findings, pair.at, name)
    elif role in ("checks_off", "checks_on"):
        _write_checks(findings, pair.at, value, off=role == "checks_off")
    elif role == "secret_key":
        _write_secret(findings, pair.at, key, value)
    else:
        _write_asymmetric(findings, pair.at, role.replace("_", "-"), value)


def _write_checks(findings: AssetFindings, at: Setting, value: str, *, off: bool) -> None:
    truth = {"true": True, "1": True, "on": True, "yes": True}
    truth |= {"false": False, "0": False, "off": False, "no": False, "none": False}
    said = truth.get(value.lower())
    if said is not None and said == off:
        _write_unchecked(findings, at)


def _write_unchecked(findings: AssetFindings, at: Setting) -> None:
    findings.occurrence(
        at, asset_type=AssetType.PROTOCOL, protocol="TLS", findings=("certificate-checks-disabled",)
    )


def is_secret(value: str) -> bool:
    """Whether a value can be a key: long enough, in one word, no path, no example of a value."""
    fits = _LEAST_SECRET <= len(value) <= _MOST_SECRET and not re.search(r"\s", value)
    return fits and _NO_SECRET.match(value) is None


def _write_secret(findings: AssetFindings, at: Setting, key: str, value: str) -> None:
    if not is_secret(value):
        return
    algorithm = next((name for part, name in _KEY_ALGORITHMS if part in key), None)
    if algorithm is None and "jwt" in key:
        algorithm = "HMAC"
    size = next(
        (bits for bits in _SIZES.get(algorithm or "", ()) if bits in (len(value) * 8, len(value) * 4)), None
    )
    findings.key("secret-key", "literal", at.line, KeyFacts(algorithm, None, size, None, None))


def _write_asymmetric(findings: AssetFindings, at: Setting, kind: str, value: str) -> None:
    if _BASE64_DER.fullmatch(value):
        try:
            write_whatever(
                base64.b64decode(re.sub(r"\s", "", value), validate=True), "literal", at.line, findings
            )
        except (binascii.Error, Malformed):
            return
    elif kind == "private-key" and _HEX_KEY.fullmatch(value):
        findings.key("private-key", "literal", at.line, KeyFacts(None, None, 256, None, None))


_KEY_LINE = re.compile(
    r"""^(?P<indent>[ \t]*(?:-[ \t]+)?(?:export[ \t]+)?)"""
    r"""(?P<key>"[\w.\-/ ]{1,200}"|'[\w.\-/ ]{1,200}'|[\w.\-/\[\]]{1,200})"""
    r"""[ \t]*(?P<separator>[:=])[ \t]*(?P<value>.*?)[ \t]*,?$"""
)
_SECTION = re.compile(r"^[ \t]*\[+(?P<name>[\w.\-\" ]{1,200})\]+[ \t]*(?:[#;].*)?$")
_COMMENTS = ("#", "!", ";", "//")


def pairs_of_lines(text: str, library: str) -> Iterator[Pair]:
    """The keys of a text of `key = value` or `key: value` lines, in their `[section]` if there is one.

    A backslash at the end of a line goes on with the next one; comments are left out.
    """
    section = ""
    pending: Pair | None = None
    for line in writing.lines_of(text):
        content = line.text
        if pending is not None:
            pending = pending._replace(value=pending.value + content.strip().rstrip("\\"))
            if not content.rstrip().endswith("\\"):
                yield pending
                pending = None
            continue
        stripped = content.lstrip()
        if not stripped or stripped.startswith(_COMMENTS):
            continue
        if (found := _SECTION.match(content)) is not None:
            section = found["name"].strip('" ') + "."
            continue
        match = _KEY_LINE.match(content)
        if match is None:
            continue
        key = match["key"].strip("\"'")
        at = writing.setting(line, match.start("key"), key, library)
        pair = Pair(section + key, match["value"].rstrip("\\"), at)
        if content.rstrip().endswith("\\"):
            pending = pair
        else:
            yield pair
    if pending is not None:
        yield pending
