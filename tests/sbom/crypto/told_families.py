"""What the detector tells of a few files, for tests that compare it with what they say."""

from pathlib import Path

from sbom.crypto.scan import scan_crypto


def families(folder: Path, files: dict[str, str]) -> dict[str, list[str | None]]:
    """Families of the rows by `file:line`."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    found: dict[str, list[str | None]] = {}
    for row in scan_crypto(folder).occurrences:
        found.setdefault(f"{row.path}:{row.line}", []).append(row.family or row.protocol)
    return {place: sorted(rows, key=str) for place, rows in found.items()}
