import os
import zlib
from dataclasses import replace

import pytest

from sbom.errors import LimitReached, SourceError
from sbom.limits import DEFAULT_LIMITS
from sbom.source import FolderSource, open_source


def listed(path, rev=None, limits=DEFAULT_LIMITS):
    with open_source(path, rev, limits) as source:
        return source.listing()


def read(path, name, limits=DEFAULT_LIMITS):
    with open_source(path, None, limits) as source:
        return source.read(source.listing().files[name])


@pytest.mark.parametrize(
    "rev", ["main", "v1", "heavy", "HEAD", "HEAD~1", "heavy~1", "main^", "origin/main", "refs/tags/v1"]
)
def test_revision_when_it_names_a_commit_then_it_is_the_one_that_git_finds(repository, rev):
    repository.commit("first")
    repository.git("tag", "v1")
    repository.commit("second")
    repository.git("tag", "--annotate", "--message", "m", "heavy")
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD~1")
    with open_source(repository.path, rev) as source:
        assert source.commit == repository.git("rev-parse", f"{rev}^{{commit}}")


def test_revision_when_it_is_a_full_or_short_id_then_the_commit_is_found(repository):
    head = repository.commit()
    for rev in (head, head[:7]):
        with open_source(repository.path, rev) as source:
            assert source.commit == head


def test_revision_when_a_tag_and_a_branch_share_a_name_then_the_tag_wins_as_in_git(repository):
    tagged = repository.commit("first")
    repository.git("tag", "same")
    repository.commit("second")
    repository.git("branch", "same")
    with open_source(repository.path, "same") as source:
        assert source.commit == tagged


@pytest.mark.parametrize(
    "rev", ["", "nothing", "HEAD~9", "--all", "HEAD:a.txt", "main..main", "@{1}", "main\nmain"]
)
def test_revision_when_it_names_no_commit_then_the_error_says_so(repository, rev):
    repository.write("a.txt")
    repository.commit()
    with pytest.raises(SourceError, match="no commit"), open_source(repository.path, rev):
        pass


def test_revision_when_the_folder_is_no_repository_then_the_error_says_so(tmp_path):
    with pytest.raises(SourceError, match="not a git repository"), open_source(tmp_path, "main"):
        pass


def test_source_when_there_is_no_such_folder_then_the_error_says_so(tmp_path):
    with pytest.raises(SourceError, match="no such folder"), open_source(tmp_path / "nowhere"):
        pass


def test_source_when_the_repository_is_empty_then_the_error_says_so(repository):
    with pytest.raises(SourceError, match="no commits yet"), open_source(repository.path):
        pass


def test_source_when_the_commit_is_missing_then_the_error_says_so(repository):
    repository.commit()
    repository.remove_object("HEAD")
    with pytest.raises(SourceError, match="missing or corrupt"), open_source(repository.path):
        pass


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
@pytest.mark.parametrize("kind", ["normal", "bare", "linked", "shallow", "packed"])
def test_listing_when_the_repository_is_of_any_kind_then_files_and_contents_are_those_of_the_commit(
    make_repository, tmp_path, kind, object_format
):
    origin = make_repository("origin", f"--object-format={object_format}")
    origin.write("old.txt", "old")
    origin.commit()
    origin.write("folder/a.txt", "content")
    origin.commit()
    path = tmp_path / kind
    if kind == "bare":
        origin.git("clone", "--quiet", "--bare", str(origin.path), str(path))
    elif kind == "linked":
        origin.git("worktree", "add", "--quiet", "--detach", str(path))
    elif kind == "shallow":
        origin.git("clone", "--quiet", "--depth=1", origin.path.as_uri(), str(path))
    else:
        path = origin.path
        if kind == "packed":
            origin.git("gc", "--quiet")
    assert sorted(listed(path).files) == ["folder/a.txt", "old.txt"]
    assert read(path, "folder/a.txt") == b"content"


def test_listing_when_the_work_tree_has_changes_then_only_the_commit_counts(repository):
    repository.write("a.txt", "committed")
    repository.commit()
    repository.write("a.txt", "changed")
    repository.write("b.txt")
    assert read(repository.path, "a.txt") == b"committed"
    assert list(listed(repository.path).files) == ["a.txt"]


def test_source_when_it_is_a_commit_then_name_and_commit_time_are_known(repository):
    repository.commit()
    with open_source(repository.path) as source:
        assert (source.name, source.committed_at) == ("repository", 1700000123)
    with open_source(repository.path / ".git") as source:
        assert source.name == "repository"


@pytest.mark.parametrize("time", [b"x", b"-5", b"99999999999999999999", b"253402300800"])
def test_source_when_the_commit_time_is_none_that_a_calendar_shows_then_it_is_null(repository, time):
    tree = repository.git("write-tree")
    person = b"A <a@example.com>"
    commit = b"tree %s\nauthor %s 0 +0000\ncommitter %s %s +0000\n\nm\n" % (
        tree.encode(),
        person,
        person,
        time,
    )
    with open_source(repository.path, repository.store(commit, "commit")) as source:
        assert source.committed_at is None


def test_listing_when_the_commit_holds_a_submodule_then_it_is_left_out(make_repository):
    inner, outer = make_repository("inner"), make_repository("outer")
    inner.write("a.txt")
    inner.commit()
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.path), "sub")
    outer.commit()
    assert list(listed(outer.path).files) == [".gitmodules"]


NAMES = {
    "汉字.txt".encode(): "汉字.txt",
    b"tab\there": "tab\there",
    b"line\nbreak": "line\nbreak",
    b"\xff\xfe.txt": "\\xff\\xfe.txt",
    b'quote" and \\': 'quote" and \\',
    b" space ": " space ",
}


def test_listing_when_names_are_unusual_then_they_are_kept_and_bytes_that_are_not_utf8_escaped(repository):
    for name in NAMES:
        repository.write(name, name)
    repository.commit()
    with open_source(repository.path) as commit:
        files = commit.listing().files
        assert sorted(files) == sorted(NAMES.values())
        assert {path: commit.read(key) for path, key in files.items()} == {p: n for n, p in NAMES.items()}
    folder = FolderSource(repository.path, DEFAULT_LIMITS)
    files = folder.listing().files
    assert {path: folder.read(key) for path, key in files.items()} == {p: n for n, p in NAMES.items()}


def test_links_when_they_are_listed_then_none_is_followed_and_targets_are_as_written(repository, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "a.txt").write_text("secret")
    (repository.path / "out").symlink_to(tmp_path / "secret")
    (repository.path / "in").symlink_to("a.txt")
    repository.write("a.txt")
    repository.commit()
    with open_source(repository.path) as commit:
        folder = FolderSource(repository.path, DEFAULT_LIMITS)
        for source in (commit, folder):
            listing = source.listing()
            assert list(listing.files) == ["a.txt"]
            targets = {path: source.read_link(key) for path, key in listing.links.items()}
            assert targets == {"in": "a.txt", "out": str(tmp_path / "secret")}


def test_blob_when_it_is_missing_then_reading_says_so_and_the_others_are_read(repository):
    repository.write("a.txt", "a")
    repository.write("b.txt", "b")
    repository.commit()
    repository.remove_object("HEAD:a.txt")
    with pytest.raises(SourceError, match="missing or corrupt"):
        read(repository.path, "a.txt")
    assert read(repository.path, "b.txt") == b"b"


@pytest.mark.parametrize(
    "content",
    [
        b"garbage",
        zlib.compress(b"blob 20000\0" + bytes(range(250)) * 80)[:-30],
        zlib.compress(b"blob 20000\0" + b"x" * 20000),
        b"",
    ],
    ids=["no zlib", "cut off", "other content", "empty"],
)
def test_blob_when_it_is_corrupt_then_reading_ends_and_the_next_ones_are_read(repository, content):
    for name in ("a.txt", "b.txt", "c.txt"):
        repository.write(name, name * 4000)
    repository.commit()
    repository.overwrite_object("HEAD:b.txt", content)
    with open_source(repository.path) as source:
        files = source.listing().files
        assert source.read(files["a.txt"]) == b"a.txt" * 4000
        with pytest.raises(SourceError, match="corrupt"):
            source.read(files["b.txt"])
        assert source.read(files["c.txt"]) == b"c.txt" * 4000


def test_blob_when_it_is_in_a_broken_pack_then_reading_ends_and_the_next_ones_are_read(repository):
    for name in ("a.txt", "b.txt", "c.txt"):
        repository.write(name, os.urandom(5000))
    repository.commit()
    content = (repository.path / "b.txt").read_bytes()
    repository.git("gc", "--quiet")
    (pack,) = (repository.path / ".git/objects/pack").glob("*.pack")
    packed = pack.read_bytes()
    middle = packed.index(content[2000:2100])
    pack.chmod(0o644)
    pack.write_bytes(packed[:middle] + b"broken" + packed[middle + 6 :])
    with open_source(repository.path) as source:
        files = source.listing().files
        with pytest.raises(SourceError, match="corrupt"):
            source.read(files["b.txt"])
        assert source.read(files["c.txt"]) == (repository.path / "c.txt").read_bytes()


def test_blob_when_it_is_over_the_limit_then_it_is_not_read(repository):
    repository.write("big.txt", "x" * 2000)
    repository.commit()
    limits = replace(DEFAULT_LIMITS, file_bytes=1999)
    with pytest.raises(LimitReached, match="2000 bytes, over the limit of 1999"):
        read(repository.path, "big.txt", limits)
    folder = FolderSource(repository.path, limits)
    with pytest.raises(LimitReached, match="2000 bytes, over the limit of 1999"):
        folder.read(folder.listing().files["big.txt"])


def test_tree_entry_when_it_names_an_object_of_another_type_then_reading_says_so(repository):
    repository.write("a.txt")
    head = repository.commit()
    tree = repository.store(b"100644 a.txt\0" + bytes.fromhex(head), "tree")
    commit = repository.git("commit-tree", "-m", "m", tree)
    with open_source(repository.path, commit) as source, pytest.raises(SourceError, match="is a commit"):
        source.read(source.listing().files["a.txt"])


def test_listing_when_a_folder_is_missing_then_it_is_named_and_the_rest_is_listed(repository):
    for name in ("a/one.txt", "b/deep/two.txt", "b/three.txt", "four.txt"):
        repository.write(name, name)
    repository.commit()
    repository.remove_object("HEAD:b/deep")
    listing = listed(repository.path)
    assert sorted(listing.files) == ["a/one.txt", "b/three.txt", "four.txt"]
    assert list(listing.unread) == ["b/deep"]
    assert isinstance(listing.unread["b/deep"], SourceError)


def test_listing_when_the_root_tree_is_missing_then_the_error_says_so(repository):
    repository.write("a.txt")
    repository.commit()
    repository.remove_object("HEAD^{tree}")
    with pytest.raises(SourceError, match=r"commit \w+ cannot be listed"):
        listed(repository.path)


def test_listing_when_there_are_more_files_than_the_limit_then_the_first_ones_are_listed(repository):
    for number in range(10):
        repository.write(f"{number}/{number}.txt", str(number))
    repository.commit()
    limits = replace(DEFAULT_LIMITS, entries=4)
    for listing in (listed(repository.path, limits=limits), FolderSource(repository.path, limits).listing()):
        assert len(listing.files) == 4
        assert isinstance(listing.unread["."], LimitReached)


def test_listing_when_a_few_trees_stand_for_billions_of_files_then_it_ends_at_the_limit(repository):
    tree = repository.store(b"100644 f\0" + bytes.fromhex(repository.store(b"x")), "tree")
    for _ in range(10):
        entry = bytes.fromhex(tree)
        tree = repository.store(b"".join(b"40000 %d\0%s" % (n, entry) for n in range(10)), "tree")
    commit = repository.git("commit-tree", "-m", "m", tree)
    listing = listed(repository.path, commit, replace(DEFAULT_LIMITS, entries=5000))
    assert len(listing.files) == 5000
    assert isinstance(listing.unread["."], LimitReached)


def test_listing_when_names_in_a_tree_lead_upwards_then_they_are_only_names(repository):
    blob = bytes.fromhex(repository.store(b"x"))
    tree = repository.store(b"100644 ../../out.txt\0" + blob + b"100644 /etc/out.txt\0" + blob, "tree")
    commit = repository.git("commit-tree", "-m", "m", tree)
    assert sorted(listed(repository.path, commit).files) == ["../../out.txt", "/etc/out.txt"]


def test_folder_when_one_of_its_folders_cannot_be_listed_then_it_is_named_and_the_rest_is_listed(
    tmp_path, monkeypatch
):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file.txt").write_text(name)
    scandir = os.scandir

    def refusing(path):
        if path.endswith(b"/a"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    listing = FolderSource(tmp_path, DEFAULT_LIMITS).listing()
    assert list(listing.files) == ["b/file.txt"]
    assert str(listing.unread["a"]) == "not listed: Permission denied"


def test_folder_when_a_file_is_no_regular_one_then_reading_says_so_at_once(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    source = FolderSource(tmp_path, DEFAULT_LIMITS)
    with pytest.raises(SourceError, match="not a regular file"):
        source.read(source.listing().files["fifo"])


def test_folder_when_a_file_became_a_link_after_it_was_listed_then_it_is_not_followed(tmp_path, monkeypatch):
    (tmp_path / "folder").mkdir()
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "folder" / "a.txt").write_text("a")
    source = FolderSource(tmp_path / "folder", DEFAULT_LIMITS)
    key = source.listing().files["a.txt"]
    status = os.lstat(key)
    (tmp_path / "folder" / "a.txt").unlink()
    (tmp_path / "folder" / "a.txt").symlink_to(tmp_path / "secret")
    with pytest.raises(SourceError, match="not a regular file"):
        source.read(key)
    monkeypatch.setattr(os, "lstat", lambda path: status)  # swapped between the check and the opening
    with pytest.raises(SourceError, match="cannot be read: Too many levels of symbolic links"):
        source.read(key)


def test_folder_when_a_file_vanished_after_it_was_listed_then_reading_says_so(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    source = FolderSource(tmp_path, DEFAULT_LIMITS)
    key = source.listing().files["a.txt"]
    (tmp_path / "a.txt").unlink()
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        source.read(key)


def test_source_when_its_time_is_over_then_listing_and_reading_end(repository):
    repository.write("a.txt")
    repository.commit()
    limits = replace(DEFAULT_LIMITS, seconds=0)
    with pytest.raises(LimitReached, match="time"), open_source(repository.path, None, limits):
        pass
    listing = FolderSource(repository.path, limits).listing()
    assert isinstance(listing.unread["."], LimitReached)


def test_all_when_some_files_cannot_be_read_then_the_others_come_in_order(repository):
    for name in "abcdef":
        repository.write(f"{name}.txt", name * 9)
    repository.write("large.txt", "x" * 500)
    repository.commit()
    repository.remove_object("HEAD:c.txt")
    limits = replace(DEFAULT_LIMITS, file_bytes=100)
    with open_source(repository.path, None, limits) as source:
        files = source.listing().files
        contents = dict(zip(files, source.read_all(files.values()), strict=True))
    assert [contents[f"{name}.txt"] for name in "abdef"] == [(name * 9).encode() for name in "abdef"]
    assert isinstance(contents["large.txt"], LimitReached)
    assert isinstance(contents["c.txt"], SourceError)


def test_all_when_another_file_is_read_meanwhile_then_both_are_what_they_are(repository):
    for number in range(300):  # more than are asked for at once
        repository.write(f"{number:03}.txt", f"content {number}")
    repository.commit()
    with open_source(repository.path) as source:
        files = source.listing().files
        for number, content in enumerate(source.read_all(files.values())):
            assert content == f"content {number}".encode()
            if number % 100 == 0:
                assert source.read(files["007.txt"]) == b"content 7"
