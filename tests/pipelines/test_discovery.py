"""A folder of repositories is enough: what belongs to whom is guessed and said to be guessed."""

import os
from pathlib import Path

import pytest
from made_repositories import git, make_repository

from pipelines.crawl.find_repositories import SearchBounds, find_repositories
from pipelines.crawl.local import observe_repositories
from pipelines.discovery import discover_workspace, hold_workspaces, open_workspace
from pipelines.errors import WorkspaceError
from pipelines.settings import Enterprise, Settings
from pipelines.workspace import Workspace, load_workspace
from pipelines.workspace_tables import workspace_tables
from pipelines.workspace_template import render_workspace
from sbom.git import find_git_dir


def names(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in find_repositories(root).paths]


def test_work_trees_and_bare_repositories_are_found(tmp_path: Path) -> None:
    make_repository(tmp_path / "one" / "app")
    make_repository(tmp_path / "two" / "deep" / "lib.git", bare=True)
    assert names(tmp_path) == ["one/app", "two/deep/lib.git"]


def test_repository_inside_a_work_tree_is_its_content(tmp_path: Path) -> None:
    make_repository(tmp_path / "app")
    make_repository(tmp_path / "app" / "third_party" / "lib")
    assert names(tmp_path) == ["app"]


def test_linked_work_tree_is_the_same_repository(tmp_path: Path) -> None:
    app = make_repository(tmp_path / "z-app")
    git(app, "worktree", "add", "--quiet", str(tmp_path / "a-tree"), "-b", "other")
    assert names(tmp_path) == ["z-app"]


@pytest.mark.parametrize("skipped", ["node_modules", ".venv", "venv", ".cache"])
def test_installed_and_hidden_folders_are_skipped(tmp_path: Path, skipped: str) -> None:
    make_repository(tmp_path / skipped / "x")
    assert names(tmp_path) == []


def test_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    make_repository(tmp_path / "outside" / "app")
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "inside" / "loop").symlink_to(tmp_path / "inside")
    assert names(tmp_path / "inside") == []


def test_search_that_is_cut_short_says_so(tmp_path: Path) -> None:
    make_repository(tmp_path / "a" / "b" / "c")
    shallow = find_repositories(tmp_path, SearchBounds(depth=2))
    assert shallow.paths == []
    assert "deeper than 2 levels" in shallow.problems[0]
    few = find_repositories(tmp_path, SearchBounds(folders=2))
    assert "stopped after 2 folders" in few.problems[0]


def test_first_level_folders_are_taken_for_enterprises(tmp_path: Path) -> None:
    root = tmp_path / "City Code"
    for path in ("Beta Soft/web", "Beta Soft/api", "alpha/x", "loose"):
        make_repository(root / path)
    workspace = discover_workspace(root)
    owners = {owner.id: owner.repositories for owner in workspace.settings.enterprises}
    assert owners == {
        "beta-soft": ["Beta Soft/api", "Beta Soft/web"],
        "city-code": ["loose"],
        "alpha": ["alpha/x"],
    }
    assert "guessed, not known" in workspace.guesses[0]


def test_repository_itself_is_a_workspace_of_one(tmp_path: Path) -> None:
    make_repository(tmp_path / "app")
    workspace = discover_workspace(tmp_path / "app")
    (repository,) = observe_repositories(workspace).repositories
    assert repository.repo_id == "local/app/app"


def test_folder_without_repositories_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="no git repository below"):
        discover_workspace(tmp_path)
    with pytest.raises(WorkspaceError, match="no such file or folder"):
        open_workspace(tmp_path / "missing")


def test_odd_folder_names_are_observed(tmp_path: Path) -> None:
    for name in ("a[1]", "a*", "中文 名", os.fsdecode(b"\xff")):
        make_repository(tmp_path / "o" / name)
    workspace = discover_workspace(tmp_path)
    observed = observe_repositories(workspace).repositories
    assert {repository.location for repository in observed} == {"o/a[1]", "o/a*", "o/中文 名", "o/\\xff"}
    assert workspace_tables(workspace.settings, observed, b"key")["repository"].num_rows == 4


def test_enterprise_whose_folder_is_not_utf8_can_be_shown_and_written_down(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"one\xff")
    for name in ("a", "b"):
        make_repository(folder / name)
    workspace = discover_workspace(tmp_path)
    assert workspace.settings.enterprises[0].name.en == "one\\xff"
    path = tmp_path / "workspace.toml"
    path.write_text(render_workspace(workspace, tmp_path), "utf-8")
    observed = observe_repositories(load_workspace(path)).repositories
    assert [repository.path for repository in observed] == [folder / "a", folder / "b"]


def test_folder_that_cannot_be_read_is_a_problem_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_repository(tmp_path / "open")
    make_repository(tmp_path / "shut")

    def refuse(path: Path) -> Path | None:
        if path.name == "shut":
            raise PermissionError(13, "Permission denied")
        return find_git_dir(path)

    monkeypatch.setattr("pipelines.crawl.find_repositories.find_git_dir", refuse)
    found = find_repositories(tmp_path)
    assert found.paths == [tmp_path / "open"]
    assert found.problems == [f"{tmp_path}/shut: cannot be searched: Permission denied"]


def test_observed_repository_tells_head_kind_and_canonical_id(tmp_path: Path) -> None:
    app = make_repository(tmp_path / "one" / "app", remote="https://u:pw@forge.example/one/app.git")
    make_repository(tmp_path / "one" / "bare.git", bare=True)
    make_repository(tmp_path / "one" / "empty", [])
    (tmp_path / "plain").mkdir()
    settings = Settings(
        enterprises=[Enterprise(id="one", repositories=["one"]), Enterprise(id="p", repositories=["plain"])]
    )
    observation = observe_repositories(Workspace(tmp_path, settings))
    table = workspace_tables(settings, observation.repositories, b"key")["repository"]
    rows = {row.pop("repo_id"): row for row in table.drop_columns(["observed_at"]).to_pylist()}
    assert rows["forge.example/one/app"] == {
        "enterprise_id": "one",
        "host": "forge.example",
        "name": "app",
        "location": "one/app",
        "kind": "git",
        "head_sha": git(app, "rev-parse", "HEAD"),
        "is_shallow": False,
    }
    assert {repo_id: row["kind"] for repo_id, row in rows.items()} == {
        "forge.example/one/app": "git",
        "local/one/bare": "bare",
        "local/one/empty": "git",
        "local/p/plain": "folder",
    }
    assert rows["local/one/empty"]["head_sha"] is None
    assert rows["local/p/plain"]["is_shallow"] is None


def test_shallow_clone_is_recorded_as_such(tmp_path: Path) -> None:
    full = make_repository(tmp_path / "full", [{"a": "1"}, {"a": "2"}])
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{full}", "shallow")
    observed = observe_repositories(discover_workspace(tmp_path / "shallow")).repositories
    assert [repository.is_shallow for repository in observed] == [True]


def test_repository_of_two_enterprises_is_an_error_with_both_lines(tmp_path: Path) -> None:
    make_repository(tmp_path / "code" / "app")
    path = tmp_path / "workspace.toml"
    path.write_text(
        '[[enterprises]]\nid = "a"\nrepositories = ["code"]\n'
        '[[enterprises]]\nid = "b"\nrepositories = ["code/app"]\n'
    )
    with pytest.raises(WorkspaceError) as caught:
        observe_repositories(load_workspace(path))
    assert f"{path}:6: " in str(caught.value)
    assert f"'a' ({path}:3)" in str(caught.value)


def test_copies_of_a_repository_are_counted_apart_with_a_warning(tmp_path: Path) -> None:
    for name in ("first", "second"):
        make_repository(tmp_path / "one" / name, remote="git@forge.example:one/app.git")
    observation = observe_repositories(discover_workspace(tmp_path))
    assert [(r.repo_id, r.location) for r in observation.repositories] == [
        ("forge.example/one/app", "one/first"),
        ("forge.example/one/app~2", "one/second"),
    ]
    assert "forge.example/one/app is the name of 2 repositories" in observation.warnings[0]


def test_unreadable_head_is_a_warning(tmp_path: Path) -> None:
    app = make_repository(tmp_path / "app")
    (app / ".git" / "HEAD").write_text("nonsense\n")
    observation = observe_repositories(discover_workspace(tmp_path))
    assert [repository.head_sha for repository in observation.repositories] == [None]
    assert "not a git reference" in observation.warnings[0]


def test_workspace_when_its_file_is_edited_then_the_next_look_sees_it_and_a_held_one_does_not(
    tmp_path: Path,
) -> None:
    file = tmp_path / "workspace.toml"
    text = '[region]\nname = {{ en = "{}" }}\n[[enterprises]]\nid = "a"\nname = {{ en = "A" }}\n'
    file.write_text(text.format("Before"))
    with hold_workspaces():
        held = open_workspace(file)
        file.write_text(text.format("After"))
        assert open_workspace(file) is held
    assert open_workspace(file).settings.region.name.en == "After"
