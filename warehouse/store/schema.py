"""The raw tables: the one place where their columns are declared.

Every column carries its description, which becomes the table's `COMMENT` and the data dictionary. Repository
facts are replaced per `repo_id`; `REPOSITORY_FACTS` lists the tables for which that holds. Workspace and
taxonomy tables are replaced whole at each run.
"""

from dataclasses import dataclass

import pyarrow as pa

TEXT, INT, BIG, BOOL, REAL = pa.string(), pa.int32(), pa.int64(), pa.bool_(), pa.float64()
TEXTS = pa.list_(pa.string())


@dataclass(frozen=True, slots=True)
class Table:
    """A raw table: its name in schema `raw`, what one row stands for, and its columns."""

    name: str
    grain: str
    schema: pa.Schema


def _table(name: str, grain: str, *columns: tuple[str, pa.DataType, str]) -> Table:
    fields = [pa.field(column, kind, metadata={"comment": comment}) for column, kind, comment in columns]
    return Table(name, grain, pa.schema(fields))


_REPOSITORY = ("repo_id", TEXT, "canonical id: host/owner/name, or local/<enterprise>/<name>")
_HEAD = ("head_sha", TEXT, "commit that was read; null for a plain folder")
_PARSER = (
    ("path", TEXT, "source file, repository-relative"),
    ("line", INT, "line in the source file, from 1; null where the format has none"),
    ("parser", TEXT, "what produced the row"),
    ("parser_version", TEXT, "version of what produced the row"),
)
_PACKAGE = (
    ("purl", TEXT, "package URL with version where one is known"),
    ("type", TEXT, "purl type"),
    ("namespace", TEXT, "purl namespace, null if none"),
    ("name", TEXT, "purl name"),
    ("version", TEXT, "version as written; null where a manifest only constrains it"),
)

RAW_TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        _table(
            "enterprise",
            "one per enterprise or watched community of the workspace",
            ("enterprise_id", TEXT, "id in the workspace"),
            ("name_zh", TEXT, "Chinese name"),
            ("name_en", TEXT, "English name"),
            ("kind", TEXT, "enterprise (counts for the region) or community (watched upstream)"),
            ("district", TEXT, "district of the region, null if not said"),
            ("park", TEXT, "software park, null if not said"),
        ),
        _table(
            "enterprise_domain",
            "one per enterprise and declared e-mail domain",
            ("enterprise_id", TEXT, "enterprise"),
            ("domain", TEXT, "e-mail domain in lower case; its subdomains count too"),
        ),
        _table(
            "roster",
            "one per person, enterprise and period that the workspace declares",
            ("email", TEXT, "e-mail in lower case"),
            ("enterprise_id", TEXT, "employer in the period"),
            ("valid_from", pa.date32(), "first day, null = always"),
            ("valid_to", pa.date32(), "last day, null = still"),
        ),
        _table(
            "repository",
            "one per repository of the workspace",
            _REPOSITORY,
            ("enterprise_id", TEXT, "owner in the workspace"),
            ("host", TEXT, "forge host, or local"),
            ("name", TEXT, "name of the repository"),
            ("location", TEXT, "path relative to the workspace file, or URL"),
            ("kind", TEXT, "git, bare or folder"),
            ("head_sha", TEXT, "commit of HEAD; null for an empty repository or a plain folder"),
            ("is_shallow", BOOL, "history is cut off"),
            ("observed_at", pa.timestamp("us", tz="UTC"), "when HEAD was read"),
        ),
        _table(
            "repository_scan",
            "one per repository and scanner",
            _REPOSITORY,
            _HEAD,
            ("scanner", TEXT, "sbom or history"),
            ("scanner_version", TEXT, "fingerprint of the scanner and its parsers"),
            ("status", TEXT, "succeeded, partial (something is unknown) or failed"),
            ("error_kind", TEXT, "class of the error, null if none"),
            ("error", TEXT, "reason of the failure, null if none"),
            ("wall_ms", BIG, "wall time of the scan in milliseconds"),
            ("state", TEXT, "what the scanner needs to go on incrementally, as JSON; null if nothing"),
            ("scanned_at", pa.timestamp("us", tz="UTC"), "when the scan ended"),
        ),
        _table(
            "component",
            "one per repository, source file and package",
            _REPOSITORY,
            _HEAD,
            *_PACKAGE,
            ("constraint", TEXT, "version constraint as written, null if none"),
            ("scope", TEXT, "CycloneDX scope: required, optional, excluded; null where not told"),
            ("direct", BOOL, "the project itself asks for it; null where the format does not tell"),
            ("licence", TEXT, "SPDX expression as declared in the file"),
            ("hashes", TEXTS, "algorithm:hexdigest"),
            ("source_url", TEXT, "archive or VCS URL that the file names"),
            *_PARSER,
        ),
        _table(
            "dependency",
            "one per edge and source file",
            _REPOSITORY,
            _HEAD,
            ("from_purl", TEXT, "depending package; null = the project itself"),
            ("to_purl", TEXT, "package depended on"),
            ("constraint", TEXT, "version constraint as written, null if none"),
            ("scope", TEXT, "CycloneDX scope of the edge; null where not told"),
            *_PARSER,
        ),
        _table(
            "declared_package",
            "one per package that a manifest of the repository declares the repository to be the source of",
            _REPOSITORY,
            _HEAD,
            *_PACKAGE,
            ("licence", TEXT, "SPDX expression as declared"),
            ("description", TEXT, "description in the manifest"),
            ("keywords", TEXTS, "keywords in the manifest"),
            ("private", BOOL, "the manifest forbids publishing; null where the format cannot say"),
            *_PARSER,
        ),
        _table(
            "unknown",
            "one per thing that could not be read or resolved",
            _REPOSITORY,
            _HEAD,
            ("scanner", TEXT, "scanner that met it: sbom or history"),
            (
                "kind",
                TEXT,
                "broken, limit, unreadable, unsupported, unresolved, no_exact_version, shallow",
            ),
            ("reason", TEXT, "why"),
            *_PARSER,
        ),
        _table(
            "commit",
            "one per repository and commit reachable from HEAD at any time it was read",
            _REPOSITORY,
            ("head_sha", TEXT, "HEAD of the run that added the row"),
            ("sha", TEXT, "commit id"),
            ("author_name", TEXT, "author after .mailmap"),
            ("author_email", TEXT, "author's e-mail after .mailmap, as written"),
            ("committer_name", TEXT, "committer after .mailmap"),
            ("committer_email", TEXT, "committer's e-mail after .mailmap, as written"),
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
        _table(
            "commit_language",
            "one per commit and language",
            _REPOSITORY,
            ("head_sha", TEXT, "HEAD of the run that added the row"),
            ("sha", TEXT, "commit id"),
            ("language", TEXT, "language by file name"),
            ("files", INT, "files changed"),
            ("added", BIG, "lines added"),
            ("deleted", BIG, "lines deleted"),
            ("parser", TEXT, "what produced the row"),
            ("parser_version", TEXT, "version of what produced the row"),
        ),
        _table(
            "organization",
            "one per organisation that controls releases of packages in the taxonomy",
            ("organization_id", TEXT, "id in the taxonomy"),
            ("name_zh", TEXT, "Chinese name"),
            ("name_en", TEXT, "English name"),
            ("kind", TEXT, "company, foundation, community, institute"),
            ("region", TEXT, "ISO 3166 country code, or INT"),
            ("neutral", BOOL, "neutral governance"),
            ("source", TEXT, "taxonomy file:line"),
        ),
        _table(
            "chain",
            "one per industry chain",
            ("chain_id", TEXT, "id in the taxonomy"),
            ("name_zh", TEXT, "Chinese name"),
            ("name_en", TEXT, "English name"),
            ("kind", TEXT, "base, application, frontier …"),
            ("source", TEXT, "taxonomy file:line"),
        ),
        _table(
            "segment",
            "one per segment (环节) of a chain",
            ("segment_id", TEXT, "id in the taxonomy"),
            ("chain_id", TEXT, "chain"),
            ("name_zh", TEXT, "Chinese name"),
            ("name_en", TEXT, "English name"),
            ("layer", TEXT, "upstream, midstream, downstream"),
            ("observability", TEXT, "how much a crawl can see: high, medium, low"),
            ("importance", REAL, "0–1"),
            ("keywords", TEXTS, "zh and en keywords"),
            ("topics", TEXTS, "forge topics"),
            ("source", TEXT, "taxonomy file:line"),
        ),
        _table(
            "evidence_rule",
            "one per rule: a package whose use or publication is evidence for a segment",
            ("rule_id", TEXT, "segment id and purl"),
            ("segment_id", TEXT, "segment"),
            ("purl", TEXT, "package URL without version"),
            ("owner", TEXT, "organization_id that controls releases today"),
            ("initiated_in", TEXT, "country where the project started, where it differs from the owner's"),
            ("weight", REAL, "1 direct, 0.5 supporting, 0.25 generic"),
            ("verified", BOOL, "the name was found in a package list or manifest; false = a hint only"),
            ("source", TEXT, "taxonomy file:line"),
        ),
        _table(
            "alternative",
            "one per domestic or open alternative of a segment",
            ("segment_id", TEXT, "segment"),
            ("name", TEXT, "product or project"),
            ("organization_id", TEXT, "who makes it"),
            ("open_source", BOOL, "source is open"),
            ("repository", TEXT, "URL, null if none"),
            ("source", TEXT, "taxonomy file:line"),
        ),
    )
}

REPOSITORY_FACTS = (
    "repository_scan",
    "component",
    "dependency",
    "declared_package",
    "unknown",
    "commit",
    "commit_language",
)
"""Tables whose rows of one repository are replaced together."""

WORKSPACE_TABLES = ("enterprise", "enterprise_domain", "roster", "repository")
TAXONOMY_TABLES = ("organization", "chain", "segment", "evidence_rule", "alternative")
