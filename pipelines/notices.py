"""What got worse since the publication before, as a message in the reader's language."""

import hashlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from reports.figures import printable
from reports.texts import Words
from warehouse.store.database import open_published

_SHOWN = 5
_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Notice:
    """One message; `digest` tells it from others, whatever the language."""

    title: str
    body: str
    digest: str


@cache
def _told() -> Sequence[dict[str, Any]]:
    text = files("pipelines").joinpath("notices.yaml").read_text("utf-8")
    loaded: list[dict[str, Any]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return loaded


def compose_notice(published: Path, words: Words) -> Notice | None:
    """The message about the copy in force, or null where nothing of `notices.yaml` happened.

    Raises:
        WarehouseError: nothing is published.
    """
    parts, all_rows = [], []
    with closing(open_published(published)) as con:
        for told in _told():
            rows = con.execute(
                "select kind, change, subject_id, item, before, after, since from meta.change_since "
                "where kind = ? and list_contains(?, change) order by all",
                [told["kind"], told["changes"]],
            ).fetchall()
            if rows:
                all_rows += rows
                parts.append(_part(told["kind"], rows, words))
    if not all_rows:
        return None
    digest = hashlib.sha256(repr(all_rows).encode()).hexdigest()
    since = all_rows[0][-1]
    title = words("notice.title", rows=len(all_rows), since=since.date().isoformat() if since else "–")
    return Notice(title, "\n\n".join(parts), digest)


def _part(kind: str, rows: Sequence[tuple[Any, ...]], words: Words) -> str:
    lines = [words("notice.part", kind=words(f"code.change_kind.{kind}"), rows=len(rows))]
    for _, _, subject, item, before, after, _ in rows[:_SHOWN]:
        change = f": {before or '–'} → {after or '–'}" if before or after else ""
        lines.append(
            f"- {printable(f'{subject} {item}{change}' if item else f'{subject}{change}')[:_CHARACTERS]}"
        )
    if len(rows) > _SHOWN:
        lines.append(words("notice.more", more=len(rows) - _SHOWN))
    return "\n".join(lines)
