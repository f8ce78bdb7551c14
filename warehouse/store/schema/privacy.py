"""Requests of people who are not to be observed; they outlive runs and what they are about."""

from warehouse.store.schema.columns import DATE, TEXT, Table, table

TABLES: tuple[Table, ...] = (
    table(
        "privacy_request",
        "one per address whose owner is not to be observed, and kind of request; never published",
        ("address_id", TEXT, "personal; keyed digest of the lower-cased address"),
        ("kind", TEXT, "erase: nothing of the person is kept; opt-out: no model knows the person"),
        ("request_id", TEXT, "personal; shared by the addresses that were known of the person"),
        ("requested_on", DATE, "day of the request"),
        ("key_digest", TEXT, "tells whether the key of the digests is still the present one"),
    ),
)
