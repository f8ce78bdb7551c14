"""What may be shown of people: counts under five are folded, unless the workspace says otherwise."""

FOLD = 5
"""The smallest group whose size is shown (k-anonymity with k = 5)."""


def folded(count: str) -> str:
    """SQL for a count of people as text: `<5` for one to four, unless `privacy.show_people` is set.

    `count` is a SQL expression over the published copy, whose `meta.parameter` holds the setting.
    """
    shown = "(select value = 'true' from meta.parameter where name = 'show_people')"
    is_small = f"{count} between 1 and {FOLD - 1} and not {shown}"
    return f"case when {is_small} then '<{FOLD}' else ({count})::varchar end"
