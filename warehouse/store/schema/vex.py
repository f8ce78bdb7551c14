"""Statements on whether a vulnerability matters where a component is used (VEX); replaced whole."""

from warehouse.store.schema.columns import DATE, INT, TEXT, TIME, Table, table

TABLES: tuple[Table, ...] = (
    table(
        "vex_statement",
        "one per statement, vulnerability, product and component",
        ("source", TEXT, "file with the statement"),
        ("statement", INT, "which one of the file, from 1"),
        ("vulnerability", TEXT, "id of the vulnerability, any alias"),
        ("product", TEXT, "purl or repo_id of the product that component is within; null = wherever it is"),
        (
            "component",
            TEXT,
            "purl of what it speaks of; without version = all versions; null = any component",
        ),
        ("status", TEXT, "OpenVEX status: not_affected, affected, fixed or under_investigation"),
        ("justification", TEXT, "why it is not affected, as written; null if not given"),
        ("detail", TEXT, "impact or action in words; null if not given"),
        ("expires", DATE, "last day on which the statement holds; null = no end"),
        ("stated_at", TIME, "when it was made; null if not given"),
    ),
)
