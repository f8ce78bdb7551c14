"""The kinds of forges, and the forges that are known by their host."""

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
    api: str
    """Where the API of a host is, with `{host}`."""
    variable: str
    """Environment variable that holds tokens, unless the workspace names others."""


KINDS: dict[str, Kind] = {
    "github": Kind(Github, GithubClient, "https://{host}/api/v3", "GITHUB_TOKEN"),
    "gitee": Kind(Gitee, GiteeClient, "https://{host}/api/v5", "GITEE_TOKEN"),
    "gitcode": Kind(Gitcode, GiteeClient, "https://api.{host}/api/v5", "GITCODE_TOKEN"),
    "gitlab": Kind(Gitlab, GitlabClient, "https://{host}/api/v4", "GITLAB_TOKEN"),
}

KNOWN_HOSTS: dict[str, tuple[str, str]] = {
    "github.com": ("github", "https://api.github.com"),
    "gitee.com": ("gitee", "https://gitee.com/api/v5"),
    "gitcode.com": ("gitcode", "https://api.gitcode.com/api/v5"),
    "atomgit.com": ("gitcode", "https://api.atomgit.com/api/v5"),
    "gitlab.com": ("gitlab", "https://gitlab.com/api/v4"),
    "jihulab.com": ("gitlab", "https://jihulab.com/api/v4"),
}
"""Kind and API by host, for hosts that need no more than to be named."""
