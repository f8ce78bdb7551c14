"""What others know of vulnerabilities (KEV, EPSS, SSVC) and of ends of life, as rows of the raw tables.

Sources: CISA's KEV catalogue (JSON); FIRST's EPSS scores (CSV with a comment line that names model and day);
CISA's vulnrichment as one CSV row per CVE; release cycles as one JSON object per line.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import orjson
import pyarrow as pa

from warehouse.store.schema import RAW_TABLES

_CVE = re.compile(r"CVE-\d{4}-\d{4,}")
_COMMENT_FACT = re.compile(r"([a-z_]+):([^,\s]+)")

Row = dict[str, Any]
Reject = Callable[[str, str | None, str], None]
"""Told of each row that is left out: its place, its id, and why."""


def read_kev(content: bytes, reject: Reject) -> Iterator[Row]:
    document = orjson.loads(content)
    as_of = _date(str(document.get("dateReleased") or "")[:10])
    for index, entry in enumerate(document["vulnerabilities"]):
        place = f"vulnerabilities[{index}]"
        cve = entry.get("cveID") if isinstance(entry, dict) else None
        added = _date(entry.get("dateAdded")) if cve else None
        if not isinstance(cve, str) or not _CVE.fullmatch(cve) or added is None:
            reject(
                place, cve if isinstance(cve, str) else None, "no CVE id, or no date on which it was added"
            )
            continue
        yield {
            "cve": cve,
            "date_added": added,
            "due_date": _date(entry.get("dueDate")),
            "ransomware": entry.get("knownRansomwareCampaignUse"),
            "vendor": entry.get("vendorProject"),
            "product": entry.get("product"),
            "name": entry.get("vulnerabilityName"),
            "required_action": entry.get("requiredAction"),
            "as_of": as_of,
        }


def read_epss(lines: Iterable[str], reject: Reject) -> Iterator[Row]:
    facts: dict[str, str] = {}
    for number, cells in _csv_rows(lines, facts):
        cve = cells.get("cve") or ""
        score, percentile = _share(cells.get("epss")), _share(cells.get("percentile"))
        if not _CVE.fullmatch(cve) or score is None:
            reject(f"line {number}", cve or None, "no CVE id, or no probability between 0 and 1")
            continue
        yield {
            "cve": cve,
            "epss": score,
            "percentile": percentile,
            "model_version": facts.get("model_version"),
            "as_of": _date((facts.get("score_date") or cells.get("date") or "")[:10]),
        }


def read_vulnrichment(lines: Iterable[str], reject: Reject) -> Iterator[Row]:
    for number, cells in _csv_rows(lines, {}):
        cve = cells.get("cve") or ""
        if not _CVE.fullmatch(cve):
            reject(f"line {number}", cve or None, "no CVE id")
            continue
        yield {
            "cve": cve,
            "date_updated": _date(cells.get("date_updated", "")[:10]),
            "exploitation": cells.get("ssvc_exploitation") or None,
            "automatable": cells.get("ssvc_automatable") or None,
            "technical_impact": cells.get("ssvc_technical_impact") or None,
            "ssvc_date": _date(cells.get("ssvc_timestamp", "")[:10]),
            "kev_date_added": _date(cells.get("kev_date_added", "")[:10]),
            "cvss_v2": cells.get("cvss_v2") or None,
            "cvss_v3": cells.get("cvss_v3") or None,
            "cvss_v4": cells.get("cvss_v4") or None,
            "cvss_source": cells.get("cvss_source") or None,
            "cwes": re.findall(r"CWE-\d+", cells.get("cwes", "")),
        }


def read_end_of_life(lines: Iterable[bytes], reject: Reject) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = orjson.loads(line)
            product, cycle = entry["product"], str(entry["cycle"])
        except (ValueError, KeyError, TypeError) as error:
            reject(f"line {number}", None, f"not an object with product and cycle: {error}")
            continue
        eol_date, is_eol = _date_or_fact(entry.get("eol"))
        support_date, is_support_ended = _date_or_fact(entry.get("eoas"))
        lts_date, is_lts = _date_or_fact(entry.get("lts"))
        yield {
            "product": product,
            "cycle": cycle,
            "category": entry.get("category"),
            "release_date": _date(entry.get("release_date")),
            "eol_date": eol_date,
            "is_eol": is_eol,
            "support_end_date": support_date,
            "is_support_ended": is_support_ended,
            "latest": entry.get("latest"),
            "latest_date": _date(entry.get("latest_date")),
            "lts_date": lts_date,
            "is_lts": is_lts,
            "purls": [purl for purl in entry.get("purls") or () if isinstance(purl, str)],
        }


def enrichment_table(name: str, rows: Iterable[tuple[str, Row]]) -> pa.Table:
    """Rows with the file that each stands in; of several rows of one key, the last file's counts."""
    by_key: dict[Any, Row] = {}
    for source, row in rows:
        key = row["cve"] if "cve" in row else (row["product"], row["cycle"])
        by_key[key] = row | {"source": source}
    schema = RAW_TABLES[name].schema
    columns = {field.name: [row[field.name] for row in by_key.values()] for field in schema}
    return pa.table(columns, schema=schema)


def _csv_rows(lines: Iterable[str], facts: dict[str, str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Line number and cells of each row; `# name:value` comments before the header go into `facts`."""
    header: list[str] | None = None
    reader = csv.reader(lines)
    for cells in reader:
        if cells and cells[0].startswith("#"):
            facts.update(_COMMENT_FACT.findall(",".join(cells)))
        elif header is None:
            header = cells
        elif cells:
            yield reader.line_num, dict(zip(header, cells, strict=False))


def _date(text: Any) -> date | None:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def _date_or_fact(value: Any) -> tuple[date | None, bool | None]:
    """Either a day, or yes or no without a day; written as a JSON value or as its text."""
    fact = {"true": True, "false": False}.get(str(value).lower())
    return (None, fact) if fact is not None else (_date(value), None)


def _share(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None
