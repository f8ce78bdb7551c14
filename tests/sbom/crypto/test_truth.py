"""The labelled files: what the detector must find, and what it must not."""

import json
import sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures" / "crypto"
FOLDERS = sorted(path.parent for path in FIXTURES.glob("*/expected.jsonl"))
sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_labelled_files_when_scanned_then_found_as_labelled(folder: Path) -> None:
    from crypto_truth import score_folder, totals

    score = score_folder(folder)
    _, _, f1 = totals(score)
    assert f1 >= 0.95, score.errors
    for attribute in ("mode", "key_size"):
        assert not score.stated[attribute] or score.share(attribute) >= 0.9, score.errors


def test_labelled_files_when_counted_then_are_enough_in_enough_languages() -> None:
    files = [path for path in FIXTURES.rglob("*") if path.is_file() and path.name != "expected.jsonl"]
    assert len(FOLDERS) >= 12
    assert len(files) >= 400
    assert sum("negative" in path.parts for path in files) >= 100


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_negative_files_when_labelled_then_hold_nothing(folder: Path) -> None:
    labels = [json.loads(line) for line in (folder / "expected.jsonl").read_text("utf-8").splitlines()]
    assert labels
    assert not [label for label in labels if label["path"].startswith("negative/")]
    assert {label["path"] for label in labels} <= {
        path.relative_to(folder).as_posix() for path in folder.rglob("*")
    }
