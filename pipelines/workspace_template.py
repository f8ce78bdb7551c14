"""Write a workspace as a commented `workspace.toml` that runs as it is."""

import glob
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

from pipelines.crawl.repository_id import readable
from pipelines.settings import Enterprise
from pipelines.workspace import Workspace

_HEAD = """\
# The workspace of chainatlas: which region, which enterprises, where their repositories are.
# Written by `chainatlas init`. The enterprises are guesses from folder names: correct them.
# Relative paths count from this file's folder. Unknown keys are errors, with the line.

# state = ".chainatlas"            # where the warehouse, the BOMs and the report are kept
# maven_repository = "m2"          # a local Maven repository: parents and BOMs that repositories do not hold
# as_of = 2026-01-01               # the day the answers hold for; left out = the day of the run

[region]
# country = "CN"                   # ISO 3166: decides which upstreams are foreign
# city = "样例市"
name = {{ zh = {name}, en = {name} }}
# districts = ["东区", "西区"]      # if named, the enterprises' districts must be among them
"""

_TAIL = """
# A watched community: observed, but not counted as the region's own.
# [[communities]]
# id = "upstream"
# repositories = ["mirrors/upstream/*", "https://gitee.com/acme/app"]

# [mirrors]                        # `chainatlas mirror` clones repositories that are named by their address
# protocols = ["https", "ssh"]     # what git may speak
# mebibytes = 20000                # largest mirror
# metadata_only = false            # true: histories without the content of files

# [events]                         # hourly files of GH Archive: stars, issues and change requests by month
# folders = ["gharchive"]
# webhooks = ["deliveries"]        # payloads of GitHub, GitLab and Gitee, one JSON file each

# [registries]                     # `chainatlas registries update` asks for releases, licences, deprecations
# urls = { npm = "https://npm.mirror.example", pypi = "https://pypi.mirror.example" }  # where to ask
# skip = ["pkg:npm/%40acme/*"]     # packages that no registry may hear of
# days = 7                         # what was asked for within so many days is not asked for again
# contact = "ops@acme.example"     # whom registries may write to

# [forges."github.com"]            # ask for issues, change requests, reviews, releases: `chainatlas crawl`
# owners = ["acme"]                # all repositories of these; those above are asked for by their remotes
# token_variables = ["GITHUB_TOKEN"]  # where tokens are; without one the forge is skipped
# token_file = "github.token"      # or one a line, in a file that only you can read
# [forges."git.acme.example"]      # github.com, gitee.com, gitcode.com, gitlab.com are known by their names
# kind = "gitlab"                  # github, gitee, gitcode or gitlab
# api = "https://git.acme.example/api/v4"

# Who worked where, for people whose e-mail domain does not tell.
# [[roster]]
# email = "alice@mail.example"
# enterprise = "one"
# from = 2023-01-01                # first and last day; left out = always, still
# to = 2024-12-31

[taxonomy]
packaged = true                    # the industry chains that come with chainatlas
folders = []                       # your own, which override them by id

# [crypto]
# folders = ["policies"]           # your own policies for cryptography; they replace packaged ones by name

# A figure that repositories cannot show: it stands beside what was observed and is never mixed in.
# [[indicators]]
# subject = "enterprise:one"       # region, enterprise:ID, chain:ID, segment:ID or park:NAME
# name = "revenue"
# value = 12.5
# unit = "CNY million"
# as_of = 2025-12-31
# signed_by = "who answers for it"

# Addresses of one person that nothing else joins, as somebody stated on a day.
# [[identities]]
# emails = ["somebody@acme.example", "somebody@mail.example"]
# on = 2026-01-31

[privacy]
show_people = false                # people are shown under pseudonyms

# [snapshots]                      # when exposures came in and went out: read the past of each repository too
# months = 12                      # one commit a month; or tags = "v*"

# [storage]                        # the published copy elsewhere too, and what other machines scan
# address = "s3://bucket/atlas"    # or a folder; credentials come from the environment

# [warehouse]                      # memory of tables and queries; null = half of the machine's
# memory_bytes = 4294967296

# [limits]                         # bounds on what is read from one repository
# seconds = 300
"""

_ENTERPRISE = """
[[enterprises]]
id = {id}
name = {{ zh = {name}, en = {name} }}
# district = ""
# park = ""
domains = []                       # e-mail domains of its people, such as "acme.example"
repositories = [{repositories}]
"""


def render_workspace(workspace: Workspace, folder: Path) -> str:
    """The file's text; paths of repositories are relative to `folder`, where the file will be."""
    name = _quoted(workspace.settings.region.name.en or readable(Path(workspace.root.name)))
    return _HEAD.format(name=name) + "".join(_enterprises(workspace, folder)) + _TAIL


def _enterprises(workspace: Workspace, folder: Path) -> Iterable[str]:
    prefix = glob.escape(os.path.relpath(workspace.root, folder))
    for owner in workspace.settings.enterprises:
        entries = _shortened(owner, is_only=len(workspace.settings.enterprises) == 1)
        yield _ENTERPRISE.format(
            id=_quoted(owner.id),
            name=_quoted(owner.name.en or owner.id),
            repositories=", ".join(_quoted(_spellable(Path(prefix, entry).as_posix())) for entry in entries),
        )


def _shortened(owner: Enterprise, is_only: bool) -> list[str]:
    """One folder for all repositories below it, so that new ones join without an edit."""
    parts = [Path(entry).parts for entry in owner.repositories]
    if all(len(part) > 1 for part in parts):
        return [parts[0][0]]
    return ["."] if is_only else owner.repositories


def _spellable(entry: str) -> str:
    """TOML is UTF-8: a byte of a file name that is not becomes the wildcard for one character."""
    return re.sub("[\udc80-\udcff]", "?", entry)


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
