from datetime import date, datetime

import pytest

from sbom.errors import SourceError
from sbom.revisions import open_revisions
from sbom.scan import scan_path

PACKAGE = '{"name": "shop", "dependencies": {"left-pad": "^1.0.0"}}'


def commit_on(repository, day, parent):
    """A commit of the empty tree whose committer's clock says so."""
    tree = repository.git("hash-object", "-w", "-t", "tree", "--stdin", stdin=b"")
    seconds = int(datetime.fromisoformat(f"{day}T12:00:00+00:00").timestamp())
    who = f"A <a@example.com> {seconds} +0000"
    parents = f"parent {parent}\n" if parent else ""
    return repository.store(
        f"tree {tree}\n{parents}author {who}\ncommitter {who}\n\nchange\n".encode(), "commit"
    )


def lock(version):
    return (
        '{"name": "shop", "lockfileVersion": 3, "packages": {"": {"dependencies": {"left-pad": "^1.0.0"}},'
        f' "node_modules/left-pad": {{"version": "{version}"}}}}}}\n'
    )


def pom(parent, *, version="1.0"):
    inherited = f"<parent><groupId>g</groupId><artifactId>{parent}</artifactId><version>1</version></parent>"
    return (
        f"<project>{inherited if parent else '<groupId>g</groupId><version>1</version>'}"
        f"<artifactId>{'child' if parent else 'parent'}</artifactId><properties><v>{version}</v></properties>"
        "<dependencies><dependency><groupId>org.x</groupId><artifactId>y</artifactId><version>${v}</version>"
        "</dependency></dependencies></project>"
    )


CHANGES = [
    {
        "package.json": PACKAGE,
        "package-lock.json": lock("1.0.0"),
        "go.mod": "module m\nrequire a.b/c v1.0.0\n",
    },
    {"README": "nothing that a parser reads\n"},
    {"package-lock.json": lock("1.1.0")},
    {"package.json": PACKAGE.replace("dependencies", "devDependencies")},
    {"go.sum": "a.b/c v1.0.0 h1:9l3mm1+aCLIJFDuGHUdfbDqv/KLtu8QtpPQoVM4LzWo=\n"},
    {"pom.xml": pom(None), "module/pom.xml": pom("parent")},
    {"pom.xml": pom(None, version="2.0")},
    {"new/pom.xml": pom("parent", version="3.0")},
    {"requirements.txt": "-r more.txt\na==1\n", "more.txt": "b==1\n"},
    {"more.txt": "b==2\n"},
    {"package-lock.json": lock("1.0.0")},
]


def test_revisions_when_scanned_in_a_row_then_each_as_if_it_were_scanned_alone(repository):
    commits = []
    for files in CHANGES:
        for name, content in files.items():
            repository.write(name, content)
        commits.append(repository.commit())
    (repository.path / "package.json").unlink()
    commits.append(repository.commit())
    alone = [scan_path(repository.path, commit) for commit in commits]
    with open_revisions(repository.path) as revisions:
        for order in (commits, commits[::-1]):
            results = {commit: revisions.scan(commit) for commit in order}
            assert [results[commit] for commit in commits] == alone
    assert len({result.components for result in alone}) > 6


def test_revisions_when_a_lock_file_is_unchanged_then_it_is_parsed_once(repository, monkeypatch):
    import sbom.scan

    repository.write("go.mod", "module m\nrequire a.b/c v1.0.0\n")
    first = repository.commit()
    repository.write("README", "words")
    repository.write("package-lock.json", lock("1.0.0"))
    second = repository.commit()
    parsed = []
    parse = sbom.scan.parse_file
    monkeypatch.setattr(
        sbom.scan, "parse_file", lambda fmt, file, found: (parsed.append(file.path), parse(fmt, file, found))
    )
    with open_revisions(repository.path) as revisions:
        revisions.scan(first)
        assert len(revisions.scan(second).components) == 2
    assert parsed == ["go.mod", "package-lock.json"]


def test_months_when_a_branch_moves_then_its_last_commit_of_each_month_in_order(repository):
    commits = [None]
    for day in ("2024-01-05", "2024-01-31", "2024-03-01", "2024-02-10", "2024-04-02"):
        commits.append(commit_on(repository, day, commits[-1]))
    head = commits[-1]
    with open_revisions(repository.path) as revisions:
        months = [(month.label, month.commit) for month in revisions.months(head)]
        since = [month.label for month in revisions.months(head, date(2024, 2, 15))]
    # the clock of the third commit was ahead of its successor's
    assert months == [("2024-01", commits[2]), ("2024-02", commits[4]), ("2024-04", commits[5])]
    assert since == ["2024-02", "2024-04"]


def test_revisions_when_there_is_no_repository_or_commit_then_says_so(repository, tmp_path):
    repository.commit()
    with open_revisions(repository.path) as revisions, pytest.raises(SourceError, match="no commit 'v9'"):
        revisions.resolve("v9")
    with pytest.raises(SourceError, match="only those have revisions"), open_revisions(tmp_path / "nothing"):
        pass
