"""Directives of server configurations: a name, white space, a value, in a table of what they say.

The table of a format maps a directive, in lower case, to the writer of its value.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from sbom.crypto.assets.configuration import writing
from sbom.crypto.assets.configuration.writing import Line, setting
from sbom.crypto.assets.findings import AssetFindings, Setting

Writer = Callable[[AssetFindings, Setting, str], None]


class Directive(NamedTuple):
    """A directive where it stands; `value` may span lines."""

    line: Line
    column: int
    name: str
    value: str


def protocols(findings: AssetFindings, at: Setting, value: str) -> None:
    """A list of protocol versions."""
    writing.write_protocols(findings, at, writing.words(value))


OPENSSL_COMMANDS: Mapping[str, Writer] = {
    "ciphersuites": writing.write_suites,
    "cipherstring": writing.write_suites,
    "curves": writing.write_curves,
    "groups": writing.write_curves,
    "minprotocol": protocols,
    "maxprotocol": protocols,
    "protocol": protocols,
}
"""Commands of `SSL_CONF_cmd`, by lower-case name: in OpenSSL's own files, and in those of servers."""


def openssl_command(findings: AssetFindings, at: Setting, value: str) -> None:
    """A command of OpenSSL that a server passes on: its name, white space, its value."""
    name, _, rest = value.partition(" ")
    if writer := OPENSSL_COMMANDS.get(name.lower()):
        writer(findings, at, rest.strip())


def find_directives(text: str, names: Mapping[str, Writer], comments: str = "#") -> Iterator[Directive]:
    """Directives of the table in a text whose directives end with their line; `\\` at its end goes on.

    `comments` are the characters with which a comment begins.
    """
    begins_comment = tuple(comments)
    comment = re.compile(rf"\s[{re.escape(comments)}]")
    pattern = re.compile(
        rf"(?:^|(?<=[\s{{;]))(?P<name>{'|'.join(map(re.escape, names))})"
        r"(?:[ \t]*[=:][ \t]*|[ \t]+)(?P<value>.+)",
        re.IGNORECASE,
    )
    pending: Directive | None = None
    for line in writing.lines_of(text):
        content = line.text
        if pending is not None:
            more = content.rstrip()
            pending = pending._replace(value=f"{pending.value} {more.rstrip(chr(92))}")
            if not more.endswith("\\"):
                yield pending
                pending = None
            continue
        if content.lstrip().startswith(begins_comment):
            continue
        match = pattern.search(content)
        if match is None:
            continue
        value = comment.split(match["value"], maxsplit=1)[0].rstrip()
        found = Directive(line, match.start("name"), match["name"], value.rstrip("\\"))
        if value.endswith("\\"):
            pending = found
        else:
            yield found
    if pending is not None:
        yield pending


def write_directives(
    text: str, names: Mapping[str, Writer], library: str, findings: AssetFindings, comments: str = "#"
) -> None:
    """Write every directive of the table."""
    table = {name.lower(): writer for name, writer in names.items()}
    for found in find_directives(text, table, comments):
        at = setting(found.line, found.column, found.name, library)
        table[found.name.lower()](findings, at, found.value)
