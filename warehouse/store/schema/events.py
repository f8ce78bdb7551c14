"""What archives of public events tell; rows of a file are put in together with the row about the file."""

from warehouse.store.schema.columns import BIG, BOOL, TEXT, TIME, Table, table

TABLES: tuple[Table, ...] = (
    table(
        "forge_event",
        "one per forge and public event about a repository of the workspace, as far as an archive holds it",
        ("forge", TEXT, "host of the forge, such as github.com"),
        ("event_id", TEXT, "the forge's id of the event"),
        ("repository_id", BIG, "the forge's numeric id of the repository"),
        ("repo_id", TEXT, "canonical id of the repository in the workspace"),
        ("type", TEXT, "kind of event in the forge's words, such as WatchEvent (a star)"),
        ("action", TEXT, "what was done, such as opened; null where the kind has no actions"),
        ("number", TEXT, "issue or change request that it is about; null if none"),
        ("actor_id", TEXT, "keyed digest of the account of who did it; null if not told"),
        ("is_bot", BOOL, "by the name of the account, as in bots.yaml"),
        ("is_trimmed", BOOL, "the forge left out most of what the kind of event used to say"),
        ("created_at", TIME, "when it happened"),
        ("file", TEXT, "file of the archive"),
    ),
    table(
        "event_file",
        "one per file of an archive of events, and per file with a webhook's payload",
        ("file", TEXT, "path below its folder; with `webhook:` and the name of the folder for a payload"),
        ("fingerprint", TEXT, "size and time of the file, and the repositories that were looked for"),
        ("status", TEXT, "read, partial (lines could not be read) or failed"),
        ("reason", TEXT, "why it is not read; null if it is"),
        ("hour", TIME, "hour that the file covers, by its name; null if that tells none, and for payloads"),
        ("events", BIG, "events in the file"),
        ("kept", BIG, "of these, events about repositories of the workspace"),
        ("rejected", BIG, "lines that are no events"),
    ),
)

KEYS: dict[str, tuple[str, ...]] = {"forge_event": ("forge", "event_id"), "event_file": ("file",)}
