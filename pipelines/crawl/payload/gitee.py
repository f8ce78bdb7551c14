"""Webhooks of Gitee. Source: Gitee help, "WebHook 推送数据格式说明"."""

from datetime import datetime

from pipelines.crawl.forge import gitee
from pipelines.crawl.forge.values import Document, document, identifier
from pipelines.crawl.payload.told import Told, host_of
from pipelines.crawl.payload.webhooks import Webhook

PARSER = "gitee-webhook"


def read(payload: Document, at: datetime) -> Told | None:  # noqa: ARG001  # every kind is given both
    """What a webhook tells; null if it is about no repository."""
    repository = document(payload.get("repository") or payload.get("project"))
    host = host_of(repository.get("html_url") or repository.get("url"))
    found = gitee.read_repository(host, repository) if host else None
    if host is None or found is None:
        return None
    key, rows = found
    told = Told(host, key, PARSER, repository_rows=rows)
    issue, change = document(payload.get("issue")), document(payload.get("pull_request"))
    if issue.get("title"):
        told.add(gitee.issues([issue]))
    if change.get("title"):
        told.add(gitee.change_requests([change]))
    comment, number = document(payload.get("comment")), identifier(change.get("number"))
    if comment and issue:
        told.add(gitee.issue_comments([{**comment, "target": {"issue": {"number": issue.get("number")}}}]))
    elif comment and number:
        told.add(gitee.change_comments([{**comment, "pull_request_url": f"/pulls/{number}"}]))
    return told


WEBHOOK = Webhook("Gitee", "hook_name", read)
