"""A repository with findings, the advisories that tell of them, and an audit of it."""

import json
from pathlib import Path

from click.testing import CliRunner, Result
from made_repositories import make_repository

from pipelines.cli import main

LOCK = """\
# yarn lockfile v1


lib@^1.1.0:
  version "1.2.0"

top@1.0.0:
  version "1.0.0"
  dependencies:
    lib "^1.1.0"

evil@1.0.0:
  version "1.0.0"
"""
MANIFEST = {
    "name": "shop",
    "version": "1.0.0",
    "license": "Apache-2.0",
    "dependencies": {"top": "1.0.0"},
    "devDependencies": {"evil": "1.0.0"},
}
ADVISORIES = [
    {
        "id": "GHSA-aaaa-bbbb-cccc",
        "aliases": ["CVE-2026-0001"],
        "modified": "2026-01-01T00:00:00Z",
        "published": "2026-01-01T00:00:00Z",
        "summary": "lib can be made to do anything",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "affected": [
            {
                "package": {"ecosystem": "npm", "name": "lib"},
                "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.5"}]}],
            }
        ],
    },
    {
        "id": "MAL-2026-1",
        "modified": "2026-01-01T00:00:00Z",
        "summary": "Malicious code in evil",
        "affected": [{"package": {"ecosystem": "npm", "name": "evil"}, "versions": ["1.0.0"]}],
    },
]


def make_shop(folder: Path) -> Path:
    """Make a repository `shop` and a folder `osv` of advisories below `folder`."""
    make_repository(folder / "shop", [{"package.json": json.dumps(MANIFEST), "yarn.lock": LOCK}])
    (folder / "osv").mkdir()
    lines = "".join(json.dumps(advisory) + "\n" for advisory in ADVISORIES)
    (folder / "osv" / "npm.jsonl").write_text(lines)
    return folder


def audit(given: Path, *words: str | Path) -> Result:
    fixed = ["audit", given / "shop", "--advisories", given / "osv", "--as-of", "2026-06-30"]
    return CliRunner().invoke(main, [str(word) for word in (*fixed, *words)])
