"""Command lines of openssl, gmssl, keytool, ssh-keygen and others in scripts, Makefiles, Dockerfiles and CI.

What each program says is in `sbom/crypto/commands.yaml`. Nothing is run; a value that a variable holds stays
unknown.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator

from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.configuration.writing import Line, lines_of
from sbom.crypto.assets.findings import AssetFile, AssetFindings, Setting
from sbom.crypto.commands import END, PROGRAMS, read_command, split_words
from sbom.crypto.readable import line_starts

_COMMAND = re.compile(rf"(?:^|[\s;&|(`@\"'=/\[{{-])(?P<program>{PROGRAMS})(?=[\s\"',]).*")
_COMMENT = re.compile(r"^\s*(?:#(?!!)|rem\s|::|//)", re.IGNORECASE)
_ECHO = re.compile(r"\s*@?echo\s", re.IGNORECASE)
_ECHOED = re.compile(r"(?:[^|;&\"']|\"(?:\\.|[^\"\\])*\"|'[^']*')*")
"""What an echo says: as far as the pipe or what else ends it outside of quotes."""
_LONGEST = 4000


def parse(file: AssetFile, findings: AssetFindings) -> None:
    text = file.text
    starts = line_starts(text)
    for line in _joined(text):
        if _COMMENT.match(line.text) or len(line.text) > _LONGEST:
            continue
        rest = _behind_echo(line.text)
        while match := _COMMAND.search(line.text, rest):
            begin = match.start("program")
            end = END.search(line.text, begin)
            stop = end.start() if end else len(line.text)
            rest = max(stop, match.end("program"))
            place = line.start + begin
            number = bisect_right(starts, place)
            at = Setting(place, number, place - starts[number - 1] + 1, "", match["program"])
            _read(split_words(line.text[begin:stop]), at, findings)


def _behind_echo(line: str) -> int:
    """Where a line goes on behind the text that it prints; 0 where it prints none."""
    echo = _ECHO.match(line)
    if echo is None:
        return 0
    said = _ECHOED.match(line, echo.end())
    end = said.end() if said else len(line)
    return end if line[end : end + 1] in ("|", ";", "&") else len(line)


def _joined(text: str) -> Iterator[Line]:
    """Lines with those that continue them, as long as they are in the text."""
    held: Line | None = None
    for line in lines_of(text):
        whole = line if held is None else held._replace(text=f"{held.text} {line.text}")
        if line.text.endswith(("\\", "^")) and len(whole.text) < _LONGEST:
            held = whole._replace(text=f"{whole.text[:-1]} ")
            continue
        held = None
        yield whole
    if held is not None:
        yield held


def _read(words: list[str], at: Setting, findings: AssetFindings) -> None:
    for use in read_command(words):
        at.api = use.api
        findings.occurrence(at, **use.attributes())


FORMAT = AssetFormat(
    name="command-lines",
    version="3",
    parse=parse,
    globs=(
        *(
            "*.sh",
            "*.bash",
            "*.zsh",
            "*.bat",
            "*.cmd",
            "*.ps1",
            "*.mk",
            "makefile",
            "makefile.*",
            "gnumakefile",
        ),
        *(
            "dockerfile",
            "dockerfile.*",
            "*.dockerfile",
            "containerfile",
            "jenkinsfile",
            "jenkinsfile.*",
            "justfile",
        ),
        *(".gitlab-ci.yml", ".travis.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml", "taskfile.yml"),
        *(".github/workflows/*", "*/.github/workflows/*", ".circleci/config.yml", "*/.gitlab-ci/*.yml"),
        *(".drone.yml", "cloudbuild.yaml", "vagrantfile", "rakefile"),
    ),
    marker=re.compile(rf"\b(?:{PROGRAMS})\b".encode()),
    title="command lines of scripts, Makefiles, Dockerfiles and CI",
)
