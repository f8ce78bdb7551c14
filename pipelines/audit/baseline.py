"""The baseline: violations that are known already, so that a build fails for new ones only.

A JSON document with one entry per violation, sorted, with enough in words to review it in a change request.
"""

import json
from pathlib import Path

from pipelines.audit.finding import Violation
from pipelines.errors import PolicyError

_VERSION = 1


def read_baseline(path: Path) -> frozenset[str]:
    """The fingerprints of a baseline.

    Raises:
        PolicyError: the file cannot be read or is no baseline.
    """
    try:
        document = json.loads(path.read_bytes())
        if document["baseline"] != _VERSION:
            raise PolicyError(
                f"{path}: baseline version {document['baseline']}, this program reads {_VERSION}"
            )
        return frozenset(str(entry["fingerprint"]) for entry in document["violations"])
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read: {error.strerror}; --write-baseline makes one") from None
    except json.JSONDecodeError as error:
        raise PolicyError(f"{path}:{error.lineno}: not JSON: {error.msg}") from None
    except (KeyError, TypeError, ValueError, RecursionError):
        raise PolicyError(f"{path}: is no baseline; --write-baseline makes one") from None


def write_baseline(path: Path, violations: tuple[Violation, ...]) -> None:
    """Write all violations as a baseline.

    Raises:
        PolicyError: the file cannot be written.
    """
    entries = sorted(
        {(v.repo_id, v.path or "", v.package_key or "", v.rule, v.subject, v.fingerprint) for v in violations}
    )
    names = ("repo_id", "path", "package", "rule", "subject", "fingerprint")
    document = {
        "baseline": _VERSION,
        "violations": [dict(zip(names, entry, strict=True)) for entry in entries],
    }
    try:
        path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise PolicyError(f"{path}: cannot be written: {error.strerror}") from None
