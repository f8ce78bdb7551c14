"""What a commit object itself says, where `git log` shows less.

Git hides the parents of a commit at the edge of a shallow clone, and shows no time before 1970.
"""

import re
from dataclasses import dataclass

_TIME = re.compile(rb"> (-?\d{1,19})(?: ([+-]\d{1,9}))?\s*")
_INT64_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Moment:
    """Epoch seconds, and the UTC offset as written (+hhmm as a signed number); null where not readable."""

    epoch: int | None
    offset: int | None


@dataclass(frozen=True, slots=True)
class RawCommit:
    """Parents and times of a commit object."""

    parents: tuple[str, ...]
    authored: Moment
    committed: Moment


def parse_commit(content: bytes) -> RawCommit:
    """Read the header of a commit object; what is malformed is null."""
    parents, moments = [], {b"author": Moment(None, None), b"committer": Moment(None, None)}
    for line in content.partition(b"\n\n")[0].split(b"\n"):
        key, _, value = line.partition(b" ")
        if key == b"parent":
            parents.append(value.decode("ascii", "backslashreplace"))
        elif key in moments:
            moments[key] = read_moment(value)
    return RawCommit(tuple(parents), moments[b"author"], moments[b"committer"])


def read_moment(identity: bytes) -> Moment:
    """The time at the end of a line such as `author Name <address> 1700000000 +0800`."""
    found = _TIME.fullmatch(identity, max(identity.rfind(b">"), 0))
    if found is None:
        return Moment(None, None)
    epoch, offset = int(found[1]), None if found[2] is None else int(found[2])
    return Moment(epoch if abs(epoch) <= _INT64_MAX else None, offset)
