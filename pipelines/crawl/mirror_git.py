"""Run git against a server that is not trusted: nothing configured is run, nobody is asked for a password.

What git may do is said here and nowhere else: the environment holds no GIT_* of the caller, no configuration
of the system or the user is read, hooks and templates are none, and only the protocols that the workspace
allows are spoken (`GIT_ALLOW_PROTOCOL` also stops transports that run commands, such as `ext::`, and
redirects).
"""

import base64
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.errors import CrawlError
from sbom.lockfiles.origins import without_credentials

TOKEN_VARIABLE = "CHAINATLAS_GIT_TOKEN_{}"  # noqa: S105  # the name of a variable
"""Environment variable with the token for a host, in capitals and with `_` for what is no letter or digit."""

_KEPT_VARIABLES = (
    *("PATH", "LD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT", "SSH_AUTH_SOCK"),
    *(
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
    ),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO"),
)
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.askPass": "",
    "credential.helper": "",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "http.followRedirects": "initial",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "60",
    "submodule.recurse": "false",
    "transfer.credentialsInUrl": "die",
}
_POLL_SECONDS = 0.5
_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s'\"]+", re.IGNORECASE)


def run_git(
    arguments: Sequence[str],
    *,
    url: str,
    protocols: Sequence[str],
    seconds: float,
    may_go_on: Callable[[], str | None] = lambda: None,
) -> bytes:
    """Standard output of one git command that speaks to the server of `url`.

    `may_go_on` is asked twice a second; what it returns is the reason why the command is ended.

    Raises:
        CrawlError: git is not installed, failed, took too long or was ended; no message holds a token.
    """
    settings = _SETTINGS | _authorization(url)
    command = ["git", "--no-pager", *arguments]
    deadline = time.monotonic() + seconds
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as messages:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=messages,
                env=_environment(protocols, settings),
                start_new_session=True,
            )
        except FileNotFoundError:
            raise CrawlError("git is not installed or not on PATH; install git 2.30 or newer") from None
        try:
            _wait(process, deadline, seconds, may_go_on)
        finally:
            _end(process)
        if process.returncode:
            messages.seek(0)
            raise CrawlError(f"git {_verb(arguments)} failed: {_reason(messages.read())}")
        output.seek(0)
        return output.read()


def _wait(
    process: subprocess.Popen[bytes], deadline: float, seconds: float, may_go_on: Callable[[], str | None]
) -> None:
    while True:
        try:
            process.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline:
                raise CrawlError(f"took longer than {seconds:.0f} s and was stopped") from None
            if reason := may_go_on():
                raise CrawlError(reason) from None
        else:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    """End git with the helpers that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _verb(arguments: Sequence[str]) -> str:
    return next((word for word in arguments if word[0] != "-" and "=" not in word), "git")


def _environment(protocols: Sequence[str], settings: dict[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    told = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        told |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return (
        kept
        | told
        | {
            "GIT_ALLOW_PROTOCOL": ":".join(protocols),
            "GIT_ASKPASS": "",
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oStrictHostKeyChecking=yes -oConnectTimeout=20",
            "GIT_TERMINAL_PROMPT": "0",
            "HOME": os.devnull,
            "LC_ALL": "C",
        }
    )


def _authorization(url: str) -> dict[str, str]:
    """The token for the host, as a header that stands in the environment alone; for https only."""
    parts = urlsplit(url) if url.startswith("https://") else None
    host = (parts.hostname or "") if parts else ""
    token = os.environ.get(TOKEN_VARIABLE.format(re.sub(r"[^A-Z0-9]", "_", host.upper()))) if host else None
    if not token or parts is None:
        return {}
    basic = base64.b64encode(f"oauth2:{token}".encode()).decode()
    return {f"http.https://{parts.netloc}/.extraHeader": f"Authorization: Basic {basic}"}


def _reason(messages: bytes) -> str:
    lines = messages.decode("utf-8", "backslashreplace").strip().splitlines()
    told = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines[-1:]
    return _URL.sub(lambda url: without_credentials(url[0]), told[0])[:500] if told else "no message"


def folder_bytes(folder: Path) -> int:
    """Bytes of the files below a folder that may change meanwhile."""
    total, pending = 0, [folder]
    while pending:
        try:
            with os.scandir(pending.pop()) as listing:
                for item in listing:
                    if item.is_dir(follow_symlinks=False):
                        pending.append(Path(item.path))
                    else:
                        total += item.stat(follow_symlinks=False).st_size
        except OSError:
            continue
    return total


def shown_address(url: str) -> str:
    """The address as tables and messages name it."""
    return without_credentials(url)
