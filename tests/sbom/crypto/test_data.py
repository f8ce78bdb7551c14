"""A repository is scanned again whenever a data file changes that its rows depend on."""

import shutil
from pathlib import Path

import pytest

from sbom.crypto import data

FILES = sorted(
    path.relative_to(data.FOLDER).as_posix()
    for path in data.FOLDER.rglob("*")
    if path.suffix not in (".py", ".pyc") and path.is_file()
)
LATER = {name for name in FILES if name.startswith(("policies/", "libraries/"))} | {"effort.yaml"}


def test_digest_when_a_data_file_changes_then_so_does_it_unless_rows_do_not_depend_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "crypto"
    shutil.copytree(data.FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    monkeypatch.setattr(data, "FOLDER", folder)
    before = data.scan_data_digest.__wrapped__()
    changed = set()
    for name in FILES:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content + b"\n")
        if data.scan_data_digest.__wrapped__() != before:
            changed.add(name)
        (folder / name).write_bytes(content)
    assert changed == set(FILES) - LATER
    (folder / "rules" / "new.yaml").write_text("library: new\n")
    assert data.scan_data_digest.__wrapped__() != before
