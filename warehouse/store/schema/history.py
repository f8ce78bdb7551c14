"""The commits of a repository."""

from warehouse.store.schema.columns import BIG, BOOL, INT, REPOSITORY, TEXT, TEXTS, Table, table

TABLES: tuple[Table, ...] = (
    table(
        "commit",
        "one per repository and commit reachable from HEAD at any time it was read",
        REPOSITORY,
        ("head_sha", TEXT, "HEAD of the run that added the row"),
        ("sha", TEXT, "commit id"),
        ("author_name", TEXT, "personal; author after .mailmap"),
        ("author_email", TEXT, "personal; author's e-mail after .mailmap, as written"),
        ("committer_name", TEXT, "personal; committer after .mailmap"),
        ("committer_email", TEXT, "personal; committer's e-mail after .mailmap, as written"),
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
        ("parser", TEXT, "what produced the row"),
        ("parser_version", TEXT, "version of what produced the row"),
    ),
    table(
        "commit_language",
        "one per commit and language",
        REPOSITORY,
        ("head_sha", TEXT, "HEAD of the run that added the row"),
        ("sha", TEXT, "commit id"),
        ("language", TEXT, "language by file name"),
        ("files", INT, "files changed"),
        ("added", BIG, "lines added"),
        ("deleted", BIG, "lines deleted"),
        ("parser", TEXT, "what produced the row"),
        ("parser_version", TEXT, "version of what produced the row"),
    ),
)
