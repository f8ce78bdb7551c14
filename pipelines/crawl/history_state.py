"""What a reading of a history leaves for the next one."""

import hashlib
import json
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter, ValidationError

from pipelines.crawl.languages import languages_version

SCANNER = "chainatlas-history"
SCANNER_VERSION = "2"


def history_fingerprint(person_key: bytes) -> str:
    """Changes whenever the reader or the key of the pseudonyms does: a history is read again exactly then."""
    key = hashlib.sha256(b"key of people: " + person_key).hexdigest()[:12]
    return f"{SCANNER}/{SCANNER_VERSION};languages/{languages_version()};people/{key}"


@dataclass(frozen=True, slots=True)
class HistoryState:
    """The situation of a repository when its history was read; JSON in `raw.repository_scan.state`."""

    fingerprint: str
    """Version of the reader."""
    head: str | None
    """Commit that was read; null for a repository without commits."""
    mailmap: str | None = None
    """Blob id of the `.mailmap` of that commit."""
    tags: str | None = None
    """Digest of the tags; null if there were none."""
    shallow: str | None = None
    """Digest of the edge of a shallow clone; null for a whole one."""
    broken: bool = False
    """Commits were missing or corrupt, and what only they lead to was not read."""
    missing: tuple[str, ...] = ()
    """Some of the commits that have no lines because a tree or blob was missing."""
    stopped_after: float | None = None
    """Seconds after which counting lines was given up; null if it came to its end."""
    former_heads: tuple[str, ...] = ()
    """Heads of earlier readings that reach commits which `head` does not, newest first."""

    def to_json(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> "HistoryState | None":
        """The state, or null if the text is of a reader that kept another one."""
        try:
            return _STATE.validate_json(text)
        except ValidationError:
            return None


_STATE = TypeAdapter(HistoryState)
"""Made once: that takes a millisecond, and every repository of a run has a state."""
