"""Rows of a reading of a history, in the shapes that tests compare."""

from pipelines.crawl.history import read_history
from warehouse.store.schema import RAW_TABLES
from warehouse.store.shard import SCANNER_TABLES

PROVENANCE = {"repo_id", "head_sha", "parser", "parser_version"}
KEY = b"key of these tests"


def read(repository, previous=None, **options):
    """The history, its commits by id with the names and addresses of people, and its languages."""
    reading, rows = read_rows(repository, previous, **options)
    people = {row["identity_id"]: row for row in rows["identity"]}
    nobody = {"canonical_name": None, "canonical_email": None}
    commits = {}
    for row in rows["commit"]:
        for role in ("author", "committer"):
            person = people[row[f"{role}_id"]] if row[f"{role}_id"] else nobody
            row |= {f"{role}_name": person["canonical_name"], f"{role}_email": person["canonical_email"]}
            del row[f"{role}_id"]
        commits[row["sha"]] = row
    return reading, commits, {(row["sha"], row["language"]): row for row in rows["commit_language"]}


def read_rows(repository, previous=None, **options):
    """The history, and its rows by table."""
    options = {"person_key": KEY, **options}
    reading = read_history(repository.git_dir, previous, repo_id="local/one/app", **options)
    rows = {table: [] for table in SCANNER_TABLES["history"]}
    for table, batch in reading.batches():
        assert batch.schema.equals(RAW_TABLES[table].schema)
        rows[table] += batch.to_pylist()
    for row in (row for table in rows.values() for row in table):
        assert row["repo_id"] == "local/one/app"
        assert row["head_sha"] == reading.head
    return reading, rows


def facts(rows):
    return {key: {k: v for k, v in row.items() if k not in PROVENANCE} for key, row in rows.items()}


def lines(row):
    return row["files"], row["added"], row["deleted"]


def reasons(reading, kind):
    return [row.reason for row in reading.unknowns if row.kind is kind]


def without_lines(commits):
    return [row["committed_at"] and sha for sha, row in commits.items() if row["files"] is None]
