"""Read a git repository that is not trusted.

Git runs what a repository's configuration names: fsmonitor, pagers, diff drivers, gpg programs, credential
helpers, lazy fetches. So the configuration of a scanned repository is never read: every command runs in an
empty bare *view* of our own, whose object store points at the repository's objects. Hooks, attributes and
replace refs of the repository do not exist there either.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sbom.errors import SourceError

_HEX = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SYMREF_DEPTH = 5
_REF_FILE_BYTES = 64 * 1024 * 1024
_VIEW_CONFIG = "[core]\n\trepositoryformatversion = {version}\n\tbare = true\n{extensions}"


def find_git_dir(path: Path) -> Path | None:
    """The git directory of a work tree, linked work tree or bare repository at `path`; null if it is none."""
    dot_git = path / ".git"
    if dot_git.is_dir() and _is_git_dir(dot_git):
        return dot_git
    if dot_git.is_file():  # linked work tree or submodule: `gitdir: PATH`
        text = dot_git.read_text("utf-8", "replace")[:4096]
        if text.startswith("gitdir:"):
            target = (path / text.removeprefix("gitdir:").strip()).resolve()
            if _is_git_dir(target):
                return target
    return path if _is_git_dir(path) else None


def _is_git_dir(path: Path) -> bool:
    common = common_dir(path)
    return (path / "HEAD").exists() and (common / "objects").is_dir()


def common_dir(git_dir: Path) -> Path:
    """A linked work tree keeps objects and refs in the directory that its file `commondir` names."""
    pointer = git_dir / "commondir"
    if not pointer.is_file():
        return git_dir
    return (git_dir / pointer.read_text("utf-8", "replace").strip()[:4096]).resolve()


def resolve_head(git_dir: Path) -> str | None:
    """The commit id of HEAD, read from the ref files; null for a repository without commits.

    A process per repository would cost seconds over a thousand unchanged repositories.

    Raises:
        SourceError: HEAD does not follow the format of git's ref files.
    """
    return _resolve_ref(git_dir, common_dir(git_dir), "HEAD", _SYMREF_DEPTH)


def _resolve_ref(git_dir: Path, common: Path, ref: str, depth: int) -> str | None:
    if depth == 0 or ".." in ref.split("/"):
        raise SourceError(f"{git_dir}: {ref} is a symbolic ref that leads nowhere")
    for base in (git_dir, common):
        path = base / ref
        if path.is_file() and path.stat().st_size < 4096:
            text = path.read_text("ascii", "replace").strip()
            if text.startswith("ref:"):
                return _resolve_ref(git_dir, common, text.removeprefix("ref:").strip(), depth - 1)
            if _HEX.fullmatch(text):
                return text
            raise SourceError(f"{path}: not a git reference: {text[:80]!r}")
    return _packed_refs(common).get(ref)


def _packed_refs(common: Path) -> dict[str, str]:
    path = common / "packed-refs"
    if not path.is_file() or path.stat().st_size > _REF_FILE_BYTES:
        return {}
    refs = {}
    for line in path.read_text("utf-8", "backslashreplace").splitlines():
        sha, _, name = line.partition(" ")
        if name and _HEX.fullmatch(sha):
            refs[name] = sha
    return refs


def list_refs(git_dir: Path) -> dict[str, str]:
    """Branches and tags with the object ids that they point at (an annotated tag's own id)."""
    common = common_dir(git_dir)
    refs = {name: sha for name, sha in _packed_refs(common).items() if name.startswith("refs/")}
    for kind in ("heads", "tags", "remotes"):
        root = common / "refs" / kind
        for path in sorted(root.rglob("*")) if root.is_dir() else ():
            if path.is_file() and not path.is_symlink() and path.stat().st_size < 4096:
                text = path.read_text("ascii", "replace").strip()
                if _HEX.fullmatch(text):
                    refs[path.relative_to(common).as_posix()] = text
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
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") and k in _KEPT_VARIABLES}
        return kept | {
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": f'"{_c_quoted(self.objects)}"',
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
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
            raise SourceError("git is not installed or not on PATH; install git 2.30 or newer") from None
        except subprocess.TimeoutExpired:
            raise SourceError(
                f"git {arguments[0]} took longer than {timeout:.0f} s and was stopped"
            ) from None
        if done.returncode:
            raise SourceError(f"git {arguments[0]} failed: {_last_line(done.stderr)}")
        return done.stdout

    def start(
        self, *arguments: str, stdin: int | IO[bytes] | None = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        """Start one git command whose output is read as it comes; the caller ends it."""
        try:
            return subprocess.Popen(
                self.command(*arguments),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self.environment(),
            )
        except FileNotFoundError:
            raise SourceError("git is not installed or not on PATH; install git 2.30 or newer") from None


_KEPT_VARIABLES = frozenset({"PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH"})


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
    objects = (common / "objects").resolve()
    if not objects.is_dir():
        raise SourceError(f"{git_dir}: no object store; is it a git repository?")
    view_dir = Path(tempfile.mkdtemp(prefix="chainatlas-view-"))
    try:
        (view_dir / "objects").mkdir()
        (view_dir / "refs").mkdir()
        (view_dir / "HEAD").write_text("ref: refs/heads/none\n")
        (view_dir / "config").write_text(_view_config(git_dir))
        shallow = common / "shallow"
        yield GitView(view_dir, objects, shallow.resolve() if shallow.is_file() else None)
    finally:
        shutil.rmtree(view_dir, ignore_errors=True)


def _view_config(git_dir: Path) -> str:
    """SHA-256 repositories need their object format told; the length of HEAD's id shows it."""
    head = resolve_head(git_dir)
    if head is not None and len(head) == 64:
        return _VIEW_CONFIG.format(version=1, extensions="[extensions]\n\tobjectformat = sha256\n")
    return _VIEW_CONFIG.format(version=0, extensions="")


def read_objects(
    view: GitView, object_ids: Iterable[str], max_bytes: int
) -> Iterator[tuple[str, bytes | None, str]]:
    """Contents of objects in the order asked: (id, content or null, reason if null).

    Sizes are asked first, so that an object over `max_bytes` is never transferred.

    Raises:
        SourceError: git stopped in the middle.
    """
    wanted = list(object_ids)
    if not wanted:
        return
    sizes = _object_sizes(view, wanted)
    readable = [oid for oid in wanted if 0 <= sizes.get(oid, -1) <= max_bytes]
    contents = _stream_contents(view, readable)
    for oid in wanted:
        size = sizes.get(oid, -1)
        if size < 0:
            yield oid, None, "the object is missing or corrupt in this repository"
        elif size > max_bytes:
            yield oid, None, f"{size} bytes, over the limit of {max_bytes}"
        else:
            content = next(contents)
            yield oid, content, "" if content is not None else "the object is corrupt in this repository"


def _object_sizes(view: GitView, object_ids: list[str]) -> dict[str, int]:
    output = view.run("cat-file", "--batch-check", stdin="\n".join(object_ids).encode() + b"\n", timeout=300)
    sizes = {}
    for line in output.decode("ascii", "replace").splitlines():
        fields = line.split(" ")
        if len(fields) == 3 and fields[2].isdigit():
            sizes[fields[0]] = int(fields[2])
    return sizes


def _stream_contents(view: GitView, object_ids: list[str]) -> Iterator[bytes | None]:
    """Contents in order; a corrupt object ends git, so a fresh process takes over behind it."""
    position = 0
    while position < len(object_ids):
        for content in _one_batch(view, object_ids[position:]):
            position += 1
            yield content
            if content is None:
                break


def _one_batch(view: GitView, object_ids: list[str]) -> Iterator[bytes | None]:
    with tempfile.TemporaryFile() as request:
        request.write("\n".join(object_ids).encode() + b"\n")
        request.seek(0)
        process = view.start("cat-file", "--batch", stdin=request)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        for _ in object_ids:
            header = process.stdout.readline().split()
            if len(header) != 3:
                yield None
                return
            size = int(header[2])
            content = process.stdout.read(size + 1)
            if len(content) != size + 1:
                yield None
                return
            yield content[:-1]
    finally:
        process.kill()
        process.stdout.close()
        process.stderr.close()
        process.wait()
