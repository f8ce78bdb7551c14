"""The taxonomy: industry chains, their segments, and the packages that are evidence for each.

One YAML file per chain and `organizations.yaml`, in as many folders as the workspace names. Their form is
`taxonomy/schema.json`; how packages match rules stands at the head of each chain file. A later folder
overrides an earlier one by id: an organisation, the attributes of a chain, a segment with all its rules and
alternatives. A file of `additions` leaves segments as they are and adds rules and alternatives to them; for a
file of `scoring` see `warehouse.scoring`.
"""

import hashlib
import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pyarrow as pa
from packageurl import PackageURL

from warehouse.errors import WarehouseError
from warehouse.scoring import scoring_rows
from warehouse.store.schema import RAW_TABLES, TAXONOMY_TABLES
from warehouse.yaml_lines import Document, Fault, read_document

DEFAULT_FOLDER = Path(__file__).parent.parent / "taxonomy"
"""The taxonomy that comes with the project."""

_NAMES_OF_ORGANIZATIONS = {"rules": "owner", "alternatives": "organization", "incumbents": "organization"}
"""Where the parts of a segment name an organisation."""

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Entry:
    """An organisation, chain or segment: its values and where they stand."""

    document: Document
    keys: tuple[str | int, ...]
    values: Mapping[str, Any]

    def source(self, *keys: str | int) -> str:
        path = self.document.path
        return f"{path.parent.name}/{path.name}:{self.document.line(*self.keys, *keys)}"


@dataclass(slots=True)
class _Taxonomy:
    """What the folders read so far say, by id."""

    organizations: dict[str, _Entry] = field(default_factory=dict)
    chains: dict[str, _Entry] = field(default_factory=dict)
    segments: dict[str, _Entry] = field(default_factory=dict)
    additions: list[_Entry] = field(default_factory=list)

    def parts(self) -> Iterator[tuple[str, _Entry]]:
        """Where rules and alternatives of a segment stand: the segment itself, then what was added to it."""
        yield from self.segments.items()
        for entry in self.additions:
            yield entry.values["segment"], entry


def load_taxonomy(folders: Sequence[Path]) -> dict[str, pa.Table]:
    """Read the taxonomy of all folders into the tables of `TAXONOMY_TABLES`, with their raw schemas.

    A planner's own segment without rules is logged as a warning; the packaged one that has none is one that
    cannot be seen in repositories. Raises `WarehouseError` listing every mistake as
    `file:line: what`: text that is no YAML, a key or value that `schema.json` does not allow, a key or an id
    that appears twice, an unknown organisation or chain, a purl that is not canonical, a rule given twice,
    weights that do not add up to 100.
    """
    faults: list[Fault] = []
    taxonomy = _Taxonomy()
    documents: list[Document] = []
    for folder in folders:
        files = sorted(folder.glob("*.yaml"))
        if not files:
            faults.append(Fault(folder, 0, "no taxonomy here: expected a folder with .yaml files"))
        in_folder = [document for file in files if (document := _read(file, faults)) is not None]
        _add_folder(taxonomy, in_folder, faults)
        documents += in_folder
    for document in documents:
        faults += _check_references(document, taxonomy)
    scoring = scoring_rows(_with_default_scoring(documents), faults)
    if not faults:
        faults += _rules_given_twice(taxonomy)
    if faults:
        raise WarehouseError("\n".join(map(str, sorted(set(faults)))))
    for segment_id, segment in taxonomy.segments.items():
        if not segment.values["rules"] and segment.document.path.parent != DEFAULT_FOLDER:
            _LOGGER.warning("%s: segment %s has no rules: nothing can match it", segment.source(), segment_id)
    rows = {
        "organization": _organization_rows(taxonomy),
        "chain": _chain_rows(taxonomy),
        "segment": _segment_rows(taxonomy),
        "evidence_rule": _rule_rows(taxonomy),
        "algorithm_rule": _algorithm_rows(taxonomy),
        "alternative": _alternative_rows(taxonomy),
        "taxonomy_file": _file_rows(documents),
        **scoring,
    }
    return {name: pa.Table.from_pylist(list(rows[name]), RAW_TABLES[name].schema) for name in TAXONOMY_TABLES}


def _with_default_scoring(documents: Sequence[Document]) -> list[Document]:
    """Nothing can be scored without weights: the packaged ones come first, whatever folders are read."""
    path = DEFAULT_FOLDER / "scoring.yaml"
    if any(document.path == path for document in documents):
        return list(documents)
    default, _ = read_document(path)
    return [*([default] if default is not None else ()), *documents]


@lru_cache(maxsize=1)
def _validator() -> Any:
    schema = (DEFAULT_FOLDER / "schema.json").read_text(encoding="utf-8")
    return jsonschema_rs.validator_for(json.loads(schema))


def _read(path: Path, faults: list[Fault]) -> Document | None:
    document, found = read_document(path)
    faults += found
    if document is None:
        return None
    for error in _validator().iter_errors(document.value):
        keys = list(error.instance_path)
        unexpected = getattr(error.kind, "unexpected", None) or []
        message = _condition_message(error.message) if keys[3:4] == ["any"] else None
        message = message or f"{_dotted(keys)}{error.message}"
        faults.append(document.fault([*keys, *unexpected[:1]], message))
    return document


def _condition_message(message: str) -> str | None:
    """What a condition of a verdict may be, instead of the pattern that it does not match."""
    found = re.fullmatch(r'(".*") does not match "\^\((?P<measures>[a-z_|]+)\) .*"', message)
    if found is None:
        return None
    measures = ", ".join(found["measures"].split("|"))
    return f"{found[1]} is no condition: write MEASURE >= NUMBER (or <=, <, >, =) with one of {measures}"


def _dotted(keys: Sequence[str | int]) -> str:
    return f"{'.'.join(map(str, keys))}: " if keys else ""


def _add_folder(taxonomy: _Taxonomy, documents: Sequence[Document], faults: list[Fault]) -> None:
    """Let a folder's entries replace earlier ones of the same id; an id twice in one folder is a mistake."""
    seen: dict[tuple[str, str], str] = {}

    def add(kind: str, entry_id: object, target: dict[str, _Entry], entry: _Entry) -> None:
        if not isinstance(entry_id, str):
            return  # the schema has reported it
        if first := seen.get((kind, entry_id)):
            message = f"{kind} {entry_id} is already defined in {first}"
            faults.append(entry.document.fault(entry.keys, message))
            return
        seen[kind, entry_id] = entry.source()
        target[entry_id] = entry

    for document in documents:
        for organization_id, values in _mappings_by_key(document.value, "organizations"):
            entry = _Entry(document, ("organizations", organization_id), values)
            add("organization", organization_id, taxonomy.organizations, entry)
        for index, values in _mappings(document.value, "additions"):
            taxonomy.additions.append(_Entry(document, ("additions", index), values))
        if isinstance(document.value, dict) and not {"organizations", "additions", "scoring"} & set(
            document.value
        ):
            add("chain", document.value.get("id"), taxonomy.chains, _Entry(document, (), document.value))
            for index, values in _mappings(document.value, "segments"):
                segment = _Entry(document, ("segments", index), values)
                add("segment", values.get("id"), taxonomy.segments, segment)


def _check_references(document: Document, taxonomy: _Taxonomy) -> Iterator[Fault]:
    """What the schema cannot say of a chain file, as far as the file's shape allows to look."""
    required = document.value.get("requires") if isinstance(document.value, dict) else None
    for index, chain_id in enumerate(required if isinstance(required, list) else []):
        if isinstance(chain_id, str) and chain_id not in taxonomy.chains:
            yield document.fault(("requires", index), f"unknown chain {chain_id}")
    for index, addition in _mappings(document.value, "additions"):
        if isinstance(addition.get("segment"), str) and addition["segment"] not in taxonomy.segments:
            yield document.fault(("additions", index), f"unknown segment {addition['segment']}")
    for keys, segment in _segment_parts(document):
        seen: dict[str, int] = {}
        for number, rule in _mappings(segment, "rules"):
            purl = rule.get("purl")
            if not isinstance(purl, str):
                continue
            if problem := _problem_of_purl(purl):
                yield document.fault((*keys, "rules", number), problem)
            if (first := seen.setdefault(purl, number)) != number:
                line = document.line(*keys, "rules", first)
                yield document.fault((*keys, "rules", number), f"rule {purl} is already given in line {line}")
        names = [str(rule.get("name")).lower() for _, rule in _mappings(segment, "algorithms")]
        for number, name in enumerate(names):
            if name in names[:number]:
                message = f"algorithm {name} is already given in this segment"
                yield document.fault((*keys, "algorithms", number), message)
        for part, name in _NAMES_OF_ORGANIZATIONS.items():
            for number, item in _mappings(segment, part):
                if isinstance(item.get(name), str) and item[name] not in taxonomy.organizations:
                    yield document.fault((*keys, part, number), f"unknown {name} {item[name]}")


def _segment_parts(document: Document) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
    for key in ("segments", "additions"):
        for index, part in _mappings(document.value, key):
            yield (key, index), part


def _rules_given_twice(taxonomy: _Taxonomy) -> Iterator[Fault]:
    """Rules that an addition repeats; `_check_references` looks within one segment of one file."""
    seen: dict[tuple[str, str], str] = {}
    for segment_id, entry in taxonomy.parts():
        for number, rule in _mappings(entry.values, "rules"):
            first = seen.setdefault((segment_id, str(rule.get("purl"))), entry.source("rules", number))
            if entry.keys[0] == "additions" and first != entry.source("rules", number):
                message = f"rule {rule.get('purl')} of {segment_id} is already given in {first}"
                yield entry.document.fault((*entry.keys, "rules", number), message)


def _problem_of_purl(purl: str) -> str | None:
    """What is wrong with a rule's purl; one that ends in `*` is judged by a package that it covers."""
    if purl.endswith("*"):
        problem = _problem_of_purl(f"{purl[:-1]}x")
        return None if problem is None else f"{purl} covers no package that is written canonically: {problem}"
    try:
        url = PackageURL.from_string(purl)
    except ValueError as error:
        return f"{purl} is no package URL: {error}"
    if url.version or url.qualifiers or url.subpath:
        return f"{purl}: a rule names a package without version, qualifiers and subpath"
    canonical = url.to_string()
    return None if canonical == purl else f"{purl} is not canonical: write {canonical}"


def _mappings(value: Any, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Index and entry of the list at `key`, as far as they have that shape."""
    entries = value.get(key) if isinstance(value, dict) else None
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, dict):
            yield index, entry


def _mappings_by_key(value: Any, key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    entries = value.get(key) if isinstance(value, dict) else None
    for name, entry in entries.items() if isinstance(entries, dict) else ():
        if isinstance(entry, dict):
            yield name, entry


def _organization_rows(taxonomy: _Taxonomy) -> Iterator[dict[str, Any]]:
    for organization_id, entry in taxonomy.organizations.items():
        values = {"collective": False, **entry.values}
        yield {"organization_id": organization_id, **values, "source": entry.source()}


def _chain_rows(taxonomy: _Taxonomy) -> Iterator[dict[str, Any]]:
    for chain_id, entry in taxonomy.chains.items():
        yield {
            "chain_id": chain_id,
            **_names(entry),
            "kind": entry.values["kind"],
            "source": entry.source("id"),
        }


def _segment_rows(taxonomy: _Taxonomy) -> Iterator[dict[str, Any]]:
    for segment_id, entry in taxonomy.segments.items():
        keywords = entry.values.get("keywords", {})
        yield {
            "segment_id": segment_id,
            "chain_id": entry.document.value["id"],
            **_names(entry),
            "layer": entry.values["layer"],
            "observability": entry.values["observability"],
            "importance": float(entry.values["importance"]),
            "keywords": [*keywords.get("zh", []), *keywords.get("en", [])],
            "topics": entry.values.get("topics", []),
            "source": entry.source(),
        }


def _rule_rows(taxonomy: _Taxonomy) -> Iterator[dict[str, Any]]:
    for segment_id, entry in taxonomy.parts():
        for index, rule in enumerate(entry.values.get("rules", [])):
            yield {
                "rule_id": f"{segment_id} {rule['purl']}",
                "segment_id": segment_id,
                "purl": rule["purl"],
                "owner": rule["owner"],
                "initiated_in": rule.get("initiated_in"),
                "weight": float(rule["weight"]),
                "verified": rule["verified"],
                "source": entry.source("rules", index),
            }


def _algorithm_rows(taxonomy: _Taxonomy) -> Iterator[dict[str, Any]]:
    for segment_id, entry in taxonomy.parts():
        for index, rule in enumerate(entry.values.get("algorithms", [])):
            yield {
                "rule_id": f"{segment_id} algorithm {rule['name']}",
                "segment_id": segment_id,
                "algorithm": rule["name"],
                "weight": float(rule["weight"]),
                "source": entry.source("algorithms", index),
            }


def _alternative_rows(taxonomy: _Taxonomy) -> Iterator[dict[str, Any]]:
    for segment_id, entry in taxonomy.parts():
        for index, alternative in enumerate(entry.values.get("alternatives", [])):
            yield {
                "segment_id": segment_id,
                "name": alternative["name"],
                "organization_id": alternative["organization"],
                "open_source": alternative["open_source"],
                "repository": alternative.get("repository"),
                "packages": alternative.get("packages", []),
                "status": alternative.get("status"),
                "source": entry.source("alternatives", index),
            }


def _file_rows(documents: Sequence[Document]) -> Iterator[dict[str, str]]:
    for document in documents:
        path = document.path
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        yield {"folder": path.parent.name, "file": path.name, "sha256": digest}


def _names(entry: _Entry) -> dict[str, str]:
    name = entry.values["name"]
    return {"name_zh": name["zh"], "name_en": name["en"]}
