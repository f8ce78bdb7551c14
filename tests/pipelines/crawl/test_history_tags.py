"""Tags of a history."""

from history_rows import PROVENANCE, read, read_rows, reasons

from sbom.model import UnknownKind


def tags_of(rows):
    return {row["name"]: {k: v for k, v in row.items() if k not in PROVENANCE} for row in rows["tag"]}


def test_tags_when_there_are_light_and_annotated_ones_then_each_leads_to_its_commit(repository):
    first = repository.commit({"a.py": "1\n"})
    repository.git("tag", "v1", first)
    second = repository.commit({"a.py": "2\n"}, branch="release", parents=[first])
    repository.git("tag", "-a", "-m", "two", "v2", second)
    repository.git("tag", "-a", "-m", "nested", "again/v2", "v2")
    repository.git("tag", "tree", f"{first}^{{tree}}")
    odd = repository.store(
        b"object %s\ntype commit\ntag odd\ntagger T <t@x> 1 +51800\n\nm\n" % first.encode(), "tag"
    )
    repository.git("update-ref", "refs/tags/odd", odd)
    repository.git("pack-refs", "--all")
    repository.git("tag", "late", first)
    _, rows = read_rows(repository)
    found, taggers = tags_of(rows), {row["identity_id"]: row["email"] for row in rows["identity"]}
    assert {name: row["commit_sha"] for name, row in found.items()} == {
        "v1": first, "v2": second, "again/v2": second, "tree": None, "odd": first, "late": first,
    }  # fmt: skip
    assert [name for name, row in found.items() if row["is_annotated"]] == ["again/v2", "odd", "v2"]
    assert (found["v2"]["tagged_at"], found["v2"]["tagger_offset"]) == (1_700_000_000, 800)
    assert taggers[found["v2"]["tagger_id"]] == "cy@three.example"
    assert (found["odd"]["tagged_at"], found["odd"]["tagger_offset"]) == (1, 51800)
    assert found["v1"]["committed_at"] == found["v2"]["committed_at"] == 1_700_000_000
    assert found["v1"]["tagger_id"] is None


def test_tags_when_only_they_change_then_they_alone_are_read(repository):
    first = repository.commit({"a.py": "1\n"})
    repository.git("tag", "v1")
    state = read(repository)[0].state
    assert read(repository, state)[0].mode == "unchanged"
    repository.git("tag", "v2")
    reading, rows = read_rows(repository, state)
    assert (reading.mode, rows["commit"], list(tags_of(rows))) == ("append", [], ["v1", "v2"])
    repository.git("tag", "-d", "v1", "v2")
    reading, rows = read_rows(repository, reading.state)
    assert (reading.mode, reading.reason, rows["tag"]) == ("replace", "all tags are gone", [])
    assert [row["sha"] for row in rows["commit"]] == [first]


def test_tags_when_their_objects_are_missing_then_they_are_rows_with_nulls_and_that_is_said(repository):
    repository.commit({"a.py": "1\n"})
    repository.git("tag", "-a", "-m", "m", "v1")
    repository.explode()
    repository.remove_object("v1")
    reading, rows = read_rows(repository)
    assert tags_of(rows)["v1"]["is_annotated"] is None
    assert tags_of(rows)["v1"]["commit_sha"] is None
    assert reasons(reading, UnknownKind.UNREADABLE) == ["1 tags lead to missing objects, such as v1"]
