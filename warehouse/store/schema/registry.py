"""What package registries say; replaced whole when `chainatlas registries update` has brought something."""

from warehouse.store.schema.columns import BOOL, INT, TEXT, TIME, Table, table

_PACKAGE = ("purl", TEXT, "package URL without version")

TABLES: tuple[Table, ...] = (
    table(
        "package",
        "one per package that a registry was asked for; a package without a row was never asked for",
        _PACKAGE,
        ("type", TEXT, "purl type"),
        ("namespace", TEXT, "purl namespace, null if none"),
        ("name", TEXT, "purl name"),
        ("registry", TEXT, "address of the registry, or name of the folder of saved documents"),
        (
            "status",
            TEXT,
            "read, absent (the registry has none of this name) or failed (nothing was ever read)",
        ),
        ("error", TEXT, "why the last attempt failed, null if it did not; facts are then those of read_at"),
        ("checked_at", TIME, "when it was last asked for"),
        ("read_at", TIME, "when the registry last said or confirmed the facts; null if never"),
        ("latest_version", TEXT, "version that the registry calls the latest, null if it calls none so"),
        ("licence", TEXT, "licence as stated for the latest version"),
        ("maintainers", INT, "accounts that may release, counted and not named; null where not told"),
        ("homepage", TEXT, "home page as stated"),
        ("repository_url", TEXT, "source repository as stated, without credentials"),
        ("source_repo_id", TEXT, "canonical id of that repository, null where it names none"),
        ("deprecated", BOOL, "deprecated, discontinued, abandoned or relocated; null where not told"),
        ("deprecation", TEXT, "what the registry says of it"),
        ("reader", TEXT, "what read the facts, and its version"),
    ),
    table(
        "package_release",
        "one per package and version that its registry lists",
        _PACKAGE,
        ("version", TEXT, "version as the registry writes it"),
        ("published_at", TIME, "when it was published, null where not told"),
        ("yanked", BOOL, "taken back: yanked, retracted, unlisted or unpublished; null where not told"),
        ("yanked_reason", TEXT, "why, null where not told"),
        ("deprecated", BOOL, "this version is deprecated; null where not told"),
        ("deprecation", TEXT, "what the registry says of it"),
        ("licence", TEXT, "licence as stated for the version, null where not told"),
    ),
)
