"""The patterns of bots.yaml, for SQL: which addresses and names are those of programs."""

from functools import cache
from pathlib import Path

import yaml

DATA = "bots.yaml"


@cache
def bot_patterns() -> dict[str, str]:
    """One regular expression for the whole text of each of `emails` and `names`, in any letter case."""
    patterns = yaml.safe_load(Path(__file__).with_name(DATA).read_text(encoding="utf-8"))
    return {kind: "|".join(f"(?:{pattern})" for pattern in patterns[kind]) for kind in ("emails", "names")}
