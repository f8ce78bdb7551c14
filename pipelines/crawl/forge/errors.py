"""How asking a forge ends without an answer.

CrawlError (pipelines.errors)
└── ForgeError
    ├── ForgeStopped       nothing more can be asked of this forge in this run
    │   ├── RateLimited    all tokens are used up; `until` says for how long
    │   ├── Refused        no token that the forge accepts
    │   └── Unreachable    no answer at all
    ├── Gone               the thing asked for is not there (any more)
    └── Unanswered         the forge failed, or answered what cannot be read
"""

from datetime import datetime

from pipelines.errors import CrawlError


class ForgeError(CrawlError):
    """A forge did not give what was asked for; the message names no credentials."""


class ForgeStopped(ForgeError):
    """Nothing more can be asked of this forge in this run."""


class RateLimited(ForgeStopped):
    """All tokens are used up."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"rate limit until {until:%Y-%m-%d %H:%M:%S} UTC")
        self.until = until


class Refused(ForgeStopped):
    """There is no token that the forge accepts."""


class Unreachable(ForgeStopped):
    """The forge does not answer at all."""


class Gone(ForgeError):
    """What was asked for is not there: deleted, made private, switched off or never offered."""


class Unanswered(ForgeError):
    """The forge failed, or answered what cannot be read."""
