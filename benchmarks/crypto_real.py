"""Precision and recall of the crypto detector on real repositories, every occurrence of which was labelled.

    python benchmarks/crypto_real.py FOLDER

FOLDER holds the repositories as git directories, in folders named as in the labels (`owner+name/repo`) or by
their last name. The first line of a file in `crypto_labels` names repository and commit, each other one an
occurrence in source code, as `crypto_truth.py` describes. What stands under `left_out` (bundles of others'
code that no reader can label) is not compared, and where there are `folders` only what stands in them.
"""

import json
import sys
from pathlib import Path

from crypto_truth import Score, compare, print_score

from sbom.crypto.scan import scan_crypto

LABELS = Path(__file__).parent / "crypto_labels"


def main(folder: Path) -> None:
    whole = Score()
    for path in sorted(LABELS.glob("*.jsonl")):
        about, *labels = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        git_dir = git_dir_of(folder, about["repository"])
        if git_dir is None:
            print(f"{about['repository']}: not in {folder}")
            continue
        left_out, folders = tuple(about["left_out"]), tuple(about.get("folders", ("",)))
        found = [
            row
            for row in scan_crypto(git_dir, about["commit"]).occurrences
            if row.language != "config"
            and row.path.startswith(folders)
            and not (left_out and row.path.startswith(left_out))
        ]
        score = compare(labels, found, path.stem)
        print(f"== {about['repository']} at {about['commit'][:12]}, {len(labels)} labelled")
        print_score(score)
        whole.add(score)
    print("== all")
    print_score(whole)


def git_dir_of(folder: Path, repository: str) -> Path | None:
    """The git directory of a repository in a folder of them, where it is there."""
    names = (repository.replace("/", "+") + "/repo", repository.rpartition("/")[2])
    return next((folder / name for name in names if (folder / name).is_dir()), None)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
