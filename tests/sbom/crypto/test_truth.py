"""The labelled files: what the detector must find, and what it must not.

Rules were written against one part. The held-out sets show what they do on other files: their floors lie
below what was measured (`docs/crypto.md`), so that a loss is noticed.
"""

import json
import sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures" / "crypto"
HELD_OUT = [FIXTURES.with_name(name) for name in ("crypto_held_out", "crypto_fresh", "crypto_third")]
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


@pytest.mark.parametrize("part", HELD_OUT, ids=lambda part: part.name)
def test_held_out_files_when_scanned_then_no_worse_than_measured(part: Path) -> None:
    from crypto_truth import Score, labelled_folders, score_folder, totals

    score = Score()
    for folder in labelled_folders(part):
        score.add(score_folder(folder))
    precision, recall, f1 = totals(score)
    assert precision >= 0.97, score.errors
    assert recall >= 0.97, score.errors
    assert f1 >= 0.97, score.errors
    assert score.share("mode") >= 0.95, score.errors
    assert score.share("key_size") >= 0.95, score.errors
    assert score.in_negatives == 0, score.errors


@pytest.mark.parametrize("part", HELD_OUT, ids=lambda part: part.name)
def test_held_out_files_when_labelled_then_labels_name_code_lines_outside_negatives(part: Path) -> None:
    files = [path for path in part.rglob("*") if path.is_file() and path.name != "expected.jsonl"]
    assert len(files) >= 70
    assert 4 * sum("negative" in path.parts for path in files) >= len(files)
    for expected in part.glob("*/expected.jsonl"):
        for label in map(json.loads, expected.read_text("utf-8").splitlines()):
            assert not label["path"].startswith("negative/")
            lines = (expected.parent / label["path"]).read_text("utf-8").splitlines()
            assert lines[label["line"] - 1].strip(), label
