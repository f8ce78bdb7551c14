"""The crypto detector against collections of others, whose labels name the algorithm.

    python benchmarks/crypto_collections.py FOLDER

FOLDER holds their repositories as git directories, in folders named `owner+name/repo` or by their last name.
`crypto_collections.yaml` says which files of which commit, what their labels mean in our terms, and where
their definition of an occurrence is another one than that of `docs/crypto.md`. For each language both figures
are printed: against all their labels, and without those lines, with every miss and false finding left.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml
from crypto_real import git_dir_of
from crypto_truth import compare, figures, print_score

from sbom.crypto.model import CryptoOccurrence
from sbom.crypto.scan import scan_crypto
from sbom.source import open_source

TABLE = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
_LABEL = re.compile(r"(?://|#)\s*Noncompliant(?:@([+-]\d+))?((?:\s*\{\{.*?\}\})*)")
_NAME = re.compile(r"\{\{(.*?)\}\}")
Label = dict[str, Any]


def main(folder: Path) -> None:
    labels: list[Label] = []
    rows: list[CryptoOccurrence] = []
    for collection in TABLE["collections"]:
        git_dir = git_dir_of(folder, collection["repository"])
        if git_dir is None:
            print(f"{collection['repository']}: not in {folder}")
            continue
        commit, files = collection["commit"], collection["files"]
        labels += _labels_of(git_dir, commit, files)
        rows += [row for row in scan_crypto(git_dir, commit).occurrences if _fits(row.path, files)]
    for suffix in sorted({_suffix(label["path"]) for label in labels}):
        _print_language(
            suffix,
            [label for label in labels if _suffix(label["path"]) == suffix],
            [row for row in rows if _suffix(row.path) == suffix],
        )


def _labels_of(git_dir: Path, commit: str, files: Iterable[str]) -> Iterator[Label]:
    with open_source(git_dir, commit) as source:
        for path, key in source.listing().files.items():
            if _fits(path, files):
                for number, line in enumerate(source.read(key).decode("utf-8").split("\n"), 1):
                    for match in _LABEL.finditer(line):
                        for name in _NAME.findall(match[2]) or [""]:
                            yield {"path": path, "line": number + int(match[1] or 0), "text": name}


def _print_language(suffix: str, labels: Sequence[Label], rows: Sequence[CryptoOccurrence]) -> None:
    print(f"== {suffix}: {len({label['path'] for label in labels})} files, {len(labels)} labels")
    unnamed = {(label["path"], label["line"]) for label in labels if label["text"] not in TABLE["labels"]}
    labels = [label for label in labels if (label["path"], label["line"]) not in unnamed]
    rows = [row for row in rows if (row.path, row.line) not in unnamed]
    print(f"{len(unnamed)} lines whose labels name no algorithm are left out")
    print(f"against all of them: {figures(compare(_told(labels, rows), rows, suffix))}")
    for entry in TABLE["differs"]:
        others = [label for label in labels if _is_listed(entry, "labels", label["path"], label["text"])]
        labelled = {(label["path"], label["line"]) for label in labels}
        labels = [label for label in labels if label not in others]
        kept = {(label["path"], label["line"]) for label in labels}
        meant, still_meant = _meant(others), _meant(labels)
        ours = [
            row
            for row in rows
            if (
                (site := (row.path, row.line)) not in kept
                and (site in labelled or _is_listed(entry, "rows", row.path, row.rule))
            )
            or (*site, row.family) in meant - still_meant
        ]
        rows = [row for row in rows if row not in ours]
        if others or ours:
            print(f"  left out: {len(others)} labels, {len(ours)} rows: {entry['why']}")
    print("without what is left out:")
    print_score(compare(_told(labels, rows), rows, suffix))


def _told(labels: Iterable[Label], rows: Iterable[CryptoOccurrence]) -> list[Label]:
    """Labels in our terms, of the families that one may mean the one that stands on its line.

    Several of one family on a line are one occurrence, which states what all of them do.
    """
    there: dict[tuple[str, int], list[CryptoOccurrence]] = {}
    for row in rows:
        there.setdefault((row.path, row.line), []).append(row)
    told: dict[tuple[object, ...], Label] = {}
    for label in labels:
        says = dict(TABLE["labels"][label["text"]])
        on_line = [row.family for row in there.get((label["path"], label["line"]), ()) if row.family]
        if "protocol" not in says:
            meant = _families(label) or on_line or [None]
            says["family"] = next((family for family in meant if family in on_line), meant[0])
        sizes = [entry for entry in TABLE["key_sizes"] if entry["label"] == label["text"]]
        for entry in sizes:
            if _fits(label["path"], entry.get("paths", ["*"])):
                says["key_size"] = entry["key_size"]
        site = (label["path"], label["line"], says.get("family"), says.get("protocol"))
        first = told.setdefault(site, label | says)
        told[site] = {name: first[name] for name in first if name in label or first[name] == says.get(name)}
    return list(told.values())


def _meant(labels: Iterable[Label]) -> set[tuple[object, ...]]:
    return {(label["path"], label["line"], family) for label in labels for family in _families(label)}


def _families(label: Label) -> list[str]:
    return _listed(TABLE["labels"][label["text"]].get("family", []))


def _is_listed(entry: Mapping[str, Any], which: str, path: str, name: str) -> bool:
    """Whether a table of patterns of paths and names holds a name."""
    return any(
        fnmatchcase(path, of) and _fits(name, _listed(names)) for of, names in entry.get(which, {}).items()
    )


def _fits(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def _suffix(path: str) -> str:
    return path.rpartition(".")[2]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
