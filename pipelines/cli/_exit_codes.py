"""Exit codes that commands end with themselves; the others are click's, or that of `InputError`."""

BAD_INPUT = 2
"""Something that was asked for could not be had; the rest was done."""
INTERRUPTED = 130
"""As a shell reports a program that ended by SIGINT."""
