"""What the workspace declares and where its repositories stand; replaced whole at each run."""

import pyarrow as pa

from warehouse.store.schema.columns import BIG, BOOL, REAL, REPOSITORY, TEXT, Table, table

TABLES: tuple[Table, ...] = (
    table(
        "enterprise",
        "one per enterprise or watched community of the workspace",
        ("enterprise_id", TEXT, "id in the workspace"),
        ("name_zh", TEXT, "Chinese name"),
        ("name_en", TEXT, "English name"),
        ("kind", TEXT, "enterprise (counts for the region) or community (watched upstream)"),
        ("district", TEXT, "district of the region, null if not said"),
        ("park", TEXT, "software park, null if not said"),
    ),
    table(
        "enterprise_domain",
        "one per enterprise and declared e-mail domain",
        ("enterprise_id", TEXT, "enterprise"),
        ("domain", TEXT, "e-mail domain in lower case; its subdomains count too"),
    ),
    table(
        "roster",
        "one per person, enterprise and period that the workspace declares",
        ("email_id", TEXT, "keyed digest of the lower-cased address"),
        (
            "account_id",
            TEXT,
            "keyed digest of the forge account that it is the noreply address of; else null",
        ),
        ("login_id", TEXT, "the same of its login; null likewise"),
        ("enterprise_id", TEXT, "employer in the period"),
        ("valid_from", pa.date32(), "first day, null = always"),
        ("valid_to", pa.date32(), "last day, null = still"),
    ),
    table(
        "identity_statement",
        "one per address of which the workspace states that its owner is the owner of another one",
        ("email_id", TEXT, "keyed digest of the lower-cased address"),
        ("owner_email_id", TEXT, "the same of the first address of the statement"),
        ("stated_on", pa.date32(), "day of the statement"),
        ("stated_by", TEXT, "who answers for it; null if not said"),
        ("statement", TEXT, "which one of the workspace, as identities[0]"),
    ),
    table(
        "undone_merge",
        "one per merge of core.identity_merge that the workspace undoes",
        ("merge_id", TEXT, "id of the merge"),
    ),
    table(
        "entered_indicator",
        "one per figure that somebody entered and signed; it stands beside what was observed",
        ("subject_kind", TEXT, "region, enterprise, chain, segment or park"),
        ("subject", TEXT, "id or name of the subject; null for the region"),
        ("name", TEXT, "what the figure is: revenue, certificates, patents …"),
        ("value", REAL, "the figure"),
        ("unit", TEXT, "its unit"),
        ("as_of", pa.date32(), "day for which it holds"),
        ("signed_by", TEXT, "who answers for it"),
        ("source", TEXT, "where it was taken from; null if not said"),
    ),
    table(
        "repository",
        "one per repository of the workspace",
        REPOSITORY,
        ("enterprise_id", TEXT, "owner in the workspace"),
        ("host", TEXT, "forge host, or local"),
        ("name", TEXT, "name of the repository"),
        ("location", TEXT, "path relative to the workspace file, or URL"),
        (
            "kind",
            TEXT,
            "git, bare, folder, bom (a bill of materials made elsewhere) or absent (not mirrored yet)",
        ),
        ("head_sha", TEXT, "commit of HEAD; null for an empty repository or a plain folder"),
        ("is_shallow", BOOL, "history is cut off"),
        ("observed_at", pa.timestamp("us", tz="UTC"), "when HEAD was read"),
    ),
    table(
        "mirror",
        "one per repository that the workspace names by its address and that was tried to be mirrored",
        REPOSITORY,
        ("url", TEXT, "address without credentials"),
        ("status", TEXT, "cloned, updated, unchanged or failed, at the last attempt"),
        ("reason", TEXT, "why it failed, null if it did not; an earlier mirror stays as it was"),
        ("head_sha", TEXT, "commit of HEAD; null without a mirror or for an empty one"),
        ("bytes", BIG, "size of the mirror"),
        ("metadata_only", BOOL, "without the content of files"),
        ("attempted_at", pa.timestamp("us", tz="UTC"), "when the last attempt began"),
        ("succeeded_at", pa.timestamp("us", tz="UTC"), "when it was last up to date; null if never"),
    ),
)
