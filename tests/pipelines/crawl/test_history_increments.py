"""Readings one after another leave the same rows as one reading of everything."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_history import Repository

from pipelines.crawl.history import read_history

AUTHORS = ("Ada <ada@one.example>", "Bo <bo@two.example>", "Cy <cy@three.example>")
MAILMAPS = (None, "Ada Example <ada@one.example>\n", "Ada Example <ada@one.example> <bo@two.example>\n")
_ROLES = ("author_id", "committer_id")
PROVENANCE = ("head_sha", "repo_id", "parser", "parser_version")


@dataclass(frozen=True)
class Made:
    """A commit to be made: numbers of earlier commits as parents, and what it changes."""

    parents: tuple[int, ...]
    author: str
    mailmap: str | None
    files: dict[str, str]


@st.composite
def made_commits(draw):
    count = draw(st.integers(2, 8))
    commits = []
    for number in range(count):
        earlier = st.integers(max(0, number - 4), number - 1) if number else st.nothing()
        parents = draw(st.lists(earlier, unique=True, max_size=3)) if number else []
        commits.append(
            Made(
                tuple(parents),
                draw(st.sampled_from(AUTHORS)),
                draw(st.sampled_from(MAILMAPS)),
                draw(st.dictionaries(st.sampled_from(["a.py", "b.go", "c"]), st.text("12\n", max_size=9))),
            )
        )
    return commits


def make(folder, commits):
    """A bare repository with the commits; returns their ids."""
    repository = Repository(Path(folder))
    repository.git("init", "--quiet", "--bare", "--initial-branch=main")
    stream = []
    for number, commit in enumerate(commits):
        stream.append(
            f"commit refs/heads/c{number}\nauthor {commit.author} {number} +0000\n"
            f"committer {commit.author} {number} +0000\ndata 0\n"
        )
        stream += (f"{'merge' if n else 'from'} refs/heads/c{p}\n" for n, p in enumerate(commit.parents))
        changes = commit.files | ({".mailmap": commit.mailmap} if commit.mailmap else {})
        stream += (f"M 100644 inline {path}\ndata {len(text)}\n{text}\n" for path, text in changes.items())
        stream.append("" if commit.mailmap else "D .mailmap\n")
    repository.run("fast-import", "--quiet", stdin="".join(stream).encode())
    return repository, repository.git("rev-parse", *(f"c{n}" for n in range(len(commits)))).split()


class Warehouse:
    """The rows of one repository, as loading its readings leaves them."""

    def __init__(self):
        self.commits, self.languages, self.people, self.state = {}, {}, {}, None

    def load(self, repository, **options):
        reading = read_history(repository.path, self.state, repo_id="x", person_key=b"k", **options)
        batches = list(reading.batches())
        if reading.mode == "replace":
            self.commits, self.languages, self.people = {}, {}, {}
        rows = {
            table: [row for t, b in batches if t == table for row in b.to_pylist()] for table, _ in batches
        }
        for row in rows.get("commit", ()):
            self.commits[row["sha"]] = {k: v for k, v in row.items() if k not in PROVENANCE}
            self.languages[row["sha"]] = {}
        for row in rows.get("commit_language", ()):
            self.languages[row["sha"]][row["language"]] = (row["files"], row["added"], row["deleted"])
        for row in rows.get("identity", ()):
            self.people[row["identity_id"]] = (row["canonical_name"], row["canonical_email"])
        self.state = reading.state

    def reachable(self):
        commits = {sha: row for sha, row in self.commits.items() if not row["vanished"]}
        people = {row[role]: self.people[row[role]] for row in commits.values() for role in _ROLES}
        return commits, {sha: self.languages[sha] for sha in commits}, people


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made_commits(), st.data())
def test_history_when_read_bit_by_bit_then_rows_are_those_of_one_reading(commits, data):
    heads = data.draw(st.lists(st.integers(0, len(commits) - 1), min_size=2, max_size=4))
    with tempfile.TemporaryDirectory() as folder:
        repository, ids = make(folder, commits)
        increments, ever = Warehouse(), set()
        for head in heads:
            repository.set_head(ids[head])
            increments.load(repository)
            reachable = set(repository.git("rev-list", ids[head]).split())
            ever |= reachable
            at_once = Warehouse()
            at_once.load(repository, processes=2)
            assert increments.reachable() == at_once.reachable()
            assert set(at_once.commits) == reachable
            assert set(increments.commits) == ever
