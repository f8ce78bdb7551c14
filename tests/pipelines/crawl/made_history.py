"""Real git repositories with whatever history a test asks for, and what plain git says of them."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

ADA = "Ada Example <ada@one.example>"
BO = "Bo Example <bo@two.example>"
NOON = "1700000000 +0800"


@dataclass(frozen=True)
class Repository:
    """A real git repository, driven without the configuration and clock of the machine."""

    path: Path

    @property
    def git_dir(self) -> Path:
        return self.path / ".git"

    def run(self, *arguments, stdin=None) -> bytes:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.devnull,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ada Example",
            "GIT_AUTHOR_EMAIL": "ada@one.example",
            "GIT_AUTHOR_DATE": NOON,
            "GIT_COMMITTER_NAME": "Cy Example",
            "GIT_COMMITTER_EMAIL": "cy@three.example",
            "GIT_COMMITTER_DATE": NOON,
        }
        return subprocess.run(
            ["git", "-C", self.path, *arguments],
            env=environment,
            input=stdin,
            capture_output=True,
            check=True,
        ).stdout

    def git(self, *arguments, stdin=None) -> str:
        return self.run(*arguments, stdin=stdin).decode().strip()

    def commit(self, files=None, *, parents=None, author=ADA, when=NOON, branch="main") -> str:
        """A commit on a branch that changes the given files (null removes one)."""
        lines = [f"commit refs/heads/{branch}\n", f"author {author} {when}\n", f"committer {author} {when}\n"]
        stream = [line.encode() for line in (*lines, "data 7\nchange\n\n")]
        tip = self.tip(branch)
        parents = ([tip] if tip else []) if parents is None else parents
        if parents:
            stream.append(f"from {parents[0]}\n".encode())
        elif tip:  # a second root
            stream.insert(0, f"reset refs/heads/{branch}\n\n".encode())
        stream += (f"merge {parent}\n".encode() for parent in parents[1:])
        for path, content in (files or {}).items():
            raw = path if isinstance(path, bytes) else path.encode()
            quoted = b'"' + b"".join(b"\\%03o" % byte for byte in raw) + b'"'
            data = content.encode() if isinstance(content, str) else content
            stream.append(
                b"D " + quoted + b"\n"
                if data is None
                else b"M 100644 inline %s\ndata %d\n%s\n" % (quoted, len(data), data)
            )
        self.run("fast-import", "--quiet", "--force", stdin=b"".join(stream))
        return self.tip(branch)

    def tip(self, branch="main") -> str:
        return self.git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")

    def set_head(self, commit: str) -> None:
        self.git("update-ref", "refs/heads/main", commit)

    def store(self, content: bytes, kind="commit") -> str:
        """Write an object as it is, however wrong, and return its id."""
        return self.git("hash-object", "-w", "-t", kind, "--literally", "--stdin", stdin=content)

    def store_commit(self, author: bytes, *, extra=b"", parents=(), files=None, message=b"m\n") -> str:
        """A commit object with an author line as given, and `main` on it."""
        base = self.commit(files or {"a.py": "1\n"}, branch="base")
        tree = self.git("rev-parse", f"{base}^{{tree}}").encode()
        lines = [b"tree " + tree, *(b"parent " + parent.encode() for parent in parents)]
        lines += [b"author " + author, b"committer Cy Example <cy@three.example> 1700000000 +0000"]
        commit = self.store(b"\n".join(lines) + b"\n" + extra + b"\n" + message)
        self.set_head(commit)
        return commit

    def explode(self) -> None:
        """Turn packs into loose objects, so that single ones can be removed or damaged."""
        packs = [path.read_bytes() for path in self.git_dir.glob("objects/pack/*.pack")]
        for path in self.git_dir.glob("objects/pack/*"):
            path.unlink()
        for pack in packs:
            self.run("unpack-objects", "-q", stdin=pack)

    def object_path(self, revision: str) -> Path:
        object_id = self.git("rev-parse", revision)
        return self.git_dir / "objects" / object_id[:2] / object_id[2:]

    def remove_object(self, revision: str) -> bytes:
        path = self.object_path(revision)
        content = path.read_bytes()
        path.unlink()
        return content

    def damage_object(self, revision: str) -> None:
        path = self.object_path(revision)
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:-8])


def lines_of(repository: Repository, commit: str) -> tuple[int, int, int]:
    """Files, lines added and lines deleted as `git show --numstat` prints them."""
    output = repository.run("show", "--numstat", "--no-renames", "-z", "--format=", commit)
    files = [record.split(b"\t")[:2] for record in output.split(b"\0") if record.strip()]
    numbers = [(0, 0) if added.endswith(b"-") else (int(added), int(deleted)) for added, deleted in files]
    return len(files), sum(added for added, _ in numbers), sum(deleted for _, deleted in numbers)
