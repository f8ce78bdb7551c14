"""The pieces of version keys: ASCII text whose bytewise order is the order of what it stands for.

Keys use the characters `!` to `}` only, so that a space ends before, and `~` stands after, every key. Numbers
begin with a letter or digit; the marks below `0` and the brackets above `z` are free for what an order places
before and after a number.
"""

import re
from functools import lru_cache

_LENGTHS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LONGEST = len(_LENGTHS) - 1
_NOT_PLAIN = re.compile(r"[^#-|]")

TEXT_END = "!"
"""What `text_key` ends with."""


@lru_cache(maxsize=1 << 14)
def number_key(digits: str) -> str:
    """Decimal digits by value: their count, then they themselves; leading zeros do not count."""
    digits = digits.lstrip("0")
    if len(digits) < _LONGEST:
        return _LENGTHS[len(digits)] + digits
    return _LENGTHS[_LONGEST] + number_key(str(len(digits))) + digits


def text_key(text: str) -> str:
    """Any text by its code points; a text comes before those that it begins."""
    return _NOT_PLAIN.sub(_escape, text) + TEXT_END


def _escape(match: re.Match[str]) -> str:
    point = ord(match[0])
    return f'"{point:02X}' if point <= ord('"') else f"}}{point:06X}"
