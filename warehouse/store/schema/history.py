"""The history of a repository: commits, what they changed, who is named in them, tags.

People stand in `identity` alone; every other table names them by `identity_id`.
"""

from warehouse.store.schema.columns import BIG, BOOL, INT, REPOSITORY, TEXT, TEXTS, Table, table

_HEAD = ("head_sha", TEXT, "HEAD of the run that added the row")
_COMMIT = (REPOSITORY, _HEAD, ("sha", TEXT, "commit id"))
_PARSER = (
    ("parser", TEXT, "what produced the row"),
    ("parser_version", TEXT, "version of what produced the row"),
)

TABLES: tuple[Table, ...] = (
    table(
        "commit",
        "one per repository and commit reachable from HEAD at any time it was read",
        *_COMMIT,
        ("author_id", TEXT, "author, as in raw.identity; null where unreadable or erased"),
        ("committer_id", TEXT, "committer, as in raw.identity; null likewise"),
        ("authored_at", BIG, "author time, epoch seconds"),
        ("author_offset", INT, "author's UTC offset as written, +hhmm as a signed number"),
        ("committed_at", BIG, "committer time, epoch seconds"),
        ("committer_offset", INT, "committer's UTC offset as written, +hhmm as a signed number"),
        ("parents", TEXTS, "parent commit ids"),
        ("first_parent", BOOL, "on the first-parent line from HEAD"),
        (
            "files",
            INT,
            "files changed, renames not followed; null for merges and where objects are missing",
        ),
        ("added", BIG, "lines added; null likewise"),
        ("deleted", BIG, "lines deleted; null likewise"),
        ("vanished", BOOL, "no longer reachable from HEAD after a force-push"),
        *_PARSER,
    ),
    table(
        "commit_language",
        "one per commit and language",
        *_COMMIT,
        ("language", TEXT, "language by file name"),
        ("files", INT, "files changed"),
        ("added", BIG, "lines added"),
        ("deleted", BIG, "lines deleted"),
        *_PARSER,
    ),
    table(
        "commit_folder",
        "one per commit and folder in which it changed files",
        *_COMMIT,
        ("folder", TEXT, "folder of the files, at most two levels deep; empty for the root"),
        ("files", INT, "files changed, binary ones among them"),
        ("added", BIG, "lines added"),
        ("deleted", BIG, "lines deleted"),
        *_PARSER,
    ),
    table(
        "commit_trailer",
        "one per commit and trailer of its message that names somebody",
        *_COMMIT,
        ("position", INT, "place among the trailers of the commit, from 1"),
        ("kind", TEXT, "co-authored-by, signed-off-by or reviewed-by"),
        ("identity_id", TEXT, "who is named, as in raw.identity; null without an address, or erased"),
        *_PARSER,
    ),
    table(
        "identity",
        "one per repository and name with an address that its commits, trailers and tags hold",
        REPOSITORY,
        _HEAD,
        ("identity_id", TEXT, "keyed digest of name and lower-cased address"),
        ("email_id", TEXT, "keyed digest of the lower-cased address; null if it is empty"),
        ("canonical_email_id", TEXT, "the same of the address that .mailmap gives; null likewise"),
        ("is_mapped", BOOL, ".mailmap gives another name or address"),
        ("name", TEXT, "personal; name as written"),
        ("email", TEXT, "personal; address as written"),
        ("canonical_name", TEXT, "personal; name after .mailmap"),
        ("canonical_email", TEXT, "personal; address after .mailmap"),
        *_PARSER,
    ),
    table(
        "tag",
        "one per repository and tag",
        REPOSITORY,
        _HEAD,
        ("name", TEXT, "name without refs/tags/"),
        ("object_id", TEXT, "object that the tag points at"),
        ("is_annotated", BOOL, "the object is a tag object; null where it is missing"),
        ("commit_sha", TEXT, "commit that it leads to; null for a tag of something else, or a missing one"),
        ("committed_at", BIG, "committer time of that commit, epoch seconds; null where unreadable"),
        ("tagger_id", TEXT, "tagger, as in raw.identity; null for a lightweight tag"),
        ("tagged_at", BIG, "time of the tag object, epoch seconds; null likewise"),
        ("tagger_offset", INT, "its UTC offset as written, +hhmm as a signed number"),
        *_PARSER,
    ),
)
