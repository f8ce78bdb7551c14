"""The living view: the report's pages beside a small read-only API over the published warehouse."""
