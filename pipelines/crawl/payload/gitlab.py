"""Webhooks of GitLab. Source: GitLab Docs, "Webhook events".

Their times are `2017-09-15 16:50:55 UTC` or ISO 8601, authors are told by id alone, and when something was
closed or merged is told by the event itself.
"""

import re
from datetime import datetime
from typing import Any

from pipelines.crawl.forge import gitlab
from pipelines.crawl.forge.interface import Rows
from pipelines.crawl.forge.values import Document, document, documents, identifier, time
from pipelines.crawl.payload.told import Told, host_of
from pipelines.crawl.payload.webhooks import Webhook

PARSER = "gitlab-webhook"
_UNTOLD = frozenset({"comments", "reactions", "milestone", "is_locked", "closed_by_id", "merged_by_id"})
_OLD_TIME = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC")
_TIMES = ("created_at", "updated_at", "closed_at", "merged_at")
_APPROVALS = {"approved": "approved", "unapproved": "dismissed"}


def read(payload: Document, at: datetime) -> Told | None:  # noqa: ARG001  # every kind is given both
    """What a webhook tells; null if it is about no project."""
    project = document(payload.get("project"))
    host = host_of(project.get("web_url"))
    found = gitlab.read_repository(host, project) if host else None
    if host is None or found is None:
        return None
    key, rows = found
    told = Told(host, key, PARSER, repository_rows=rows, untold=_UNTOLD)
    read_kind = {"issue": _issue, "merge_request": _merge_request, "note": _note}.get(
        str(payload.get("object_kind"))
    )
    if read_kind is not None:
        told.add(read_kind(payload, _entry(payload)))
    return told


def _entry(payload: Document) -> dict[str, Any]:
    """The object in the form of the API."""
    attributes = document(payload.get("object_attributes"))
    entry = {**attributes, **{name: _time(attributes.get(name)) for name in _TIMES}}
    author = attributes.get("author_id")
    known = [document(payload.get("user")), *documents(payload.get("assignees"))]
    entry["author"] = next((person for person in known if person.get("id") == author), {"id": author})
    entry["assignees"] = payload.get("assignees")
    entry["reviewers"] = payload.get("reviewers")
    entry["labels"] = [label.get("title") for label in documents(payload.get("labels"))]
    entry["sha"] = document(attributes.get("last_commit")).get("id")
    return entry


def _issue(payload: Document, entry: dict[str, Any]) -> Rows:  # noqa: ARG001  # as the others
    return gitlab.issues([entry]) if _is_dated(entry, "closed", "close", "closed_at") else {}


def _merge_request(payload: Document, entry: dict[str, Any]) -> Rows:
    dated = _is_dated(entry, "closed", "close", "closed_at") and _is_dated(
        entry, "merged", "merge", "merged_at"
    )
    rows = gitlab.change_requests([entry]) if dated else {}
    state, number = _APPROVALS.get(str(entry.get("action"))), identifier(entry.get("iid"))
    if state and number:
        user = document(payload.get("user"))
        at = time(entry["updated_at"])
        review = {
            "number": number,
            "state": state,
            "author_id": identifier(user.get("id")),
            "submitted_at": at,
        }
        rows = {**rows, "review": [review]}
    return rows


def _is_dated(entry: dict[str, Any], state: str, action: str, column: str) -> bool:
    """Whether it is known when the state came, filled in from the event that brought it."""
    if entry.get("state") != state:
        return True
    if entry.get(column) is None and entry.get("action") == action:
        entry[column] = entry.get("updated_at")
    return entry.get(column) is not None


def _note(payload: Document, entry: dict[str, Any]) -> Rows:
    kinds = {"Issue": ("issue", "issue"), "MergeRequest": ("change_request", "merge_request")}
    table, name = kinds.get(str(entry.get("noteable_type")), (None, ""))
    number = identifier(document(payload.get(name)).get("iid")) if table else None
    if table is None or number is None:
        return {}
    return gitlab.notes(table, number, [{**entry, "body": entry.get("note", entry.get("body"))}])


def _time(value: Any) -> Any:
    found = _OLD_TIME.fullmatch(value) if isinstance(value, str) else None
    return f"{found[1]}T{found[2]}Z" if found else value


WEBHOOK = Webhook("GitLab", "object_kind", read)
