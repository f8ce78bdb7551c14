"""What each kind of forge answers."""

from gitee_routes import gitcode, gitee
from github_routes import github
from gitlab_routes import gitlab

ROUTES = {"github": github, "gitee": gitee, "gitcode": gitcode, "gitlab": gitlab}
PREFIXES = {"github": "", "gitee": "/api/v5", "gitcode": "/api/v5", "gitlab": "/api/v4"}
