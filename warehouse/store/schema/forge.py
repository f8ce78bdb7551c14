"""What forges tell of repositories: issues, change requests, reviews, comments, releases, accounts.

A repository is known by the forge's numeric id, so that a rename or transfer keeps its history; join its
name with `forge_repository.repo_id`. Rows are upserted by the key that the table's grain names and survive
what the forge deletes: `removed_at` says since when it is gone. Whoever did something is named by a keyed
digest of the account (`warehouse.people.account_id`); ids, logins, names and addresses stand in
`forge_account` (and, for authors without account, `forge_contributor`) alone, in personal columns.

What was asked, and up to when the rows are complete, is `forge_crawl`: an endpoint that was never crawled
has no rows and that is no zero.
"""

from warehouse.store.schema.columns import BIG, BOOL, DATE, INT, TEXT, TEXTS, TIME, Table, table

_FORGE = ("forge", TEXT, "host of the forge, such as github.com")
_REPOSITORY = (_FORGE, ("repository_id", BIG, "the forge's numeric id of the repository"))
_PRODUCER = (
    ("observed_at", TIME, "when the forge said so, by its own clock where it tells it"),
    ("parser", TEXT, "what produced the row, such as github-api"),
    ("parser_version", TEXT, "version of what produced the row"),
)
_REMOVED = ("removed_at", TIME, "when it was first found to be gone from the forge; null while it is there")
_ASSOCIATION = (
    "author_association",
    TEXT,
    "what the author is to the repository, in the forge's words (MEMBER, CONTRIBUTOR …); null if not told",
)
_AUTHOR = ("author_id", TEXT, "author, as in forge_account; null for an account that was deleted")
_CREATED = ("created_at", TIME, "when it was created")
_UPDATED = ("updated_at", TIME, "when it last changed, by the forge")
_BODY = ("body_length", INT, "characters of the text, which is not kept; null if not told")

_THREAD = (
    *_REPOSITORY,
    ("number", TEXT, "number within the repository, as people cite it"),
)
_THREAD_FACTS = (
    ("title", TEXT, "personal; title, which may name people"),
    _AUTHOR,
    _ASSOCIATION,
    ("assignee_ids", TEXTS, "assignees, as in forge_account"),
    ("labels", TEXTS, "labels"),
    ("milestone", TEXT, "milestone, null if none"),
    ("comments", INT, "comments as the forge counts them; null if not told"),
    ("reactions", INT, "reactions as the forge counts them; null if not told"),
    ("is_locked", BOOL, "closed to comments; null if not told"),
    _BODY,
    _CREATED,
    _UPDATED,
    ("closed_at", TIME, "when it was closed (or merged) last; null while it is open"),
)

TABLES: tuple[Table, ...] = (
    table(
        "forge_repository",
        "one per forge and repository id",
        *_REPOSITORY,
        ("repo_id", TEXT, "canonical id by its present name: host/owner/name; joins raw.repository"),
        ("in_workspace", BOOL, "reached from the workspace by the last crawl"),
        ("owner_kind", TEXT, "organization or user; null if not told"),
        ("owner_id", TEXT, "owner, as in forge_account; null where organizations are no accounts"),
        ("description", TEXT, "one line"),
        ("homepage", TEXT, "home page"),
        ("language", TEXT, "main language as the forge says"),
        ("topics", TEXTS, "topics; null if not told"),
        ("licence", TEXT, "licence as the forge recognises it, an SPDX id where it has one; null if none"),
        ("default_branch", TEXT, "default branch"),
        ("stars", INT, "stars now; null if not told"),
        ("forks", INT, "forks now; null if not told"),
        ("watchers", INT, "accounts that follow its activity; null if not told"),
        ("open_issues", INT, "open issues as the forge counts them (GitHub: with change requests)"),
        ("size_kib", BIG, "size as the forge says, KiB; null if not told"),
        ("is_fork", BOOL, "fork of another repository of the forge"),
        ("parent_id", BIG, "repository id of what it is a fork of; null if none or not told"),
        ("parent_repo_id", TEXT, "canonical id of what it is a fork of; null likewise"),
        ("is_archived", BOOL, "read-only by its owner's word; null if not told"),
        ("is_private", BOOL, "not readable by everybody"),
        ("mirror_url", TEXT, "what it mirrors; null if none or not told"),
        _CREATED,
        _UPDATED,
        ("pushed_at", TIME, "last push; null if not told"),
        _REMOVED,
        *_PRODUCER,
    ),
    table(
        "forge_repository_name",
        "one per forge, repository id and name that it was reached by or carried",
        *_REPOSITORY,
        ("repo_id", TEXT, "canonical id by that name"),
        ("first_seen_at", TIME, "first crawl that met the name"),
        ("last_seen_at", TIME, "last crawl that met the name"),
    ),
    table(
        "forge_repository_count",
        "one per forge, repository id and day of a crawl",
        *_REPOSITORY,
        ("day", DATE, "day of the crawl, UTC"),
        ("stars", INT, "stars; null if not told"),
        ("forks", INT, "forks; null if not told"),
        ("watchers", INT, "accounts that follow its activity; null if not told"),
        ("open_issues", INT, "open issues as the forge counts them"),
    ),
    table(
        "forge_account",
        "one per forge and account that owns, wrote or did something",
        _FORGE,
        ("account_id", TEXT, "keyed digest of the forge and its id of the account"),
        ("login_id", TEXT, "keyed digest of the forge and the login"),
        ("email_id", TEXT, "keyed digest of the public e-mail; null if none is told"),
        ("number", TEXT, "personal; the forge's id of the account, a number but for GitCode"),
        ("kind", TEXT, "user, bot or organization, as the forge says"),
        ("login", TEXT, "personal; login"),
        ("name", TEXT, "personal; name in the profile"),
        ("email", TEXT, "personal; public e-mail in the profile"),
        ("company", TEXT, "personal; employer as the person writes it"),
        ("location", TEXT, "personal; place as the person writes it"),
        ("homepage", TEXT, "personal; page in the profile"),
        ("followers", INT, "followers; null while the profile was not read"),
        ("public_repositories", INT, "public repositories; null likewise"),
        ("created_at", TIME, "when the account was made; null likewise"),
        ("profile_at", TIME, "when the profile was read; null = only met as an author"),
        _REMOVED,
        *_PRODUCER,
    ),
    table(
        "issue",
        "one per forge, repository id and number; change requests are not among them",
        *_THREAD,
        ("issue_id", TEXT, "the forge's id"),
        ("state", TEXT, "open or closed"),
        ("state_detail", TEXT, "in the forge's words: completed, not_planned, progressing, rejected …"),
        *_THREAD_FACTS,
        ("closed_by_id", TEXT, "who closed it, as in forge_account; null if not told"),
        (
            "detailed_at",
            TIME,
            "`updated_at` at which its comments were read, where no list has all of them; else null",
        ),
        _REMOVED,
        *_PRODUCER,
    ),
    table(
        "change_request",
        "one per forge, repository id and number (pull request, merge request)",
        *_THREAD,
        ("change_request_id", TEXT, "the forge's id; null until it was read"),
        ("state", TEXT, "open, merged or closed (without merge)"),
        *_THREAD_FACTS,
        ("merged_at", TIME, "when it was merged; null if it was not"),
        ("merged_by_id", TEXT, "who merged it, as in forge_account; null if not told"),
        ("closed_by_id", TEXT, "who closed it, as in forge_account; null if not told"),
        ("reviewer_ids", TEXTS, "who was asked for a review, as in forge_account; null if not told"),
        ("is_draft", BOOL, "not ready for review; null if not told"),
        (
            "source_branch",
            TEXT,
            "personal; branch that it comes from, often named after a person; null if not told",
        ),
        ("target_branch", TEXT, "branch that it goes to; null if not told"),
        ("is_from_fork", BOOL, "comes from another repository; null if not told"),
        ("merge_commit_sha", TEXT, "commit of the merge; null if not told or not merged"),
        ("head_commit_sha", TEXT, "last commit of the change; null if not told"),
        ("commits", INT, "commits; null until its details were read"),
        ("files", INT, "files changed; null likewise"),
        ("added", BIG, "lines added; null likewise"),
        ("deleted", BIG, "lines deleted; null likewise"),
        ("review_comments", INT, "comments on code as the forge counts them; null likewise"),
        ("detailed_at", TIME, "`updated_at` at which details and reviews were read; null = they never were"),
        _REMOVED,
        *_PRODUCER,
    ),
    table(
        "review",
        "one per forge, repository id, change request, review id and author; without an id: per author",
        *_THREAD,
        ("review_id", TEXT, "the forge's id; null where it gives reviews none"),
        ("state", TEXT, "approved, changes_requested, commented or dismissed"),
        _AUTHOR,
        _ASSOCIATION,
        ("commit_sha", TEXT, "commit that was reviewed; null if not told"),
        ("submitted_at", TIME, "when it was given; null if not told"),
        _BODY,
        *_PRODUCER,
    ),
    table(
        "comment",
        "one per forge, repository id, kind of comment (on_code) and comment id",
        *_REPOSITORY,
        ("comment_id", TEXT, "the forge's id"),
        ("on_code", BOOL, "on lines of a change request's code, else in the thread"),
        ("thread", TEXT, "issue or change_request; null if it cannot be told"),
        ("number", TEXT, "number of the issue or change request"),
        _AUTHOR,
        _ASSOCIATION,
        ("review_id", TEXT, "review that the comment on code belongs to; null if not told"),
        ("in_reply_to_id", TEXT, "comment that it answers; null if none or not told"),
        ("reactions", INT, "reactions; null if not told"),
        _BODY,
        _CREATED,
        _UPDATED,
        _REMOVED,
        *_PRODUCER,
    ),
    table(
        "release",
        "one per forge, repository id and tag",
        *_REPOSITORY,
        ("tag", TEXT, "tag"),
        ("release_id", TEXT, "the forge's id; null if it has none"),
        ("name", TEXT, "title"),
        _AUTHOR,
        ("is_prerelease", BOOL, "not for general use; null if not told"),
        ("is_draft", BOOL, "not public yet; null if not told"),
        ("target", TEXT, "branch or commit that the tag was made from; null if not told"),
        ("assets", INT, "files attached; null if not told"),
        ("downloads", BIG, "downloads of the files so far; null if not told"),
        _BODY,
        _CREATED,
        ("published_at", TIME, "when it was published; null for a draft"),
        _REMOVED,
        *_PRODUCER,
    ),
    table(
        "forge_tag",
        "one per forge, repository id and tag, as the forge lists them",
        *_REPOSITORY,
        ("tag", TEXT, "tag"),
        ("commit_sha", TEXT, "commit that it points at"),
        ("committed_at", TIME, "committer time of that commit; null if not told"),
        _REMOVED,
        *_PRODUCER,
    ),
    table(
        "forge_contributor",
        "one per forge, repository id and author of commits as the forge counts them; replaced whole",
        *_REPOSITORY,
        ("account_id", TEXT, "account, as in forge_account; null for commits whose address no account has"),
        ("email_id", TEXT, "keyed digest of the address, where there is no account"),
        ("name", TEXT, "personal; name in the commits, where there is no account"),
        ("email", TEXT, "personal; address in the commits, likewise"),
        ("contributions", INT, "commits to the default branch"),
        *_PRODUCER,
    ),
    table(
        "forge_crawl",
        "one per forge, subject and endpoint: what was asked last, how it ended, how far the rows reach",
        _FORGE,
        ("subject", TEXT, "canonical repository id; host/owner for an owner's list; the host for all of it"),
        ("repository_id", BIG, "numeric id; null for what is no repository or was never found"),
        (
            "endpoint",
            TEXT,
            "repository, repositories, issues, change_requests, details, comments, code_comments, releases, "
            "tags, contributors or profiles; `*` where all of the subject was skipped",
        ),
        (
            "status",
            TEXT,
            "complete, unchanged (nothing new), partial (goes on next time), skipped, failed or unsupported",
        ),
        ("reason", TEXT, "why it is not complete; null if it is"),
        ("covered_to", TIME, "everything until then is in the rows; null = not covered at all"),
        ("items_known", BIG, "of how many things details are wanted; null where a list is all there is"),
        ("items_done", BIG, "of these, how many have theirs; null likewise"),
        ("requests", INT, "requests of the last crawl"),
        ("rows", BIG, "rows received by the last crawl"),
        ("began_at", TIME, "when the last crawl of it began, our clock"),
        ("ended_at", TIME, "when it ended, our clock"),
    ),
    table(
        "forge_cursor",
        "one per forge, subject and endpoint: where the next request goes on; written with the page's rows",
        _FORGE,
        ("subject", TEXT, "numeric repository id as text, or owner for an owner's list"),
        ("endpoint", TEXT, "as in forge_crawl, or a list about one thread that takes several runs"),
        ("since", TIME, "everything that changed before is stored; null = from the beginning"),
        ("page", INT, "pages of the request with that `since` that are stored"),
        ("next_url", TEXT, "page that follows, where the forge names it; never with credentials"),
        ("began_at", TIME, "when the pass began, by the forge's clock; null if none is under way"),
        ("is_full", BOOL, "the pass under way reads everything again"),
    ),
    table(
        "forge_etag",
        "one per forge and request whose answer is stored",
        _FORGE,
        ("request", TEXT, "path and query, without credentials"),
        ("etag", TEXT, "ETag of the answer"),
        ("last_modified", TEXT, "Last-Modified of the answer; null if not told"),
        ("next_url", TEXT, "page that follows; null if it was the last"),
        ("rows", INT, "rows that the answer held"),
        ("observed_at", TIME, "when it was answered"),
    ),
    table(
        "forge_rate_limit",
        "one per forge, token and kind of limit, as last told",
        _FORGE,
        ("token_mark", TEXT, "a keyed hash by which the token is recognised; null for requests without one"),
        ("resource", TEXT, "what is limited: core, secondary …"),
        ("remaining", INT, "requests left until the reset; null if not told"),
        ("reset_at", TIME, "when requests are allowed again"),
        ("observed_at", TIME, "when the forge said so"),
    ),
)

KEYS: dict[str, tuple[str, ...]] = {
    "forge_repository": ("forge", "repository_id"),
    "forge_repository_name": ("forge", "repository_id", "repo_id"),
    "forge_repository_count": ("forge", "repository_id", "day"),
    "forge_account": ("forge", "account_id"),
    "issue": ("forge", "repository_id", "number"),
    "change_request": ("forge", "repository_id", "number"),
    "review": ("forge", "repository_id", "number", "review_id", "author_id"),
    "comment": ("forge", "repository_id", "on_code", "comment_id"),
    "release": ("forge", "repository_id", "tag"),
    "forge_tag": ("forge", "repository_id", "tag"),
    "forge_contributor": ("forge", "repository_id", "account_id", "name", "email"),
    "forge_crawl": ("forge", "subject", "endpoint"),
    "forge_cursor": ("forge", "subject", "endpoint"),
    "forge_etag": ("forge", "request"),
    "forge_rate_limit": ("forge", "token_mark", "resource"),
}
"""The columns by which a row takes the place of an earlier one; nulls are equal to each other."""

DETAILS: dict[str, tuple[str, tuple[str, ...]]] = {
    "forge_account": (
        "profile_at",
        (
            *("name", "email", "email_id", "company", "location", "homepage"),
            *("followers", "public_repositories", "created_at", "profile_at"),
        ),
    ),
    "issue": ("detailed_at", ("detailed_at",)),
    "change_request": (
        "detailed_at",
        (
            *("change_request_id", "merged_by_id", "closed_by_id", "reviewer_ids"),
            *("source_branch", "target_branch", "is_from_fork", "merge_commit_sha", "head_commit_sha"),
            *("commits", "files", "added", "deleted", "review_comments", "detailed_at"),
        ),
    ),
}
"""Columns that only some answers tell, and the column that is null in rows of the others: such a row leaves
them as they are where it holds null."""

ACCOUNTS = frozenset(
    {
        *("author_id", "owner_id", "closed_by_id", "merged_by_id", "account_id", "actor_id"),
        *("assignee_ids", "reviewer_ids"),
    }
)
"""Columns that name accounts by their digests."""
