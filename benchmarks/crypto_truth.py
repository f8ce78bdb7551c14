"""Precision and recall of the crypto detector against labelled files.

    python benchmarks/crypto_truth.py [FOLDER ...]

Without folders all parts are scored, each for itself: the files that rules were written against
(`tests/fixtures/crypto`), and three sets that were labelled before the detector saw them
(`tests/fixtures/crypto_held_out`, `tests/fixtures/crypto_fresh`, `tests/fixtures/crypto_third`).

A folder holds source files and `expected.jsonl`: one object per occurrence with path, line, and either family
(null where no reader of the code could tell) or protocol; mode, key_size, curve, digest and the algorithm's
full name where the code states them; end_line where the call covers several lines. An occurrence is right
if it points into the call and its family (or protocol) is right; rows of one call that tell several
algorithms of a family are one. The stated values count on those that are right. `docs/crypto.md` says what an
occurrence is.
Files under `negative/` hold none.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from sbom.crypto.model import CryptoOccurrence
from sbom.crypto.scan import scan_crypto

FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures"
PARTS = {
    "tuned": FIXTURES / "crypto",
    "held out": FIXTURES / "crypto_held_out",
    "held out, second set": FIXTURES / "crypto_fresh",
    "held out, third set": FIXTURES / "crypto_third",
}
_PROTOCOLS = {"SSL": "TLS", "DTLS": "TLS"}
"""Labels call every version of it TLS."""
STATED = ("mode", "key_size", "curve", "digest", "algorithm")


@dataclass(slots=True)
class Score:
    """Counts of right, missed and wrong occurrences by family, and of stated modes and key sizes."""

    right: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    stated: Counter[str] = field(default_factory=Counter)
    """Values that the labels state, of occurrences found."""
    stated_right: Counter[str] = field(default_factory=Counter)
    in_negatives: int = 0
    """Occurrences told in files that hold none, a part of the wrong ones."""
    errors: list[str] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        for name in ("right", "missed", "wrong", "stated", "stated_right"):
            getattr(self, name).update(getattr(other, name))
        self.in_negatives += other.in_negatives
        self.errors += other.errors

    def share(self, attribute: str) -> float:
        """Share of the stated values of an attribute that were told right."""
        return self.stated_right[attribute] / max(1, self.stated[attribute])


def score_folder(folder: Path) -> Score:
    """Scan a folder and compare with its labels."""
    labels = [json.loads(line) for line in (folder / "expected.jsonl").read_text("utf-8").splitlines()]
    found = [row for row in scan_crypto(folder).occurrences if row.path != "expected.jsonl"]
    return compare(labels, found, folder.name)


def compare(labels: Sequence[dict[str, object]], found: Sequence[CryptoOccurrence], name: str) -> Score:
    """Match labels and occurrences of the same path and lines, each at most once."""
    score = Score()
    left = list(found)
    told = set()
    for label in labels:
        same = [row for row in left if _is_same(row, label)]
        match = min(same, key=lambda row: _distance(row, label), default=None)
        kind = _kind(label.get("protocol"), label.get("family"))
        if match is None:
            score.missed[kind] += 1
            score.errors.append(f"missed {name}/{label['path']}:{label['line']} {kind}")
            continue
        left.remove(match)
        told.add(_use(match))
        score.right[kind] += 1
        for attribute in STATED:
            if label.get(attribute) is not None:
                score.stated[attribute] += 1
                value = getattr(match, attribute)
                score.stated_right[attribute] += value == label[attribute]
                if value != label[attribute]:
                    score.errors.append(
                        f"{attribute} {name}/{label['path']}:{label['line']} {value} for {label[attribute]}"
                    )
    for row in left:
        if _use(row) in told:
            continue
        score.wrong[_kind(row.protocol, row.family)] += 1
        score.in_negatives += row.path.startswith("negative/")
        score.errors.append(
            f"wrong {name}/{row.path}:{row.line} {_kind(row.protocol, row.family)} ({row.rule})"
        )
    return score


def _use(row: CryptoOccurrence) -> tuple[object, ...]:
    return row.path, row.offset, row.family, row.protocol


def _is_same(row: CryptoOccurrence, label: dict[str, object]) -> bool:
    first = cast(int, label["line"])
    last = cast(int, label.get("end_line", first))
    if row.path != label["path"] or not first <= row.line <= last:
        return False
    if "protocol" in label:
        return _PROTOCOLS.get(row.protocol or "", row.protocol) == label["protocol"]
    return row.family == label["family"] and row.protocol is None


def _distance(row: CryptoOccurrence, label: dict[str, object]) -> tuple[int, int]:
    """Stated values told otherwise, then lines from the beginning of the call: the nearest counts."""
    otherwise = sum(label.get(name) not in (None, getattr(row, name)) for name in ("mode", "key_size"))
    return otherwise, row.line - cast(int, label["line"])


def _kind(protocol: object, family: object) -> str:
    return str(protocol or family or "unknown")


def totals(score: Score) -> tuple[float, float, float]:
    """Precision, recall and F1 over all families."""
    right, missed, wrong = (sum(counts.values()) for counts in (score.right, score.missed, score.wrong))
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def main(arguments: Iterable[str]) -> None:
    given = [Path(argument) for argument in arguments]
    parts = {"given": given} if given else {name: labelled_folders(part) for name, part in PARTS.items()}
    for name, folders in parts.items():
        print(f"== {name}")
        _print_part(folders)


def labelled_folders(part: Path) -> list[Path]:
    """Folders of a part that hold labels, one per language."""
    return sorted(path.parent for path in part.glob("*/expected.jsonl"))


def _print_part(folders: Iterable[Path]) -> None:
    whole = Score()
    for folder in folders:
        score = score_folder(folder)
        whole.add(score)
        print(f"{folder.name:14} {figures(score)}")
    print_score(whole)


def print_score(whole: Score) -> None:
    """Figures by family and over all, and every error."""
    print("\nby family: right, missed, wrong, precision, recall (– where nothing was found, or labelled)")
    for kind in sorted(whole.right | whole.missed | whole.wrong):
        right, missed, wrong = whole.right[kind], whole.missed[kind], whole.wrong[kind]
        shares = " ".join(f"{right / of:.3f}" if of else "–" for of in (right + wrong, right + missed))
        print(f"  {kind:16} {right:5} {missed:5} {wrong:5}  {shares}")
    print(f"\nall: {figures(whole)}  found in negatives {whole.in_negatives}")
    for error in whole.errors:
        print(f"  {error}")
    print()


def figures(score: Score) -> str:
    """Precision, recall and F1, and the shares of stated values that are right, in one line."""
    precision, recall, f1 = totals(score)
    stated = (
        f"{name} {score.share(name):.3f} of {score.stated[name]}" for name in STATED if score.stated[name]
    )
    return f"precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f}  " + ", ".join(stated)


if __name__ == "__main__":
    main(sys.argv[1:])
