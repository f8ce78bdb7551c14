"""The state folder: where it is, and what is private in it."""

import stat
from pathlib import Path

import pytest

from pipelines.errors import PipelineError
from pipelines.settings import Enterprise, Settings
from pipelines.state import StateFolder, locate_state
from pipelines.workspace import Workspace


def workspace(root: Path, state: str | None = None) -> Workspace:
    return Workspace(root, Settings(enterprises=[Enterprise(id="one")], state=state))


def test_state_is_beside_the_workspace_unless_named(tmp_path: Path) -> None:
    assert locate_state(workspace(tmp_path)).path == tmp_path / ".chainatlas"
    assert locate_state(workspace(tmp_path, "var/x")).path == tmp_path / "var/x"


def test_state_of_a_read_only_folder_is_below_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("os.access", lambda path, mode: False)
    first, second = (locate_state(workspace(Path(root))).path for root in ("/ro/a", "/ro/b"))
    assert first.parent == second.parent == tmp_path / "home" / "chainatlas"
    assert first != second


def test_state_folder_is_ignored_by_git(tmp_path: Path) -> None:
    state = StateFolder(tmp_path / "s")
    state.prepare()
    assert (state.path / ".gitignore").read_text() == "*\n"


def test_state_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PipelineError, match="cannot be made"):
        StateFolder(tmp_path / "file" / "s").prepare()


def test_person_key_is_private_and_stays(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    key = state.person_key()
    assert len(key) == 32
    assert state.person_key() == key
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert StateFolder(tmp_path / "other").path != tmp_path


def test_damaged_person_key_is_an_error_not_a_new_key(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("00ff")
    with pytest.raises(PipelineError, match="is damaged"):
        StateFolder(tmp_path).person_key()
