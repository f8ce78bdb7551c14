"""Advisories in OSV form, what else is known of their vulnerabilities, and ends of life.

Every table is replaced whole when the files change that it was read from; `source` names the file.
"""

import pyarrow as pa

from warehouse.store.schema.columns import BOOL, INT, REAL, TEXT, TEXTS, Table, table

DATE, TIME = pa.date32(), pa.timestamp("us", tz="UTC")

_SOURCE = ("source", TEXT, "file that the row was read from")
_ADVISORY = (_SOURCE, ("advisory_id", TEXT, "id of the record"))
_ENTRY = (*_ADVISORY, ("affected_index", INT, "place in the record's `affected`, from 0"))
_MATCH_KEY = (
    "match_key",
    TEXT,
    "ecosystem and folded name, see warehouse.advisories; null if none",
)
_VECTORS = (
    ("severity_word", TEXT, "severity as the publisher words it, in lower case"),
    ("cvss_v2", TEXT, "CVSS 2 vector"),
    ("cvss_v3", TEXT, "CVSS 3 vector"),
    ("cvss_v4", TEXT, "CVSS 4 vector"),
    ("stated_score", REAL, "CVSS base score stated without its vector, null if none"),
)
_CVE = ("cve", TEXT, "CVE id")

TABLES: tuple[Table, ...] = (
    table(
        "advisory_source",
        "one per file of advisories or enrichment in force",
        _SOURCE,
        ("kind", TEXT, "osv, kev, epss, vulnrichment or end_of_life; null where the file is none of them"),
        ("sha256", TEXT, "digest of the file; null where it is damaged, see advisory_rejection"),
        ("as_of", DATE, "day the file speaks of: its own date, else its newest record's; null if none"),
        ("records", INT, "records loaded"),
        ("rejected", INT, "records rejected, see advisory_rejection"),
    ),
    table(
        "advisory_rejection",
        "one per record that was not loaded",
        _SOURCE,
        ("place", TEXT, "member of the archive or line of the file"),
        ("advisory_id", TEXT, "id of the record, null if it has none"),
        ("reason", TEXT, "why it was rejected"),
    ),
    table(
        "advisory",
        "one per record and file",
        *_ADVISORY,
        ("published", TIME, "when it was published, null if not said"),
        ("modified", TIME, "when it was last changed"),
        ("withdrawn", TIME, "when it was withdrawn, null if it stands; withdrawn records never match"),
        ("summary", TEXT, "one line"),
        ("aliases", TEXTS, "ids of the same vulnerability elsewhere"),
        ("upstream", TEXTS, "ids of the vulnerabilities that this one derives from"),
        ("related", TEXTS, "ids of related vulnerabilities"),
        ("cwes", TEXTS, "weaknesses, CWE ids"),
        ("malicious", BOOL, "the package itself is malware: id MAL-… or weakness CWE-506"),
        ("reference_urls", TEXTS, "references: type and address"),
        *_VECTORS,
    ),
    table(
        "advisory_package",
        "one per entry of a record's `affected`",
        *_ENTRY,
        ("ecosystem", TEXT, "ecosystem as written, null where the entry names no package"),
        ("name", TEXT, "name as written"),
        ("purl", TEXT, "purl as written, null if none"),
        _MATCH_KEY,
        ("scheme", TEXT, "order of the package's versions, see warehouse.versions"),
        ("release", TEXT, "release of the distribution, null where there are none"),
        ("unmatched", TEXT, "why nothing of the entry can be matched with versions, null if something can"),
        ("informational", TEXT, "no vulnerability but a notice: unmaintained, unsound, notice; else null"),
        *_VECTORS,
    ),
    table(
        "advisory_affected",
        "one per interval of versions of a range, and one per range that cannot be matched",
        *_ENTRY,
        ("range_index", INT, "place in the entry's `ranges`, from 0"),
        ("range_type", TEXT, "SEMVER, ECOSYSTEM or GIT"),
        _MATCH_KEY,
        ("release", TEXT, "release of the distribution, null where there are none"),
        ("introduced", TEXT, "version that the interval begins with"),
        ("fixed", TEXT, "first version after the interval, null if none"),
        ("last_affected", TEXT, "last version of the interval, null if not said"),
        ("lower_key", TEXT, "key from which versions are affected; null if the range cannot be matched"),
        ("upper_key", TEXT, "key before which versions are affected; likewise"),
        ("confident", BOOL, "both bounds have the form of their ecosystem"),
        ("repo", TEXT, "repository of a GIT range"),
        ("unmatched", TEXT, "why the range cannot be matched, null if it can"),
    ),
    table(
        "advisory_version",
        "one per version that an entry lists",
        *_ENTRY,
        _MATCH_KEY,
        ("release", TEXT, "release of the distribution, null where there are none"),
        ("version", TEXT, "version as written"),
        ("version_key", TEXT, "its key"),
        ("confident", BOOL, "the version has the form of its ecosystem"),
    ),
    table(
        "kev",
        "one per CVE in CISA's catalogue of known exploited vulnerabilities",
        _CVE,
        ("date_added", DATE, "when it was added"),
        ("due_date", DATE, "when US agencies must have mitigated it"),
        ("ransomware", TEXT, "used in ransomware campaigns: Known or Unknown"),
        ("vendor", TEXT, "vendor or project"),
        ("product", TEXT, "product"),
        ("name", TEXT, "name of the vulnerability"),
        ("required_action", TEXT, "what US agencies must do"),
        ("as_of", DATE, "day of the catalogue"),
        _SOURCE,
    ),
    table(
        "epss",
        "one per CVE that the exploit prediction scoring system scores",
        _CVE,
        ("epss", REAL, "probability of exploitation in the next 30 days, 0–1"),
        ("percentile", REAL, "share of scored vulnerabilities with the same or a lower score, 0–1"),
        ("model_version", TEXT, "version of the model, null if not said"),
        ("as_of", DATE, "day of the scores, null if not said"),
        _SOURCE,
    ),
    table(
        "vulnrichment",
        "one per CVE that CISA assessed for its SSVC decision",
        _CVE,
        ("date_updated", DATE, "when the assessment was last changed"),
        ("exploitation", TEXT, "SSVC: none, poc or active"),
        ("automatable", TEXT, "SSVC: yes or no"),
        ("technical_impact", TEXT, "SSVC: partial or total"),
        ("ssvc_date", DATE, "day of the SSVC assessment"),
        ("kev_date_added", DATE, "when it was added to KEV"),
        ("cvss_v2", TEXT, "CVSS 2 vector"),
        ("cvss_v3", TEXT, "CVSS 3 vector"),
        ("cvss_v4", TEXT, "CVSS 4 vector"),
        ("cvss_source", TEXT, "who scored it"),
        ("cwes", TEXTS, "weaknesses, CWE ids"),
        _SOURCE,
    ),
    table(
        "end_of_life",
        "one per product and release cycle",
        ("product", TEXT, "product"),
        ("cycle", TEXT, "release cycle, such as a major version"),
        ("category", TEXT, "kind of product"),
        ("release_date", DATE, "first release of the cycle"),
        ("eol_date", DATE, "end of life; null where not said, or said without a date"),
        ("is_eol", BOOL, "end of life is reached, where said without a date; else null"),
        ("support_end_date", DATE, "end of active support; null likewise"),
        ("is_support_ended", BOOL, "active support has ended, where said without a date; else null"),
        ("latest", TEXT, "latest version of the cycle"),
        ("latest_date", DATE, "its date"),
        ("lts_date", DATE, "start of long-term support; null likewise"),
        ("is_lts", BOOL, "long-term support, where said without a date; else null"),
        ("purls", TEXTS, "packages that belong to the product"),
        _SOURCE,
    ),
)
