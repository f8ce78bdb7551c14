"""The kinds of forges: what asks them and what reads their answers."""

from dataclasses import dataclass
from typing import Any

from pipelines.crawl.forge.clients import GiteeClient, GithubClient, GitlabClient
from pipelines.crawl.forge.gitee import Gitcode, Gitee
from pipelines.crawl.forge.github import Github
from pipelines.crawl.forge.gitlab import Gitlab
from pipelines.crawl.forge.interface import Forge


@dataclass(frozen=True, slots=True)
class Kind:
    """What is needed to ask a forge of one kind."""

    forge: type[Forge]
    client: Any
    """Class of its `Client`."""


KINDS: dict[str, Kind] = {
    "github": Kind(Github, GithubClient),
    "gitee": Kind(Gitee, GiteeClient),
    "gitcode": Kind(Gitcode, GiteeClient),
    "gitlab": Kind(Gitlab, GitlabClient),
}
