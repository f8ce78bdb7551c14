"""Repositories that try to run commands, to hang the scan or to exhaust the machine.

Each scan runs in a process of its own, with a limit on its time, and tells how much memory it and its git
processes took.
"""

import contextlib
import json
import os
import subprocess
import sys
import zlib

import pytest

from sbom.scan import scan_path

MEGABYTE = 1024 * 1024
SCAN = """
import json, pathlib, re, resource, sys
from dataclasses import replace
from sbom.errors import ScanError
from sbom.limits import DEFAULT_LIMITS
from sbom.scan import scan_path
try:
    result = scan_path(pathlib.Path(sys.argv[1]), limits=replace(DEFAULT_LIMITS, **json.loads(sys.argv[2])))
    answer = {
        "components": sorted(row.purl for row in result.components),
        "unknowns": [[row.path, row.kind, row.reason] for row in result.unknowns],
    }
except ScanError as error:
    answer = {"error": str(error)}
own = re.search(r"VmHWM:\\s*(\\d+) kB", pathlib.Path("/proc/self/status").read_text())[1]
git = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps(answer | {"megabytes": max(int(own), git) / 1024}))
"""
COMPONENT = "pkg:maven/org.bouncycastle/bcprov-jdk18on@1.77"


def scan(path, environment=None, timeout=60, **limits):
    done = subprocess.run(
        [sys.executable, "-c", SCAN, str(path), json.dumps(limits)],
        env=os.environ | (environment or {}),
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def kinds(answer):
    return {(path, kind) for path, kind, _ in answer["unknowns"]}


SIGNATURE = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n"
COMMANDS = {
    "core.alternateRefsCommand": "{script}",
    "core.fsmonitor": "{script}",
    "core.hooksPath": "{hooks}",
    "core.pager": "{script}",
    "core.sshCommand": "{script}",
    "credential.helper": "{script}",
    "diff.evil.textconv": "{script}",
    "diff.external": "{script}",
    "filter.evil.clean": "{script}",
    "filter.evil.smudge": "{script}",
    "gpg.program": "{script}",
    "log.showSignature": "true",
    "pager.cat-file": "{script}",
    "pager.ls-tree": "{script}",
    "pager.rev-parse": "{script}",
    "protocol.ext.allow": "always",
    "remote.origin.promisor": "true",
    "remote.origin.url": "ext::{script}",
    "extensions.partialClone": "origin",
    "core.repositoryFormatVersion": "1",
}


@pytest.fixture
def trap(repository, tmp_path):
    """The canary file that a script leaves which ordinary git commands run in the repository."""
    script, hooks, canary = tmp_path / "script", tmp_path / "hooks", tmp_path / "canary"
    repository.write("gradle.lockfile")
    repository.write("missing/gradle.lockfile", "g:missing:1=x\n")
    repository.write(".gitattributes", "*.txt diff=evil filter=evil\n")
    repository.write("a.txt", "one\n")
    repository.commit()
    repository.write("a.txt", "two\n")
    repository.commit()
    signed = repository.git("cat-file", "commit", "HEAD").replace("\n\n", f"\n{SIGNATURE}\n", 1)
    repository.git("update-ref", "HEAD", repository.store(signed.encode() + b"\n", "commit"))
    repository.remove_object("HEAD:missing/gradle.lockfile")
    repository.write("a.txt", "three\n")
    script.write_text(f"#!/bin/sh\ntouch '{canary}'\nexit 1\n")
    script.chmod(0o755)
    for folder in (hooks, repository.path / ".git/hooks"):
        folder.mkdir(exist_ok=True)
        for hook in ("post-index-change", "reference-transaction", "pre-auto-gc"):
            (folder / hook).write_bytes(script.read_bytes())
            (folder / hook).chmod(0o755)
    with (repository.path / ".git/config").open("a") as config:
        for key, value in COMMANDS.items():
            section, _, name = key.rpartition(".")
            section, _, subsection = section.partition(".")
            head = f'[{section} "{subsection}"]' if subsection else f"[{section}]"
            config.write(f"{head}\n\t{name} = {value.format(script=script, hooks=hooks)}\n")
    return canary


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("diff",),
        ("-c", "diff.external=", "-c", "core.fsmonitor=false", "log", "-p", "-1"),
        ("-c", "core.fsmonitor=false", "log", "-1"),
        ("-c", "core.fsmonitor=false", "cat-file", "blob", "HEAD:missing/gradle.lockfile"),
        ("-c", "core.fsmonitor=false", "update-ref", "refs/heads/x", "HEAD"),
    ],
)
def test_trap_when_git_is_used_in_it_then_it_bites(repository, trap, command):
    with contextlib.suppress(subprocess.CalledProcessError):
        repository.git(*command)
    assert trap.exists()


def test_scan_when_the_configuration_names_commands_then_none_is_run(repository, trap):
    answer = scan(repository.path)
    assert answer["components"] == [COMPONENT]
    assert kinds(answer) == {("missing/gradle.lockfile", "unreadable")}
    assert not trap.exists()


def test_scan_when_the_configuration_includes_a_fifo_then_it_does_not_hang(repository):
    repository.write("gradle.lockfile")
    repository.commit()
    os.mkfifo(repository.path / "fifo")
    repository.git("config", "include.path", str(repository.path / "fifo"))
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run(["git", "status"], cwd=repository.path, timeout=1, check=False, capture_output=True)
    assert scan(repository.path)["components"] == [COMPONENT]


@pytest.mark.parametrize(
    "name", ["config", "packed-refs", "index", "shallow", "commondir", "info/attributes"]
)
def test_scan_when_a_file_of_the_repository_is_a_fifo_then_it_does_not_hang(repository, name):
    repository.write("gradle.lockfile")
    repository.commit()
    (repository.path / ".git" / name).unlink(missing_ok=True)
    os.mkfifo(repository.path / ".git" / name)
    assert scan(repository.path)["components"] == [COMPONENT]


def test_scan_when_head_is_a_fifo_then_it_ends_with_a_reason(repository):
    repository.commit()
    (repository.path / ".git/HEAD").unlink()
    os.mkfifo(repository.path / ".git/HEAD")
    assert "no commits yet" in scan(repository.path)["error"]


def test_scan_when_git_itself_hangs_in_the_object_store_then_it_ends_in_time(repository):
    repository.write("gradle.lockfile")
    repository.commit()
    os.mkfifo(repository.path / ".git/objects/info/alternates")
    assert "time" in scan(repository.path, timeout=30, seconds=1)["error"]


def test_scan_when_the_caller_sets_git_variables_then_they_have_no_influence(
    repository, make_repository, trap, tmp_path
):
    other = make_repository("other")
    other.write("gradle.lockfile", "g:other:1=x")
    other.commit()
    script = str(tmp_path / "script")
    variables = {
        "GIT_DIR": str(other.path / ".git"),
        "GIT_COMMON_DIR": str(other.path / ".git"),
        "GIT_OBJECT_DIRECTORY": str(other.path / ".git/objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(other.path / ".git/objects"),
        "GIT_INDEX_FILE": "/nowhere",
        "GIT_NAMESPACE": "other",
        "GIT_CEILING_DIRECTORIES": "/",
        "GIT_CONFIG_GLOBAL": str(repository.path / ".git/config"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": script,
        "GIT_CONFIG_PARAMETERS": f"'core.pager={script}'",
        "GIT_EXEC_PATH": str(tmp_path),
        "GIT_EXTERNAL_DIFF": script,
        "GIT_PAGER": script,
        "GIT_SSH_COMMAND": script,
        "GIT_ASKPASS": script,
        "GIT_TRACE": str(trap),
        "GIT_TRACE2_EVENT": str(trap),
        "GIT_SHALLOW_FILE": "/nowhere",
        "GIT_GRAFT_FILE": "/nowhere",
        "HOME": str(repository.path),
        "XDG_CONFIG_HOME": str(repository.path),
        "PAGER": script,
    }
    assert scan(repository.path, variables)["components"] == [COMPONENT]
    assert not trap.exists()


def test_scan_when_objects_are_replaced_or_grafted_then_the_commit_itself_is_read(repository):
    repository.write("gradle.lockfile")
    head = repository.commit()
    repository.write("gradle.lockfile", "g:replaced:1=x")
    repository.commit()
    repository.git("replace", head, "HEAD")
    repository.git("checkout", "--quiet", "--detach", head)
    assert scan(repository.path)["components"] == [COMPONENT]


BOMBS = {
    "package-lock.json": b"[" * 1_000_000,
    "poetry.lock": b"a = " + b"[" * 1_000_000,
    "uv.lock": b"a" + b".a" * 500_000 + b" = 1",
    "pnpm-lock.yaml": b"[" * 1_000_000,
    "yarn.lock": b"__metadata:\n  " + b"- " * 1_000_000,
    "deep/pom.xml": b"<project>" * 1_000_000,
    "entities/pom.xml": b"<!DOCTYPE p [<!ENTITY a '"
    + b"a" * 1000
    + b"'>"
    + b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12))
    + b"]><project>&m;</project>",
    "external/pom.xml": b"<!DOCTYPE p [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><project>&a;</project>",
    "aliases/pnpm-lock.yaml": b"a: &a [x, x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b", ".join([b"*%c" % (97 + n)] * 10)) for n in range(12)),
}


def test_scan_when_files_are_bombs_then_each_is_recorded_as_a_limit_and_memory_stays_bounded(repository):
    for path, content in BOMBS.items():
        repository.write(path, content)
    repository.write("gradle.lockfile")
    repository.commit()
    answer = scan(repository.path)
    assert kinds(answer) == {(path, "limit") for path in BOMBS}
    assert answer["components"] == [COMPONENT]
    assert answer["megabytes"] < 120


TRUNCATED = {
    "package-lock.json": b'{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0"',
    "poetry.lock": b'[[package]]\nname = "a"\nversion = "1.0',
    "uv.lock": b'version = 1\n[[package]]\nname = "a',
    "pnpm-lock.yaml": b"lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    resolution: {integrity: sha",
    "pom.xml": b"<project><groupId>g</groupId><artifactId>",
    "Cargo.lock": b'version = 3\n[[package]]\nname = "a',
    "gradle.lockfile": b"org.bouncycastle:bcprov-jdk18on:1.77=x\norg.bouncy",
}


def test_scan_when_files_are_cut_off_then_each_is_recorded_as_broken(repository):
    for path, content in TRUNCATED.items():
        repository.write(path, content)
    repository.commit()
    answer = scan(repository.path)
    assert kinds(answer) == {(path, "broken") for path in TRUNCATED}


@pytest.mark.slow
@pytest.mark.parametrize("is_commit", [True, False])
def test_scan_when_a_file_has_200_megabytes_then_it_is_not_read_and_memory_stays_bounded(
    repository, tmp_path, is_commit
):
    size = 200 * MEGABYTE
    repository.write("gradle.lockfile")
    if is_commit:
        repository.commit()
        big = store_compressed(repository, b"blob %d\0" % size, size)
        tree = repository.git("ls-tree", "HEAD") + f"\n100644 blob {big}\tpackage-lock.json\n"
        tree = repository.git("mktree", "--missing", stdin=tree.encode())
        repository.git("update-ref", "HEAD", repository.git("commit-tree", "-m", "m", tree))
    else:
        (repository.path / ".git").rename(tmp_path / "elsewhere")
        with (repository.path / "package-lock.json").open("wb") as file:
            file.truncate(size)
    answer = scan(repository.path)
    assert answer["components"] == [COMPONENT]
    assert answer["unknowns"] == [
        ["package-lock.json", "limit", f"{size} bytes, over the limit of {64 * MEGABYTE}"]
    ]
    assert answer["megabytes"] < 80


def store_compressed(repository, header, size):
    """A blob of zeros as a loose object, under an id of our own: it is not read, so nobody finds out."""
    object_id = "ab" * 20
    compressor = zlib.compressobj()
    path = repository.object_path(object_id)
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.write(compressor.compress(header))
        for _ in range(size // MEGABYTE):
            file.write(compressor.compress(bytes(MEGABYTE)))
        file.write(compressor.flush())
    return object_id


def test_scan_when_names_are_not_utf8_then_it_goes_through_and_escapes_them(repository):
    repository.write(b"\xff/gradle.lockfile", "broken")
    repository.commit()
    assert kinds(scan(repository.path)) == {("\\xff/gradle.lockfile", "broken")}
    assert [row.path for row in scan_path(repository.path).unknowns] == ["\\xff/gradle.lockfile"]
