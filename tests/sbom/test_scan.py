import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

import sbom.scan
from sbom.limits import DEFAULT_LIMITS
from sbom.lockfiles import Format, formats
from sbom.model import UnknownKind
from sbom.scan import scan_path, scanner_fingerprint

FIXTURES = Path(__file__).parents[1] / "fixtures" / "lockfiles"


@pytest.fixture
def use_format(monkeypatch):
    """Read files named `x.lock` with the given function and nothing else."""

    def use(parse):
        fmt = Format("test", "1", ("x.lock",), "generic", parse, frozenset())
        monkeypatch.setattr(sbom.scan, "match_formats", lambda path: [fmt] if path.endswith("x.lock") else [])

    return use


def unknowns(result):
    return [(row.path, row.kind, row.reason) for row in result.unknowns]


def names(file, findings):
    for line in file.content.decode().split():
        findings.component("generic", None, line, "1")


def test_scan_when_the_same_files_are_a_commit_and_a_folder_then_both_give_equal_rows(repository):
    repository.write("gradle.lockfile")
    repository.write("sub/gradle.lockfile", "broken\n")
    repository.commit()
    commit = scan_path(repository.path)
    (repository.path / ".git").rename(repository.path.parent / "elsewhere")
    folder = scan_path(repository.path)
    assert (commit.components, commit.unknowns) == (folder.components, folder.unknowns)
    assert (folder.commit, folder.committed_at, folder.name) == (None, None, "repository")
    assert len(commit.components) == len(commit.unknowns) == 1


@pytest.mark.slow
def test_scan_when_processes_hash_differently_then_the_result_is_the_same(make_repository):
    repository = make_repository()
    for fixture in sorted(FIXTURES.rglob("*")):
        if fixture.is_file():
            repository.write(fixture.relative_to(FIXTURES).as_posix(), fixture.read_bytes())
    repository.commit()
    code = "import sys, pathlib, sbom.scan; print(sbom.scan.scan_path(pathlib.Path(sys.argv[1])))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, str(repository.path)],
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in range(3)
    }
    assert len(outputs) == 1
    assert outputs.pop().count(b"Component(") > 50


def test_scan_when_an_older_revision_is_named_then_its_files_are_read(repository):
    repository.write("gradle.lockfile", "g:a:1=runtimeClasspath\n")
    repository.commit()
    repository.git("tag", "v1")
    repository.write("gradle.lockfile", "g:a:2=runtimeClasspath\n")
    repository.commit()
    assert [row.version for row in scan_path(repository.path, "v1").components] == ["1"]
    assert [row.version for row in scan_path(repository.path).components] == ["2"]


def test_scan_when_it_ends_then_nothing_was_written_but_a_temporary_view_that_is_gone(
    repository, tmp_path, monkeypatch
):
    repository.write("gradle.lockfile")
    repository.commit()
    temporary, current = tmp_path / "temporary", tmp_path / "current"
    temporary.mkdir()
    current.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.chdir(current)
    before = snapshot(repository.path)
    assert scan_path(repository.path).components
    assert snapshot(repository.path) == before
    assert not [*temporary.iterdir(), *current.iterdir()]


def snapshot(folder):
    status = {path: path.lstat() for path in folder.rglob("*")}
    return {path: (found.st_mode, found.st_size, found.st_mtime_ns) for path, found in status.items()}


@pytest.mark.parametrize(
    "error", [ValueError("v"), KeyError("k"), AttributeError("a"), AssertionError(), OSError(5, "x")]
)
def test_scan_when_a_parser_raises_then_it_is_an_unknown_and_the_other_files_go_through(
    repository, use_format, error
):
    def parse(file, findings):
        names(file, findings)
        if file.folder == "b":
            raise error

    use_format(parse)
    for folder in "abc":
        repository.write(f"{folder}/x.lock", folder)
    repository.commit()
    result = scan_path(repository.path)
    assert [row.name for row in result.components] == ["a", "b", "c"]
    assert unknowns(result) == [
        ("b/x.lock", UnknownKind.BROKEN, f"not what test looks like: {type(error).__name__}: {error}")
    ]


def test_scan_when_a_parser_recurses_without_end_then_it_is_a_limit(repository, use_format):
    def parse(file, findings):
        parse(file, findings)

    use_format(parse)
    repository.write("x.lock")
    repository.commit()
    assert unknowns(scan_path(repository.path)) == [("x.lock", UnknownKind.LIMIT, "nested too deeply")]


def test_scan_when_its_time_is_over_then_the_remaining_files_are_recorded(
    repository, use_format, monkeypatch
):
    clock = [0.0]
    monkeypatch.setattr(sbom.scan, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    use_format(lambda file, findings: clock.append(clock.pop() + DEFAULT_LIMITS.seconds + 1))
    for folder in "abc":
        repository.write(f"{folder}/x.lock")
    repository.commit()
    result = scan_path(repository.path)
    assert result.files_read == 1
    assert unknowns(result) == [
        (path, UnknownKind.LIMIT, "not read: the scan took longer than 300 s")
        for path in ("b/x.lock", "c/x.lock")
    ]


def test_scan_when_there_are_more_packages_than_the_limit_then_the_remaining_files_are_recorded(
    repository, use_format
):
    use_format(names)
    repository.write("a/x.lock", "1 2")
    repository.write("b/x.lock", "3 4 5 6")
    repository.write("c/x.lock", "7")
    repository.commit()
    result = scan_path(repository.path, limits=replace(DEFAULT_LIMITS, packages=3))
    assert [row.name for row in result.components] == ["1", "2", "3", "4", "5"]
    assert unknowns(result) == [
        ("b/x.lock", UnknownKind.LIMIT, "more than 3 packages; the rest of the file was not read"),
        ("c/x.lock", UnknownKind.LIMIT, "not read: more than 3 packages in this repository"),
    ]


def test_scan_when_a_file_is_over_the_size_limit_then_it_is_recorded(repository):
    repository.write("gradle.lockfile", "#" * 2000)
    repository.commit()
    result = scan_path(repository.path, limits=replace(DEFAULT_LIMITS, file_bytes=1999))
    assert unknowns(result) == [("gradle.lockfile", UnknownKind.LIMIT, "2000 bytes, over the limit of 1999")]
    assert result.files_read == 0


def test_scan_when_a_folder_of_the_commit_is_missing_then_it_is_recorded_and_the_rest_read(repository):
    repository.write("a/gradle.lockfile", "g:a:1=x")
    repository.write("b/gradle.lockfile", "g:b:1=x")
    repository.commit()
    repository.remove_object("HEAD:a")
    result = scan_path(repository.path)
    assert [row.name for row in result.components] == ["b"]
    assert [(row.path, row.kind, row.parser) for row in result.unknowns] == [
        ("a", UnknownKind.UNREADABLE, "chainatlas-sbom")
    ]


@pytest.mark.parametrize("is_commit", [True, False])
def test_link_when_it_has_a_lockfiles_name_then_it_is_read_only_inside_the_tree(
    repository, tmp_path, is_commit
):
    (tmp_path / "secret").write_text("g:secret:1=x\n")
    repository.write("locks/java", "g:inside:1=x\n")
    repository.write("gradle.lockfile", "g:here:1=x\n")
    for name, target in {
        "same": "../gradle.lockfile",
        "inside": "../locks/java",
        "chain": "../inside/gradle.lockfile",
        "absolute": str(tmp_path / "secret"),
        "above": "../../secret",
        "nowhere": "gone",
        "folder": "../locks",
        "loop": "gradle.lockfile",
    }.items():
        (repository.path / name).mkdir()
        (repository.path / name / "gradle.lockfile").symlink_to(target)
    if is_commit:
        repository.commit()
    else:
        (repository.path / ".git").rename(tmp_path / "elsewhere")
    result = scan_path(repository.path)
    assert [(row.path, row.name) for row in result.components] == [
        ("chain/gradle.lockfile", "inside"),
        ("gradle.lockfile", "here"),
        ("inside/gradle.lockfile", "inside"),
    ]
    outside, nowhere = "a symbolic link that leaves the tree", "a symbolic link to no file of the tree"
    assert unknowns(result) == [
        ("above/gradle.lockfile", UnknownKind.UNREADABLE, f"{outside}: ../../secret"),
        ("absolute/gradle.lockfile", UnknownKind.UNREADABLE, f"{outside}: {tmp_path / 'secret'}"),
        ("folder/gradle.lockfile", UnknownKind.UNREADABLE, f"{nowhere}: ../locks"),
        ("loop/gradle.lockfile", UnknownKind.UNREADABLE, f"{nowhere}: gradle.lockfile"),
        ("nowhere/gradle.lockfile", UnknownKind.UNREADABLE, f"{nowhere}: gone"),
    ]


def test_lockfile_when_it_covers_a_manifest_then_its_rows_win_unless_it_gives_none(repository, use_format):
    def parse(file, findings):
        if file.folder == "lock":
            findings.covers("manifest/x.lock")
        findings.unknown(UnknownKind.NO_EXACT_VERSION, "open")
        names(file, findings)

    use_format(parse)
    repository.write("manifest/x.lock", "open")
    repository.write("lock/x.lock", "pinned")
    repository.commit()
    result = scan_path(repository.path)
    assert [row.name for row in result.components] == ["pinned"]
    assert [row.path for row in result.unknowns] == ["lock/x.lock"]
    repository.write("lock/x.lock", "")
    repository.commit()
    assert [row.name for row in scan_path(repository.path).components] == ["open"]


def test_rows_when_they_are_equal_then_one_is_kept_and_all_are_in_a_stable_order(repository, use_format):
    def parse(file, findings):
        for line, constraint in ((2, "b"), (10, "a"), (2, "a"), (2, "b"), (None, None)):
            purl = findings.component("generic", None, "p", None, constraint=constraint, line=line)
            findings.edge(None, purl, constraint=constraint, line=line)

    use_format(parse)
    repository.write("x.lock")
    repository.commit()
    result = scan_path(repository.path)
    expected = [(None, None), (2, "a"), (2, "b"), (10, "a")]
    assert [(row.line, row.constraint) for row in result.components] == expected
    assert [(row.line, row.constraint) for row in result.dependencies] == expected


def test_fingerprint_when_it_is_asked_then_it_names_every_parser_with_its_version():
    fingerprint = scanner_fingerprint()
    assert all(f"{fmt.name}/{fmt.version}" in fingerprint.split(";") for fmt in formats())
    assert fingerprint.startswith("chainatlas-sbom/")
