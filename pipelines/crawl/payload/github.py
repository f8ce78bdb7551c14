"""Payloads of GitHub: webhooks, and public events, whose payloads are the same without the repository.

Source: GitHub Docs, "Webhook events and payloads". Since 7 October 2025 change requests in public events are
trimmed to ids and branches: those give no row, because what is left out is no null.
"""

from datetime import datetime

from pipelines.crawl.forge import github
from pipelines.crawl.forge.interface import RepositoryKey, Rows
from pipelines.crawl.forge.values import Document, document, identifier
from pipelines.crawl.payload.told import Told, host_of
from pipelines.crawl.payload.webhooks import Webhook

PARSER = "github-webhook"


def read(payload: Document, at: datetime) -> Told | None:
    """What a webhook tells; null if it is about no repository."""
    repository = document(payload.get("repository"))
    host = host_of(repository.get("html_url"))
    found = github.read_repository(host, repository) if host else None
    if host is None or found is None:
        return None
    key, rows = found
    told = Told(host, key, PARSER, repository_rows=rows)
    read_parts(told, payload, at)
    return told


def read_event(payload: Document, key: RepositoryKey, at: datetime) -> Told:
    """What the payload of a public event tells of its repository."""
    told = Told("github.com", key, "github-event")
    read_parts(told, payload, at)
    return told


def read_parts(told: Told, payload: Document, at: datetime) -> None:
    """Issue, change request, review, comment and release of a payload."""
    issue, change = document(payload.get("issue")), document(payload.get("pull_request"))
    review, comment = document(payload.get("review")), document(payload.get("comment"))
    release = document(payload.get("release"))
    is_removal = payload.get("action") in ("deleted", "transferred")
    if issue.get("title"):
        told.add(_removed(github.threads([issue]), at, is_removal and not comment))
    if change.get("title"):
        told.add(_change_request(change))
    number = identifier(change.get("number"))
    if review and number:
        told.add(github.reviews(number, [review]))
    if comment:
        read_comments = github.code_comments if change else github.comments
        told.add(_removed(read_comments([comment]), at, is_removal))
    if release.get("tag_name"):
        told.add(_removed(github.releases([release]), at, is_removal))


def _change_request(change: Document) -> Rows:
    """The thread of a change request together with what only its own document tells."""
    rows = github.threads([{**change, "pull_request": {"merged_at": change.get("merged_at")}}])
    details = github.change_request_details(change)
    for row in rows["change_request"]:
        row |= {name: value for name, value in details["patch"][0].items() if value is not None}
    return {
        "change_request": rows["change_request"],
        "forge_account": rows["forge_account"] + details["forge_account"],
    }


def _removed(rows: Rows, at: datetime, is_removal: bool) -> Rows:
    if is_removal:
        for table in rows.keys() - {"forge_account"}:
            for row in rows[table]:
                row["removed_at"] = at
    return rows


WEBHOOK = Webhook("GitHub", None, read)
