"""Text from repositories on a terminal."""

_LONGEST = 500


def printable(text: str) -> str:
    """The text cut to a readable length, with escapes instead of characters that a terminal obeys.

    File names and lock files are untrusted: a control sequence or a right-to-left override in one could hide
    or forge what stands on the screen.
    """
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode("ascii")
        for char in shown
    )
