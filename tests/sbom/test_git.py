import os

import pytest

from sbom.errors import SourceError
from sbom.git import common_dir, find_git_dir, list_refs, open_view, resolve_head


@pytest.fixture
def view(repository):
    repository.write("a.txt", "text")
    repository.commit()
    with open_view(repository.path / ".git") as view:
        yield view


def test_git_dir_when_the_folder_is_a_work_tree_then_it_is_its_dot_git(repository):
    assert find_git_dir(repository.path) == repository.path / ".git"


def test_git_dir_when_the_repository_is_bare_then_it_is_the_folder(make_repository):
    bare = make_repository("bare", "--bare")
    assert find_git_dir(bare.path) == bare.path


def test_git_dir_when_the_work_tree_is_linked_then_its_objects_are_those_of_the_main_one(
    repository, tmp_path
):
    repository.commit()
    repository.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    git_dir = find_git_dir(tmp_path / "linked")
    assert git_dir == repository.path / ".git" / "worktrees" / "linked"
    assert common_dir(git_dir) == repository.path / ".git"


def test_git_dir_when_the_folder_is_a_submodule_then_the_pointer_is_followed(make_repository):
    inner, outer = make_repository("inner"), make_repository("outer")
    inner.commit()
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.path), "sub")
    assert find_git_dir(outer.path / "sub") == outer.path / ".git" / "modules" / "sub"


@pytest.mark.parametrize("pointer", ["", "gitdir:", "gitdir: nowhere", "gitdir: \0", "gitdir: " + "x" * 4000])
def test_git_dir_when_the_pointer_leads_nowhere_then_there_is_none(tmp_path, pointer):
    (tmp_path / ".git").write_text(pointer)
    assert find_git_dir(tmp_path) is None


def test_git_dir_when_the_pointer_is_a_fifo_or_a_loop_then_there_is_none(tmp_path):
    (tmp_path / "fifo").mkdir()
    os.mkfifo(tmp_path / "fifo" / ".git")
    assert find_git_dir(tmp_path / "fifo") is None
    (tmp_path / "loop").mkdir()
    (tmp_path / "loop" / "a").symlink_to("b")
    (tmp_path / "loop" / "b").symlink_to("a")
    (tmp_path / "loop" / ".git").write_text("gitdir: a/x")
    assert find_git_dir(tmp_path / "loop") is None


@pytest.mark.parametrize("state", ["loose", "packed", "detached", "deep", "linked", "sha256", "symlink"])
def test_head_when_its_ref_is_kept_in_any_way_then_it_is_what_git_says(make_repository, tmp_path, state):
    repository = make_repository("r", *(["--object-format=sha256"] if state == "sha256" else []))
    repository.commit()
    git_dir = repository.path / ".git"
    if state == "packed":
        repository.git("pack-refs", "--all")
        assert not (git_dir / "refs/heads/main").exists()
    elif state == "detached":
        repository.git("checkout", "--quiet", "--detach")
    elif state == "deep":
        repository.git("symbolic-ref", "refs/heads/alias", "refs/heads/main")
        repository.git("symbolic-ref", "HEAD", "refs/heads/alias")
    elif state == "linked":
        repository.git("worktree", "add", "--quiet", "-b", "other", str(tmp_path / "linked"))
        git_dir = find_git_dir(tmp_path / "linked")
    elif state == "symlink":
        (git_dir / "HEAD").unlink()
        (git_dir / "HEAD").symlink_to("refs/heads/main")
    assert resolve_head(git_dir) == repository.git("rev-parse", "HEAD")


def test_head_when_nothing_was_committed_then_it_is_null(repository):
    assert resolve_head(repository.path / ".git") is None


@pytest.mark.parametrize(
    "text",
    [
        "ref: /etc/hostname",
        "ref: refs/../../secret",
        "ref: refs/heads/loop",
        "ref: ",
        "not a reference",
    ],
)
def test_head_when_it_leads_out_of_the_git_directory_or_nowhere_then_it_is_refused(repository, text):
    (repository.path / "secret").write_text("0" * 40)
    (repository.path / ".git/refs/heads/loop").write_text("ref: refs/heads/loop")
    (repository.path / ".git/HEAD").write_text(text)
    with pytest.raises(SourceError, match=r"leads nowhere|not a git reference"):
        resolve_head(repository.path / ".git")


@pytest.mark.parametrize("length", [300, 4000])
def test_head_when_its_name_is_too_long_for_a_file_then_there_is_no_commit(repository, length):
    (repository.path / ".git/HEAD").write_text("ref: refs/heads/" + "x" * length)
    assert resolve_head(repository.path / ".git") is None


def test_head_when_a_link_leads_out_of_the_git_directory_then_its_target_is_not_read(repository):
    (repository.path / "secret").write_text("secret words")
    (repository.path / ".git/refs/heads/main").symlink_to(repository.path / "secret")
    with pytest.raises(SourceError) as raised:
        resolve_head(repository.path / ".git")
    assert "secret words" not in str(raised.value)


def test_head_when_refs_are_in_a_table_then_the_error_says_so(repository):
    (repository.path / ".git/HEAD").write_text("ref: refs/heads/.invalid\n")
    (repository.path / ".git/reftable").mkdir()
    with pytest.raises(SourceError, match="reftable"):
        resolve_head(repository.path / ".git")


def test_refs_when_some_are_packed_and_some_are_loose_then_all_are_listed_with_their_ids(repository):
    repository.commit()
    repository.git("tag", "light")
    repository.git("tag", "--annotate", "--message", "m", "heavy")
    repository.git("pack-refs", "--all")
    repository.commit("second")
    repository.git("branch", "功能/一")
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")
    listed = dict(
        reversed(line.split(" ", 1))
        for line in repository.git("for-each-ref", "--format=%(objectname) %(refname)").splitlines()
    )
    assert list_refs(repository.path / ".git") == listed
    assert len(listed) == 5


def test_refs_when_one_name_is_not_utf8_then_it_is_kept_as_the_command_line_gives_it(repository):
    head = repository.commit()
    (repository.path / ".git/packed-refs").write_bytes(head.encode() + b" refs/heads/\xff\n")
    assert list_refs(repository.path / ".git")[os.fsdecode(b"refs/heads/\xff")] == head


def test_view_when_it_is_open_then_git_sees_the_objects_but_no_configuration_of_the_repository(repository):
    repository.write("a.txt", "text")
    head = repository.commit()
    repository.git("config", "user.name", "hostile")
    with open_view(repository.path / ".git") as view:
        assert view.run("cat-file", "-t", head) == b"commit\n"
        assert b"hostile" not in view.run("config", "--list")
        folder = view.git_dir
    assert not folder.exists()


def test_view_when_the_path_holds_separators_and_quotes_then_objects_are_still_found(make_repository):
    repository = make_repository('a:b "c" \\d 库')
    head = repository.commit()
    with open_view(repository.path / ".git") as view:
        assert view.run("cat-file", "-t", head) == b"commit\n"


def test_view_when_the_repository_is_shallow_then_history_ends_where_it_was_cut(make_repository, tmp_path):
    origin = make_repository("origin")
    for number in range(3):
        origin.commit(str(number))
    origin.git("clone", "--quiet", "--depth=2", origin.path.as_uri(), str(tmp_path / "shallow"))
    git_dir = tmp_path / "shallow" / ".git"
    with open_view(git_dir) as view:
        assert len(view.run("rev-list", resolve_head(git_dir)).split()) == 2


def test_view_when_objects_are_borrowed_from_another_repository_then_they_are_found(
    make_repository, tmp_path
):
    origin = make_repository("origin")
    head = origin.commit()
    origin.git("clone", "--quiet", "--shared", str(origin.path), str(tmp_path / "shared"))
    with open_view(tmp_path / "shared" / ".git") as view:
        assert view.run("cat-file", "-t", head) == b"commit\n"


def test_view_when_there_is_no_object_store_then_the_error_says_so(tmp_path):
    with pytest.raises(SourceError, match="no object store"), open_view(tmp_path):
        pass


def test_environment_when_the_caller_sets_git_variables_then_none_is_passed_on(view, monkeypatch):
    for name in (
        "GIT_DIR",
        "GIT_CONFIG_COUNT",
        "GIT_TRACE",
        "GIT_EXTERNAL_DIFF",
        "LESSOPEN",
        "XDG_CONFIG_HOME",
    ):
        monkeypatch.setenv(name, "hostile")
    assert "hostile" not in view.environment().values()


def test_command_when_it_fails_then_the_error_holds_what_git_said(view):
    with pytest.raises(SourceError, match=r"git cat-file failed: .*Not a valid object name nothing"):
        view.run("cat-file", "-t", "nothing")
    with pytest.raises(SourceError, match=r"git ls-tree failed: .*Not a valid object name nothing"):
        list(view.stream("ls-tree", "nothing", timeout=60))


def test_command_when_it_takes_too_long_then_it_is_stopped(view, monkeypatch):
    monkeypatch.setattr(type(view), "command", lambda self, *arguments: ["sleep", "60"])
    with pytest.raises(SourceError, match="git log took longer than 0 s"):
        view.run("log", timeout=0.05)
    with pytest.raises(SourceError, match="git log took longer than 0 s"):
        list(view.stream("log", timeout=0.05))


def test_stream_when_its_reader_stops_then_the_command_ends(view, monkeypatch):
    started = []
    start = type(view).start
    monkeypatch.setattr(type(view), "command", lambda self, *arguments: ["yes"])
    monkeypatch.setattr(
        type(view), "start", lambda self, *a, **k: started.append(start(self, *a, **k)) or started[-1]
    )
    stream = view.stream("log", timeout=60)
    assert next(stream).startswith(b"y\n")
    stream.close()
    assert started[0].poll() is not None


def test_command_when_git_is_not_installed_then_the_error_says_what_to_do(view, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SourceError, match="install git"):
        view.run("version")
    with pytest.raises(SourceError, match="install git"):
        view.start("version")
