"""A backup restores to the same state, or says why it does not and changes nothing."""

import io
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.backup import restore_backup, write_backup
from pipelines.cli import main
from pipelines.errors import PipelineError
from pipelines.run_lock import hold_run_lock
from pipelines.state import StateFolder
from warehouse.store.database import open_database


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    """A warehouse with one row, a key, a BOM, and things that a run makes anew."""
    state = StateFolder(tmp_path / "code" / ".chainatlas")
    state.prepare()
    with closing(open_database(state.warehouse)) as con:
        con.execute("create table meta.mark as select 'before' as word")
    state.person_key()
    for path in (state.boms / "a" / "bom.cdx.json", state.report / "index.html", state.shards / "r" / "x"):
        path.parent.mkdir(parents=True)
        path.write_text(path.name)
    return state


def word(state: StateFolder) -> str:
    with closing(open_database(state.warehouse)) as con:
        return str(con.execute("select word from meta.mark").fetchall()[0][0])


def contents(state: StateFolder) -> dict[str, bytes]:
    files = (path for path in state.path.rglob("*") if path.is_file())
    return {str(path.relative_to(state.path)): path.read_bytes() for path in files}


def test_backup_when_restored_then_state_is_as_before(state: StateFolder, tmp_path: Path) -> None:
    made = write_backup(state, tmp_path / "b.tar")
    assert (tmp_path / "b.tar").stat().st_mode & 0o777 == 0o600
    key = (state.path / "secret.key").read_text()
    with closing(open_database(state.warehouse)) as con:
        con.execute("update meta.mark set word = 'after'")
    (state.path / "secret.key").write_text("lost")
    restored = restore_backup(tmp_path / "b.tar", state)
    assert (restored.files, restored.size) == (made.files, made.size)
    assert word(state) == "before"
    assert (state.path / "secret.key").read_text() == key
    assert (state.path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert (state.boms / "a" / "bom.cdx.json").is_file()
    assert not state.report.exists()
    assert not state.shards.exists()
    assert restored.replaced is not None
    assert word(StateFolder(restored.replaced)) == "after"


def test_backup_when_restored_elsewhere_then_works_there(state: StateFolder, tmp_path: Path) -> None:
    write_backup(state, tmp_path / "b.tar")
    other = StateFolder(tmp_path / "new" / "folder" / ".chainatlas")
    assert restore_backup(tmp_path / "b.tar", other).replaced is None
    assert word(other) == "before"
    assert (other.path / ".gitignore").read_text() == "*\n"


def test_backup_when_a_byte_changed_then_nothing_is_replaced(state: StateFolder, tmp_path: Path) -> None:
    write_backup(state, tmp_path / "b.tar")
    damaged = bytearray((tmp_path / "b.tar").read_bytes())
    damaged[damaged.index(b"bom.cdx.json", damaged.index(b"boms/a/bom.cdx.json\0") + 20)] ^= 1
    (tmp_path / "b.tar").write_bytes(damaged)
    before = contents(state)
    with pytest.raises(PipelineError, match=r"bom\.cdx\.json is damaged"):
        restore_backup(tmp_path / "b.tar", state)
    assert contents(state) == before
    assert list(state.path.parent.iterdir()) == [state.path]


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_backup_when_cut_off_then_says_so(state: StateFolder, tmp_path: Path, kept: float) -> None:
    write_backup(state, tmp_path / "b.tar")
    content = (tmp_path / "b.tar").read_bytes()
    (tmp_path / "b.tar").write_bytes(content[: int(len(content) * kept)])
    before = contents(state)
    with pytest.raises(PipelineError, match=r"cut off|unexpected end|cannot be restored"):
        restore_backup(tmp_path / "b.tar", state)
    assert {name: data for name, data in contents(state).items() if "run." not in name} == {
        name: data for name, data in before.items() if "run." not in name
    }


def test_archive_when_it_is_somebody_elses_then_nothing_of_it_is_written(tmp_path: Path) -> None:
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as archive:
        for name, text in (("manifest.json", b'{"files": {}}'), ("../outside", b"x")):
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
    with pytest.raises(PipelineError, match="does not name"):
        restore_backup(evil, StateFolder(tmp_path / "in" / "state"))
    assert not (tmp_path / "outside").exists()
    assert not (tmp_path / "in" / "outside").exists()
    (tmp_path / "text.tar").write_text("no archive")
    with pytest.raises(PipelineError, match=r"text\.tar: cannot be restored"):
        restore_backup(tmp_path / "text.tar", StateFolder(tmp_path / "in" / "state"))


def test_commands_when_called_then_say_what_they_did(state: StateFolder, tmp_path: Path) -> None:
    code, file = str(state.path.parent), str(tmp_path / "b.tar")
    made = CliRunner().invoke(main, ["backup", code, "-o", file])
    assert made.exit_code == 0, made.output
    assert "next: chainatlas restore" in made.output
    again = CliRunner().invoke(main, ["backup", code, "-o", file])
    assert (again.exit_code, "is there already" in again.output) == (2, True)
    restored = CliRunner().invoke(main, ["restore", file, code])
    assert restored.exit_code == 0, restored.output
    assert "what was there is now in" in restored.output


def test_backup_when_a_run_holds_the_state_then_waits_for_nobody(state: StateFolder, tmp_path: Path) -> None:
    import subprocess
    import sys

    with hold_run_lock(state):
        done = subprocess.run(
            [sys.executable, "-m", "pipelines.cli", "backup", state.path.parent, "-o", tmp_path / "b.tar"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert "a run is on already" in done.stderr
    assert not (tmp_path / "b.tar").exists()
