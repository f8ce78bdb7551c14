"""Every figure of a history, against plain git commands at the same commit.

    python benchmarks/history_truth.py GIT_DIR …

Prints each compared figure and, with an exclamation mark, each difference; exit code 1 if there is any. Git
is asked with its own options: commits, parents, times and offsets, names and addresses after .mailmap (their
letter case aside), lines of every commit, trailers, tags. Where a mirror lacks objects, the commits without
lines are those that git fails at when asked for them alone.
"""

import argparse
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.crawl.history import read_history
from sbom.limits import DEFAULT_LIMITS
from warehouse.store.shard import SCANNER_TABLES

_TRAILERS = ("Co-authored-by", "Signed-off-by", "Reviewed-by")
_FIELDS = "%H%x00%P%x00%aN%x00%aE%x00%cN%x00%cE%x00%ct%x00%cd"
_UNCOUNTED = "commits without lines, for objects are missing"
Figures = dict[str, object]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", type=Path, nargs="+", metavar="GIT_DIR")
    differences = sum(compare(path) for path in parser.parse_args().paths)
    sys.exit(1 if differences else 0)


def compare(path: Path) -> int:
    """Print the figures of one repository; returns how many differ."""
    ours = our_figures(path)
    uncounted = ours[_UNCOUNTED]
    assert isinstance(uncounted, set)
    theirs = git_figures(path, uncounted)
    print(f"{path}")
    differences = 0
    for name, value in theirs.items():
        is_same = ours[name] == value
        differences += not is_same
        shown = f"{value:,}" if isinstance(value, int) else f"{len(value):,} rows"  # type: ignore[arg-type]
        if is_same:
            print(f"  {name:44} {shown:>16}")
        else:
            print(f"! {name:44} git {shown}; chainatlas differs: {describe(ours[name], value)}")
    return differences


def describe(ours: object, theirs: object) -> str:
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        odd = [key for key in {**ours, **theirs} if ours.get(key) != theirs.get(key)]
        return f"{len(odd)} rows, such as {[(key, ours.get(key), theirs.get(key)) for key in odd[:3]]}"
    return str(ours)


def our_figures(path: Path) -> Figures:
    limits = replace(DEFAULT_LIMITS, seconds=3600)
    history = read_history(path, repo_id="truth", person_key=b"key of this comparison", limits=limits)
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in SCANNER_TABLES["history"]}
    for table, batch in history.batches():
        rows[table] += batch.to_pylist()
    for unknown in history.unknowns:
        print(f"  unknown: {unknown.reason}")
    people = {row["identity_id"]: row for row in rows["identity"]}
    commits = rows["commit"]
    plain = [row for row in commits if len(row["parents"]) < 2]
    counted = [row for row in plain if row["files"] is not None]
    folders = Counter[str]()
    for row in rows["commit_folder"]:
        folders[row["sha"]] += row["files"]
    return {
        "commits": len(commits),
        "commits without merges": len(plain),
        "commits on the first-parent line": sum(row["first_parent"] for row in commits),
        "authors without merges": len({address(people, row["author_id"]) for row in plain}),
        "authors": len({address(people, row["author_id"]) for row in commits}),
        "committers": len({address(people, row["committer_id"]) for row in commits}),
        "files changed": sum(row["files"] or 0 for row in plain),
        "lines added": sum(row["added"] or 0 for row in plain),
        "lines deleted": sum(row["deleted"] or 0 for row in plain),
        "each commit: parents": {row["sha"]: tuple(row["parents"]) for row in commits},
        "each commit: author after .mailmap": {
            row["sha"]: named(people, row["author_id"]) for row in commits
        },
        "each commit: committer after .mailmap": {
            row["sha"]: named(people, row["committer_id"]) for row in commits
        },
        "each commit: committer time and offset": {
            row["sha"]: (row["committed_at"], row["committer_offset"]) for row in commits
        },
        _UNCOUNTED: {row["sha"] for row in plain if row["files"] is None},
        "each commit: files, added, deleted": {
            row["sha"]: (row["files"], row["added"], row["deleted"]) for row in counted
        },
        "each commit: files by folder": {row["sha"]: folders[row["sha"]] for row in counted},
        **{
            f"{kind} trailers": sum(row["kind"] == kind.lower() for row in rows["commit_trailer"])
            for kind in _TRAILERS
        },
        "each tag: object, commit, annotated": {
            row["name"]: (row["object_id"], row["commit_sha"], row["is_annotated"]) for row in rows["tag"]
        },
        "each annotated tag: time": {
            row["name"]: row["tagged_at"] for row in rows["tag"] if row["tagged_at"] is not None
        },
    }


def address(people: Mapping[str, dict[str, Any]], identity: str | None) -> str:
    return people[identity]["canonical_email"].lower() if identity else ""


def named(people: Mapping[str, dict[str, Any]], identity: str | None) -> tuple[str, str]:
    row = people[identity] if identity else {"canonical_name": "", "canonical_email": ""}
    return row["canonical_name"], row["canonical_email"].lower()


def git_figures(path: Path, uncounted: set[str]) -> Figures:
    headers = [
        record.split("\0") for record in split(git(path, "log", "-z", f"--format={_FIELDS}%x01", "HEAD"))
    ]
    parents = {row[0]: tuple(row[1].split()) for row in headers}
    lines = dict(numstat(path, uncounted))
    peeled = peel(path)
    tags = [
        line.split("\t") for line in git(path, "for-each-ref", f"--format={_TAG}", "refs/tags").splitlines()
    ]
    return {
        "commits": number(path, "--count", "HEAD"),
        "commits without merges": number(path, "--count", "--no-merges", "HEAD"),
        "commits on the first-parent line": number(path, "--count", "--first-parent", "HEAD"),
        "authors without merges": shortlog(path, "--no-merges"),
        "authors": shortlog(path),
        "committers": shortlog(path, "--committer"),
        "files changed": sum(files for files, _, _ in lines.values()),
        "lines added": sum(added for _, added, _ in lines.values()),
        "lines deleted": sum(deleted for _, _, deleted in lines.values()),
        "each commit: parents": parents,
        "each commit: author after .mailmap": {row[0]: (row[2], row[3].lower()) for row in headers},
        "each commit: committer after .mailmap": {row[0]: (row[4], row[5].lower()) for row in headers},
        "each commit: committer time and offset": {
            row[0]: (int(row[6]), int(row[7].split()[1])) for row in headers
        },
        _UNCOUNTED: {sha for sha in uncounted if fails(path, sha)},
        "each commit: files, added, deleted": lines,
        "each commit: files by folder": {sha: files for sha, (files, _, _) in lines.items()},
        **{f"{kind} trailers": trailers(path, kind) for kind in _TRAILERS},
        "each tag: object, commit, annotated": {
            name: (own, peeled.get(name), kind == "tag") for name, own, kind, *_ in tags
        },
        "each annotated tag: time": {row[0]: int(row[3].split()[0]) for row in tags if row[3]},
    }


_TAG = "%(refname:lstrip=2)%09%(objectname)%09%(objecttype)%09%(taggerdate:raw)"


def numstat(path: Path, uncounted: set[str]) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """Files, lines added and deleted of every commit without merges but the uncounted."""
    asked = [sha for sha in git(path, "rev-list", "--no-merges", "HEAD").split() if sha not in uncounted]
    options = ("--no-walk=unsorted", "--stdin", "--numstat", "--no-renames", "--format=%x02%H")
    output = git(path, "log", *options, stdin="\n".join(asked))
    for block in output.split("\x02")[1:]:
        sha, *lines = block.split("\n")
        counts = [line.split("\t")[:2] for line in lines if line]
        text = [(int(added), int(deleted)) for added, deleted in counts if added != "-"]
        yield sha, (len(counts), sum(added for added, _ in text), sum(deleted for _, deleted in text))


def fails(path: Path, sha: str) -> bool:
    command = ["git", "-C", str(path), "show", "--numstat", "--no-renames", sha]
    environment = {**os.environ, "GIT_NO_LAZY_FETCH": "1"}
    return subprocess.run(command, capture_output=True, check=False, env=environment).returncode != 0


def peel(path: Path) -> dict[str, str]:
    """The commit that each tag leads to, through tags of tags."""
    names = git(path, "for-each-ref", "--format=%(refname)", "refs/tags").splitlines()
    question = "".join(f"{name}^{{commit}}\n" for name in names)
    answers = git(path, "cat-file", "--batch-check", stdin=question).splitlines()
    found = {name: answer.split() for name, answer in zip(names, answers, strict=True)}
    return {n.removeprefix("refs/tags/"): a[0] for n, a in found.items() if a[1] == "commit"}


def shortlog(path: Path, *options: str) -> int:
    """Distinct lower-cased addresses of `git shortlog -sne` after .mailmap."""
    lines = git(path, "shortlog", "-sne", *options, "HEAD").splitlines()
    return len({line.rpartition("<")[2].rstrip(">").lower() for line in lines})


def trailers(path: Path, kind: str) -> int:
    output = git(path, "log", f"--format=%(trailers:key={kind},valueonly=true,unfold=true)", "HEAD")
    return sum(bool(line.strip()) for line in output.split("\n"))


def number(path: Path, *arguments: str) -> int:
    return int(git(path, "rev-list", *arguments))


def split(output: str) -> list[str]:
    return output.split("\x01\0")[:-1]


def git(path: Path, *arguments: str, stdin: str = "") -> str:
    """Output of git in the repository itself, with its mailmap."""
    command = ["git", "-C", str(path), "-c", "mailmap.blob=HEAD:.mailmap", arguments[0]]
    if arguments[0] == "log":
        command += ["--date=raw", "--encoding=UTF-8"]
    done = subprocess.run([*command, *arguments[1:]], check=True, input=stdin.encode(), capture_output=True)
    return done.stdout.decode("utf-8", "backslashreplace")


if __name__ == "__main__":
    main()
