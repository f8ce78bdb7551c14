"""Read a git repository that is not trusted.

Git runs what a repository's configuration names: fsmonitor, pagers, diff drivers, gpg programs, credential
helpers, lazy fetches. So git never reads the configuration of a scanned repository: every command runs in an
empty bare *view* of our own, whose object store points at the repository's objects. Hooks, attributes and
replace refs of the repository do not exist there either.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import IO

from sbom.errors import LimitReached, SourceError

_HEX = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SYMREF_DEPTH = 5
_SMALL_FILE_BYTES = 4096
_PACKED_REFS_BYTES = 64 * 1024 * 1024
_CONFIG_BYTES = 1024 * 1024
_PIECE_BYTES = 1024 * 1024
_NO_GIT = "git is not installed or not on PATH; install git 2.30 or newer"
_KEPT_VARIABLES = frozenset({"PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH"})
_SHA256 = re.compile(rb"^[ \t]*objectformat[ \t]*=[ \t]*sha256[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
_VIEW_CONFIG = "[core]\n\trepositoryformatversion = {version}\n\tbare = true\n{extensions}"


def find_git_dir(path: Path) -> Path | None:
    """The git directory of a work tree, linked work tree or bare repository at `path`; null if it is none."""
    dot_git = path / ".git"
    if dot_git.is_dir() and _is_git_dir(dot_git):
        return dot_git
    pointer = _small_text(dot_git)  # linked work tree or submodule: `gitdir: PATH`
    if pointer is not None and pointer.startswith("gitdir:"):
        target = _follow(path, pointer.removeprefix("gitdir:"))
        if target is not None and _is_git_dir(target):
            return target
    return path if _is_git_dir(path) else None


def _is_git_dir(path: Path) -> bool:
    common = common_dir(path)
    return (path / "HEAD").exists() and (common / "objects").is_dir()


def common_dir(git_dir: Path) -> Path:
    """A linked work tree keeps objects and refs in the directory that its file `commondir` names."""
    pointer = _small_text(git_dir / "commondir")
    return git_dir if pointer is None else _follow(git_dir, pointer) or git_dir


def _follow(base: Path, pointer: str) -> Path | None:
    try:
        return (base / pointer.strip()).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):  # nothing there, a loop, a NUL in the name
        return None


def _small_text(path: Path) -> str | None:
    """The text of a file of at most 4 KiB, as all of git's pointers are; null if there is none."""
    content = _read_regular(path, _SMALL_FILE_BYTES)
    return None if content is None else os.fsdecode(content)


def _read_regular(path: Path, max_bytes: int) -> bytes | None:
    """A regular file's content; null if it is larger, or a FIFO that would never end, or not there."""
    try:
        if path.is_file() and path.stat().st_size <= max_bytes:
            return path.read_bytes()
    except OSError:
        pass
    return None


def resolve_head(git_dir: Path) -> str | None:
    """The commit id of HEAD, read from the ref files; null for a repository without commits.

    A process per repository would cost seconds over a thousand unchanged repositories.

    Raises:
        SourceError: HEAD does not follow the format of git's ref files.
    """
    return _resolve_ref(git_dir, common_dir(git_dir), "HEAD", _SYMREF_DEPTH)


def _resolve_ref(git_dir: Path, common: Path, ref: str, depth: int) -> str | None:
    if depth == 0 or not _is_ref_name(ref):
        raise SourceError(f"{git_dir}: {ref[:80]!r} is a symbolic ref that leads nowhere")
    for base in (git_dir, common):
        path = base / ref
        text = _ref_text(path)
        if text is None:
            continue
        if text.startswith("ref:"):
            return _resolve_ref(git_dir, common, text.removeprefix("ref:").strip(), depth - 1)
        if _HEX.fullmatch(text.strip()):
            return text.strip()
        raise SourceError(f"{path}: not a git reference: {text[:80]!r}")
    if (common / "reftable").is_dir():
        raise SourceError(f"{git_dir}: keeps its refs in reftable format; name a commit by its full id")
    return next((sha for name, sha in _packed_refs(common) if name == ref), None)


def _ref_text(path: Path) -> str | None:
    try:
        return f"ref: {path.readlink()}"  # how git wrote HEAD until 2005
    except (OSError, ValueError):
        return _small_text(path)


def _is_ref_name(ref: str) -> bool:
    """Nothing that leads out of the git directory."""
    return ref == "HEAD" or (ref.startswith("refs/") and ".." not in ref.split("/"))


def _packed_refs(common: Path) -> Iterator[tuple[str, str]]:
    path = common / "packed-refs"
    if not path.is_file():
        return
    if path.stat().st_size > _PACKED_REFS_BYTES:
        raise SourceError(f"{path}: more than {_PACKED_REFS_BYTES} bytes of references")
    with path.open("rb") as file:
        for line in file:
            sha, _, name = os.fsdecode(line).rstrip("\n").partition(" ")
            if name.startswith("refs/") and _HEX.fullmatch(sha):
                yield name, sha


def list_refs(git_dir: Path) -> dict[str, str]:
    """Branches and tags with the object ids that they point at (an annotated tag's own id).

    Raises:
        SourceError: the repository has more references than can be read.
    """
    common = common_dir(git_dir)
    refs = dict(_packed_refs(common))
    for kind in ("heads", "tags", "remotes"):
        root = common / "refs" / kind
        for path in sorted(root.rglob("*")) if root.is_dir() else ():
            text = _ref_text(path)
            if text is not None and _HEX.fullmatch(text.strip()):
                refs[path.relative_to(common).as_posix()] = text.strip()
    return refs


@dataclass(frozen=True, slots=True)
class GitView:
    """An empty bare repository over another one's objects; `command` makes argument vectors for it."""

    git_dir: Path
    objects: Path
    shallow: Path | None

    def command(self, *arguments: str) -> list[str]:
        shallow = ["--shallow-file", str(self.shallow)] if self.shallow else []
        return ["git", "--no-pager", f"--git-dir={self.git_dir}", *shallow, *arguments]

    def environment(self) -> dict[str, str]:
        """The environment without any GIT_* of the caller, and without system or user configuration."""
        kept = {name: value for name, value in os.environ.items() if name in _KEPT_VARIABLES}
        return kept | {
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": f'"{_c_quoted(self.objects)}"',
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_FLUSH": "0",  # one write per 4 KiB instead of one per commit
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            "HOME": os.devnull,
            "LC_ALL": "C",
            "TZ": "UTC",
        }

    def run(self, *arguments: str, stdin: bytes | None = None, timeout: float = 60) -> bytes:
        """Standard output of one git command.

        Raises:
            SourceError: git is not installed, failed, or took longer than `timeout` seconds.
        """
        try:
            done = subprocess.run(
                self.command(*arguments),
                input=stdin,
                stdin=subprocess.DEVNULL if stdin is None else None,
                capture_output=True,
                env=self.environment(),
                timeout=timeout,
                check=False,
            )
        except FileNotFoundError:
            raise SourceError(_NO_GIT) from None
        except subprocess.TimeoutExpired:
            raise SourceError(
                f"git {arguments[0]} took longer than {timeout:.0f} s and was stopped"
            ) from None
        if done.returncode:
            raise SourceError(f"git {arguments[0]} failed: {_last_line(done.stderr)}")
        return done.stdout

    def start(
        self,
        *arguments: str,
        stdin: int | IO[bytes] | None = subprocess.DEVNULL,
        stderr: int | IO[bytes] | None = subprocess.PIPE,
    ) -> subprocess.Popen[bytes]:
        """Start one git command whose output is read as it comes; the caller ends it."""
        try:
            return subprocess.Popen(
                self.command(*arguments),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=self.environment(),
            )
        except FileNotFoundError:
            raise SourceError(_NO_GIT) from None

    def stream(self, *arguments: str, timeout: float) -> Generator[bytes, None, None]:
        """Standard output of one git command in pieces; a caller that stops reading ends the command.

        Raises:
            SourceError: git is not installed, failed, or took longer than `timeout` seconds.
            LimitReached: git was killed, as by a stack or memory limit of the machine.
        """
        deadline = time.monotonic() + timeout
        with tempfile.TemporaryFile() as messages, self.start(*arguments, stderr=messages) as process:
            watchdog = Timer(timeout, process.kill)
            watchdog.start()
            try:
                assert process.stdout is not None
                while piece := os.read(process.stdout.fileno(), _PIECE_BYTES):
                    yield piece
                if process.wait():
                    if time.monotonic() >= deadline:
                        raise SourceError(f"git {arguments[0]} took longer than {timeout:.0f} s")
                    if process.returncode < 0:
                        raise LimitReached(f"git {arguments[0]} was killed by signal {-process.returncode}")
                    messages.seek(0)
                    raise SourceError(f"git {arguments[0]} failed: {_last_line(messages.read())}")
            finally:
                watchdog.cancel()
                process.kill()


def _c_quoted(path: Path) -> str:
    """Git splits alternates at `:` unless an entry is C-quoted."""
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


def _last_line(stderr: bytes) -> str:
    lines = stderr.decode("utf-8", "backslashreplace").strip().splitlines()
    return lines[-1][:500] if lines else "no message"


@contextmanager
def open_view(git_dir: Path) -> Iterator[GitView]:
    """A `GitView` of the repository at `git_dir`, removed at the end.

    Raises:
        SourceError: the repository has no object store.
    """
    common = common_dir(git_dir)
    objects, shallow = common / "objects", common / "shallow"
    if not objects.is_dir():
        raise SourceError(f"{git_dir}: no object store; is it a git repository?")
    view_dir = Path(tempfile.mkdtemp(prefix="chainatlas-view-"))
    try:
        (view_dir / "objects").mkdir()
        (view_dir / "refs").mkdir()
        (view_dir / "HEAD").write_text("ref: refs/heads/none\n")
        (view_dir / "config").write_text(_view_config(common))
        yield GitView(view_dir, objects.resolve(), shallow.resolve() if shallow.is_file() else None)
    finally:
        shutil.rmtree(view_dir, ignore_errors=True)


def _view_config(common: Path) -> str:
    """The object format is the one thing that the view must take from the repository's configuration."""
    if _SHA256.search(_read_regular(common / "config", _CONFIG_BYTES) or b""):
        return _VIEW_CONFIG.format(version=1, extensions="[extensions]\n\tobjectformat = sha256\n")
    return _VIEW_CONFIG.format(version=0, extensions="")
