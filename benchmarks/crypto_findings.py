"""How many of the weak uses that other people's collections mark are told as sites, and as findings.

    python benchmarks/crypto_findings.py FOLDER [REPOSITORY ...]

FOLDER holds the collections as git directories (`owner+name/repo`, or by their last name). The files of each
rule of `crypto_findings.yaml` are laid out and scanned as `chainatlas crypto --format sarif --policy
international` does. Printed by collection and rule: what is marked weak, where of it a site is told, where
with a finding of the rule's kind; findings of that kind at what is marked sound, and elsewhere in the same
files. Each site answers for one mark. What a collection says its own tool gets wrong is not counted.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml
from crypto_marks import READERS, Files, Mark
from crypto_real import git_dir_of

from sbom.crypto.model import CryptoOccurrence
from sbom.crypto.policy import judge, load_policies, site_of
from sbom.crypto.scan import scan_crypto

TABLE = Path(__file__).with_suffix(".yaml")


@dataclass(slots=True)
class Told:
    """Marks of one rule, what was told of them, and what went wrong, a line each."""

    weak: int = 0
    sites: int = 0
    findings: int = 0
    sound: int = 0
    false: int = 0
    elsewhere: int = 0
    errors: list[str] = field(default_factory=list)

    def add(self, other: "Told") -> None:
        for name in ("weak", "sites", "findings", "sound", "false", "elsewhere"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def __str__(self) -> str:
        return (
            f"weak {self.weak:4}  site {self.sites:4}  finding {self.findings:4}  "
            f"sound {self.sound:4}  false {self.false:3}  elsewhere {self.elsewhere:3}"
        )


def main(folder: Path, only: Sequence[str]) -> None:
    table = yaml.safe_load(TABLE.read_text("utf-8"))
    whole = Told()
    for collection in table["collections"]:
        name = collection["repository"]
        if only and name not in only:
            continue
        git_dir = git_dir_of(folder, name)
        if git_dir is None:
            print(f"{name}: not in {folder}")
            continue
        total = Told()
        print(f"== {name} at {_git(git_dir, 'rev-parse', 'HEAD').decode().strip()[:12]}")
        for rule in collection["rules"]:
            told = _measure(git_dir, collection, rule, _codes(table["kinds"], rule["kinds"]))
            print(f"  {rule.get('name', rule['kinds']):28} {told}")
            for error in told.errors:
                print(f"    {error}")
            total.add(told)
        print(f"  {'all':28} {total}")
        whole.add(total)
    print(f"{'all':30} {whole}")


def compare(marks: Sequence[Mark], rows: Sequence[tuple[CryptoOccurrence, set[str]]], reach: int) -> Told:
    """Each mark takes a site of its lines: one with a finding first, then the nearest; else one around them.

    The second of a row's pair holds those of its findings that are of the rule's kind.
    """
    told = Told()
    left = list(rows)
    counted = sorted((mark for mark in marks if not mark.known_gap), key=lambda mark: mark.last - mark.first)
    weak = [mark for mark in counted if mark.weak]
    told.weak = len(weak)
    matches: dict[int, tuple[CryptoOccurrence, set[str]]] = {}
    for around in sorted({0, reach}):
        for index, mark in enumerate(weak):
            near = [pair for pair in left if _within(pair[0], mark, around)]
            best = min(near, key=lambda pair: (not pair[1], _distance(pair[0], mark)), default=None)
            if best is not None and index not in matches:
                matches[index] = best
                left.remove(best)
    for index, mark in enumerate(weak):
        best = matches.get(index)
        if best is None:
            told.errors.append(f"missed {mark.path}:{mark.first}")
            continue
        told.sites += 1
        told.findings += bool(best[1])
        if not best[1]:
            told.errors.append(f"no finding {mark.path}:{mark.first} {_name(best[0])}")
    told.sound = len(counted) - len(weak)
    open_marks = [mark for mark in marks if mark.weak or mark.known_gap]
    for row, codes in left:
        if not codes or any(_within(row, mark, reach) for mark in open_marks):
            continue
        is_sound = any(_within(row, mark, 0) for mark in counted)
        told.false += is_sound
        told.elsewhere += not is_sound
        word = "false" if is_sound else "elsewhere"
        told.errors.append(f"{word} {row.path}:{row.line} {_name(row)}: {', '.join(sorted(codes))}")
    return told


def _measure(git_dir: Path, collection: Mapping[str, Any], rule: Mapping[str, Any], codes: set[str]) -> Told:
    common = [collection["common"]] if "common" in collection else []
    beside = _read(git_dir, collection.get("beside", ()))
    files = _read(git_dir, [*rule["files"], *common])
    options = collection.get("options", {}) | rule.get("options", {})
    marked = READERS[collection["reader"]](files, **options)
    paths = {mark.path for mark in marked.marks}
    folders = {path.rpartition("/")[0] for path in paths}
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        for path, text in marked.texts.items():
            if path.rpartition("/")[0] in folders:
                _write(root / path, text.encode())
        for path, content in beside.items():
            _write(root / path, content)
        found = scan_crypto(root).occurrences
    policies = [policy for policy in load_policies() if policy.policy == "international"]
    rows = []
    for row in found:
        if row.path in paths:
            verdicts = {f"{policy.policy}/{rule.id}" for policy, rule in judge(site_of(row), policies)}
            rows.append((row, ({*row.findings} | verdicts) & codes))
    return compare(marked.marks, rows, rule.get("reach", 0))


def _codes(table: Mapping[str, Sequence[str]], kinds: str) -> set[str]:
    """Codes of findings and `policy/rule` of verdicts that these kinds are made of."""
    codes = set()
    for kind in kinds.split(", "):
        for code in table[kind]:
            codes |= _codes(table, code) if code in table else {code}
    return codes


def _read(git_dir: Path, patterns: Iterable[str]) -> Files:
    wanted = list(patterns)
    if not wanted:
        return {}
    listing = _git(git_dir, "ls-tree", "-r", "-z", "--name-only", "HEAD").decode().split("\0")
    paths = [path for path in listing if any(fnmatch(path, pattern) for pattern in wanted)]
    return dict(zip(paths, _contents(git_dir, paths), strict=True))


def _contents(git_dir: Path, paths: Sequence[str]) -> Iterator[bytes]:
    asked = "".join(f"HEAD:{path}\n" for path in paths).encode()
    answer = _git(git_dir, "cat-file", "--batch", given=asked)
    at = 0
    for _ in paths:
        end = answer.index(b"\n", at)
        size = int(answer[at:end].split()[2])
        yield answer[end + 1 : end + 1 + size]
        at = end + size + 2


def _git(git_dir: Path, *arguments: str, given: bytes | None = None) -> bytes:
    return subprocess.run(
        ["git", "-C", str(git_dir), *arguments], input=given, stdout=subprocess.PIPE, check=True
    ).stdout


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _within(row: CryptoOccurrence, mark: Mark, reach: int) -> bool:
    return row.path == mark.path and mark.first - reach <= row.line <= mark.last + reach


def _distance(row: CryptoOccurrence, mark: Mark) -> int:
    return abs(row.line - mark.first)


def _name(row: CryptoOccurrence) -> str:
    return f"{row.algorithm or row.protocol or 'unknown'} {row.key_size or ''}".strip()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
