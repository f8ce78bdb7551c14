"""Name a repository: `host/owner/name` by its remote, or `local/<enterprise>/<name>`.

The remote is read from the repository's configuration without starting git. That file is untrusted: nothing
in it is followed or run, and no credentials are kept.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sbom.git import common_dir

_CONFIG_BYTES = 1024 * 1024
_FILE_NAME_BYTES = 200
_SHOWN = 3
_SECTION = re.compile(r'\[\s*remote\s*"((?:\\.|[^"\\])*)"\s*\]', re.IGNORECASE)
_URL = re.compile(r"\s*url\s*=\s*(.*)", re.IGNORECASE)
_SCP = re.compile(r"(?:[^@/:]+@)?(\[[0-9a-fA-F:]+\]|[^@/:\[\]]{2,}):(?!//|:)(.+)")
_NETWORK_SCHEMES = frozenset({"https", "http", "ssh", "git", "git+ssh", "ssh+git", "ftp", "ftps"})
_HOST = re.compile(r"[a-z0-9._-]+")
_UNFIT = re.compile(r"[\s\\\x00-\x1f\x7f]")
_PART = re.compile(r"[^\s/\\\x00-\x1f\x7f]{1,200}")


def read_remote_url(git_dir: Path) -> str | None:
    """The URL of remote `origin`, else of the first remote by name; null if none can be read.

    The URL may hold credentials: pass it to `canonical_remote` and keep only the result.
    """
    path = common_dir(git_dir) / "config"
    try:
        if path.stat().st_size > _CONFIG_BYTES:
            return None
        text = path.read_text("utf-8", "replace")
    except OSError:
        return None
    remotes: dict[str, str] = {}
    for name, url in _remote_urls(text):
        remotes.setdefault(name, url)
    return remotes.get("origin") or next((remotes[name] for name in sorted(remotes)), None)


def _remote_urls(text: str) -> Iterator[tuple[str, str]]:
    remote = None
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("["):
            section = _SECTION.match(stripped)
            remote = section[1] if section else None
        elif remote is not None and (match := _URL.match(line)):
            yield remote, _config_value(match[1])


def _config_value(text: str) -> str:
    """A value of git's configuration without its comment, quotes and escapes."""
    value, quoted, escaped = [], False, False
    for character in text.strip():
        if escaped:
            value.append(character)
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character in "#;" and not quoted:
            break
        else:
            value.append(character)
    return "".join(value).strip()


def canonical_remote(url: str) -> str | None:
    """`host/owner/name` of a remote URL; null for a local path and for what names no host and repository.

    Scheme, user, password, port, query and the ending `.git` are dropped, the host is in lower case.
    """
    try:
        parts = urlsplit(url)
        scheme, host, path = parts.scheme.lower(), parts.hostname or "", parts.path
    except ValueError:
        return None
    if scheme not in _NETWORK_SCHEMES or "://" not in url:
        scp = None if "://" in url else _SCP.fullmatch(url)
        if scp is None:
            return None
        host, path = scp[1].strip("[]").lower(), scp[2]
    segments = [segment for segment in unquote(path).split("/") if segment]
    if segments:
        segments[-1] = segments[-1].removesuffix(".git")
    usable = all(_PART.fullmatch(part) and part.strip(".") for part in segments)
    if not segments or not usable or not _HOST.fullmatch(host):
        return None
    return "/".join([host, *segments])


def local_id(enterprise_id: str, path: Path) -> str:
    """`local/<enterprise>/<name>` of a repository that has no remote."""
    name = path.name.removesuffix(".git") or path.parent.name
    return f"local/{enterprise_id}/{_UNFIT.sub('-', name) or 'repository'}"


def readable(path: Path) -> str:
    """The path with `/`, and with bytes that are not UTF-8 as `\\xNN`: no table can hold them."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def separate_equal_ids(ids: Mapping[Path, str]) -> tuple[dict[Path, str], list[str]]:
    """Ids made unique, and a warning for each id that several folders share.

    The first folder in path order keeps the id, the others get `~2`, `~3` …
    """
    sharing: dict[str, list[Path]] = {}
    for path in sorted(ids):
        sharing.setdefault(ids[path], []).append(path)
    unique: dict[Path, str] = {}
    warnings = []
    for repo_id, paths in sharing.items():
        for number, path in enumerate(paths, 1):
            unique[path] = repo_id if number == 1 else f"{repo_id}~{number}"
        if len(paths) > 1:
            shown = [f"{unique[path]} ({path})" for path in paths[:_SHOWN]]
            shown += [f"{len(paths) - _SHOWN} more"] if len(paths) > _SHOWN else []
            warnings.append(
                f"{repo_id} is the name of {len(paths)} repositories, counted apart as {', '.join(shown)}; "
                "keep one of them in the workspace if they are copies"
            )
    return unique, warnings


def folder_name(repo_id: str) -> str:
    """A file name for `repo_id`: `/` becomes `+`, unusual characters are encoded, long ones cut."""
    encoded = re.sub(r"[^\w.@~/-]", lambda match: "".join(f"%{b:02X}" for b in match[0].encode()), repo_id)
    name = encoded.replace("/", "+").lstrip(".") or "repository"
    if len(name.encode()) > _FILE_NAME_BYTES:
        return f"{name[:40]}~{hashlib.sha256(repo_id.encode()).hexdigest()[:32]}"
    return name
