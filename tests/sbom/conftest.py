import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

# no test asserts times: the first example pays for imports, and machines are shared
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

LOCK = "org.bouncycastle:bcprov-jdk18on:1.77=runtimeClasspath\n"
"""A lock file for tests that are about repositories, not about formats."""


@dataclass(frozen=True)
class Repository:
    """A real git repository, driven with a configuration and clock of its own."""

    path: Path

    def git(self, *arguments, stdin=None):
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.path),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A",
            "GIT_AUTHOR_EMAIL": "a@example.com",
            "GIT_AUTHOR_DATE": "1700000000 +0800",
            "GIT_COMMITTER_NAME": "C",
            "GIT_COMMITTER_EMAIL": "c@example.com",
            "GIT_COMMITTER_DATE": "1700000123 +0800",
        }
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=environment, input=stdin, capture_output=True, check=True
        )
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, name, content=LOCK):
        path = self.path / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def commit(self, message="change"):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def store(self, content, kind="blob"):
        """Write an object as it is, however wrong, and return its id."""
        return self.git("hash-object", "-w", "-t", kind, "--literally", "--stdin", stdin=content)

    def object_path(self, object_id):
        return self.path / ".git" / "objects" / object_id[:2] / object_id[2:]

    def remove_object(self, revision):
        self.object_path(self.git("rev-parse", revision)).unlink()

    def overwrite_object(self, revision, content):
        path = self.object_path(self.git("rev-parse", revision))
        path.chmod(0o644)
        path.write_bytes(content)


@pytest.fixture
def make_repository(tmp_path):
    def make(name="repository", *options):
        repository = Repository(tmp_path / name)
        repository.path.mkdir(parents=True)
        repository.git("init", "--quiet", "--initial-branch=main", *options)
        return repository

    return make


@pytest.fixture
def repository(make_repository):
    return make_repository()
