"""Text from repositories on a terminal."""

_LONGEST = 500


def printable(text: str) -> str:
    """The text with lines of readable length and escapes instead of characters that a terminal obeys.

    File names and lock files are untrusted: a control sequence or a right-to-left override in one could hide
    or forge what stands on the screen.
    """
    return "\n".join(_printable_line(line) for line in text.split("\n"))


def _printable_line(line: str) -> str:
    shown = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in shown
    )
