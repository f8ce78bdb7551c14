"""Whether the warehouse says of every version what the evaluation in the OSV schema says, on real advisories.

    python benchmarks/matching_truth.py FOLDER

Makes a component of every version that the advisories in FOLDER allow to construct: each bound of each range,
a version just below and one just above it, every listed version; withdrawn records and aliases included. The
warehouse matches them in one go. The other side is written anew here, from the pseudo-code of the schema, and
compares versions by other implementations: `packaging` for PyPI, a plain reading of semver.org for SEMVER
ranges, with build numbers for Julia, and the real tools for Maven, RubyGems, Packagist, CRAN and Hackage (see
version_orders.py). Prints the differences by class.
"""

import argparse
import gzip
import json
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from functools import cmp_to_key
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
from packaging.version import InvalidVersion, Version
from version_orders import ORACLES

from warehouse.advisories.ecosystems import ecosystems, purl_package
from warehouse.advisories.load import load_advisories
from warehouse.runner import ModelContext, build_models, discover_models
from warehouse.store.database import open_database, registered
from warehouse.store.load import replace_tables
from warehouse.store.schema import RAW_TABLES
from warehouse.versions import version_key

Compare = Callable[[str, str], int | None]
_TOOLS = {"Maven": "maven", "RubyGems": "gem", "Packagist": "composer", "CRAN": "cran", "Hackage": "hackage"}
OTHERS = 12
Entries: TypeAlias = "dict[str, list[tuple[str, dict[str, Any], bool, frozenset[str]]]]"
"""By match key: id of the record, entry, whether it is withdrawn, versions made from it."""
_NUMBER = re.compile(r"(\d+)(?!.*\d)", re.DOTALL)
_SEMVER = re.compile(r"v?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?", re.ASCII)


def neighbours(version: str) -> list[str]:
    """The version, one just below and one just above, as far as that can be written."""
    found = [version]
    if match := _NUMBER.search(version):
        value = int(match[1])
        near = (other for other in (value - 1, value + 1) if other >= 0)
        found += [f"{version[: match.start()]}{other}{version[match.end() :]}" for other in near]
    if re.fullmatch(r"\d+(\.\d+)*", version):
        found += [f"{version}.1", f"{version}-rc1", f"{version}-0", f"{version}.0"]
    return found


def compare_semver(a: str, b: str) -> int | None:
    x, y = _SEMVER.fullmatch(a), _SEMVER.fullmatch(b)
    if x is None or y is None:
        return None
    p, q = ([int(n) for n in m[1].split(".")] for m in (x, y))
    size = max(len(p), len(q))
    p, q = (numbers + [0] * (size - len(numbers)) for numbers in (p, q))
    if p != q:
        return -1 if p < q else 1
    if x[2] == y[2]:
        return 0
    if x[2] is None or y[2] is None:
        return 1 if x[2] is None else -1
    r, s = ([(0, int(i), "") if i.isdecimal() else (1, 0, i) for i in m[2].split(".")] for m in (x, y))
    return (r > s) - (r < s)


def compare_julia(a: str, b: str) -> int | None:
    """As Julia's VersionNumber: build numbers decide between versions that are otherwise equal."""
    verdict = compare_semver(a, b)
    if verdict != 0:
        return verdict
    r, s = (
        [(0, int(i), "") if i.isdecimal() else (1, 0, i) for i in (v.partition("+")[2] or "").split(".") if i]
        for v in (a, b)
    )
    return (r > s) - (r < s)


def compare_python(a: str, b: str) -> int | None:
    try:
        x, y = Version(a), Version(b)
    except InvalidVersion:
        return None
    return (x > y) - (x < y)


class ToolOrder:
    """Verdicts of a real tool on many pairs, asked for in one go."""

    def __init__(self, scheme: str, pairs: set[tuple[str, str]]) -> None:
        asked = sorted(pair for pair in pairs if not set("\t\n") & set(pair[0] + pair[1]))
        self._verdicts = dict(zip(asked, ORACLES[scheme](asked), strict=True)) if asked else {}

    def __call__(self, a: str, b: str) -> int | None:
        if a == b:
            return 0
        verdict = self._verdicts.get((a, b))
        if verdict is None and (b, a) in self._verdicts:
            other = self._verdicts[b, a]
            return None if other is None else -other
        return verdict


class Unordered(Exception):
    """The native implementation refuses one of the versions."""


def is_affected(version: str, entry: dict[str, Any], compare: Compare) -> bool:
    """The pseudo-code of the schema for one entry."""

    def order(a: str, b: str) -> int:
        verdict = compare(a, b)
        if verdict is None:
            raise Unordered
        return verdict

    def at_least(bound: str) -> bool:
        return bound == "0" or order(version, bound) >= 0

    def has_ended(event: dict[str, str]) -> bool:
        if "fixed" in event:
            return at_least(event["fixed"])
        return "last_affected" in event and order(version, event["last_affected"]) > 0

    def event_order(one: dict[str, str], other: dict[str, str]) -> int:
        (a,), (b,) = one.values(), other.values()
        return 0 if a == b else -1 if a == "0" else 1 if b == "0" else order(a, b)

    if version in (entry.get("versions") or ()):
        return True
    for each in entry.get("ranges") or ():
        if each["type"] == "GIT":
            continue
        limits = [event["limit"] for event in each["events"] if "limit" in event]
        if limits and not any(limit == "*" or order(version, limit) < 0 for limit in limits):
            continue
        vulnerable = False
        for event in sorted(each["events"], key=cmp_to_key(event_order)):
            if "introduced" in event and at_least(event["introduced"]):
                vulnerable = True
            elif has_ended(event):
                vulnerable = False
        if vulnerable:
            return True
    return False


def read(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path) as lines:
            yield from (json.loads(line) | {"_source": path.name} for line in lines)


def purl_of(ecosystem: str, name: str) -> str | None:
    known = ecosystems().get(ecosystem.partition(":")[0])
    if known is None or not known.purl:
        return None
    namespace, _, last = name.rpartition(known.join) if known.join else ("", "", name)
    path = "/".join(part for part in (namespace, last) if part).replace("@", "%40")
    return f"pkg:{known.purl[0]}/{path}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    tables = load_advisories([folder])
    columns = (tables["advisory"][name].to_pylist() for name in ("source", "advisory_id"))
    in_force = set(zip(*columns, strict=True))
    entries: Entries = defaultdict(list)
    versions: defaultdict[str, set[str]] = defaultdict(set)
    spelled: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for record in read(folder):
        key = (record["_source"], record["id"])
        if key not in in_force or key in seen:
            continue
        seen.add(key)
        for entry in record.get("affected") or ():
            package = entry.get("package")
            purl = purl_of(package["ecosystem"], package["name"]) if package else None
            if purl is None:
                continue
            base = package["ecosystem"].partition(":")[0]
            folded = ecosystems()[base].match_key(package["name"])
            purl = spelled.setdefault(folded, purl)
            own = {n for bound in bounds_of(entry) for n in neighbours(bound)}
            own |= {"0", "0.0.1", "99999.0.0", *(entry.get("versions") or ())}
            entries[folded].append((record["id"], entry, "withdrawn" in record, frozenset(own)))
            versions[purl] |= own
    found = match(tables, versions)
    print("the warehouse has matched", file=sys.stderr)
    report(entries, versions, found)


def bounds_of(entry: dict[str, Any]) -> set[str]:
    ranges = [each for each in entry.get("ranges") or () if each["type"] != "GIT"]
    return {value for each in ranges for event in each["events"] for value in event.values()} - {"0"}


def judged_versions(own: frozenset[str], names: list[str]) -> list[str]:
    """The versions made from an entry, and some of those made from other entries for the package."""
    return sorted(own.union(names[:: max(1, len(names) // OTHERS)]))


def match(
    tables: dict[str, pa.Table], versions: dict[str, set[str]]
) -> dict[tuple[str, str], dict[str, str]]:
    """What the warehouse says: status by record id, by purl and version."""
    rows = [(purl, version) for purl in sorted(versions) for version in sorted(versions[purl])]
    columns = {
        "repo_id": ["h/o/r"] * len(rows),
        "purl": [f"{purl}@{version.replace('%', '%25').replace('@', '%40')}" for purl, version in rows],
        "version": [version for _, version in rows],
        "path": ["lock"] * len(rows),
    }
    schema = RAW_TABLES["component"].schema
    made = pa.table({f.name: columns.get(f.name, pa.nulls(len(rows), f.type)) for f in schema}, schema=schema)
    models = discover_models(wanted=["core.advisory_match"])
    with tempfile.TemporaryDirectory() as place, closing(open_database(Path(place) / "w.duckdb")) as con:
        replace_tables(con, tables)
        with registered(con, "made", made):
            con.execute("insert into raw.component from made")
        for build in build_models(con, ModelContext(date(2026, 7, 1), b"k"), models, models=models):
            assert build.status == "built", build.error
        answers = con.execute(
            "select purl, package.version, unnest(advisory_ids), status"
            " from core.advisory_match join core.osv_package as package using (purl)"
        ).fetchall()
    found: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for purl, version, advisory_id, status in answers:
        found[purl.rpartition("@")[0], version][advisory_id] = status
    return found


def report(
    entries: Entries, versions: dict[str, set[str]], found: dict[tuple[str, str], dict[str, str]]
) -> None:
    packages = {purl: purl_package(purl) for purl in versions}
    names = {purl: sorted(versions[purl]) for purl in versions}
    pairs: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for purl, package in packages.items():
        if package.ecosystem in _TOOLS:
            for _, entry, _, own in entries[package.match_key]:
                bounds = bounds_of(entry)
                tested = bounds.union(judged_versions(own, names[purl]))
                pairs[package.ecosystem] |= {(a, b) for a in tested for b in bounds if a < b}
                pairs[package.ecosystem] |= {(b, a) for a in tested for b in bounds if b < a}
    compares: dict[str, Compare] = {base: ToolOrder(_TOOLS[base], asked) for base, asked in pairs.items()}
    compares |= {"PyPI": compare_python, "Julia": compare_julia}
    for base, asked in pairs.items():
        print(f"{base}: {len(asked)} pairs of versions judged by the real tool")
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    examples: defaultdict[str, list[str]] = defaultdict(list)
    for purl, package in sorted(packages.items()):
        compare = compares.get(package.ecosystem, compare_semver)
        same_id: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for advisory_id, entry, is_withdrawn, _ in entries[package.match_key]:
            same_id[advisory_id] += [] if is_withdrawn else [entry]
        for advisory_id, _, _, own in entries[package.match_key]:
            for version in judged_versions(own, names[purl]):
                try:
                    affected = any(is_affected(version, entry, compare) for entry in same_id[advisory_id])
                except Unordered:
                    affected = None
                said = found.get((purl, version), {}).get(advisory_id)
                kind = classify(affected, said, version, package, same_id[advisory_id])
                counts[package.ecosystem][kind] += 1
                if kind not in ("affected", "not affected"):
                    examples[kind].append(f"{purl}@{version} {advisory_id}")
    for base, kinds in sorted(counts.items()):
        found_kinds = ", ".join(f"{kind}: {number}" for kind, number in sorted(kinds.items()))
        print(f"{base:16} {sum(kinds.values()):8} judged: {found_kinds}")
    total = sum(counts.values(), Counter())
    print("all:", sum(total.values()), dict(sorted(total.items())))
    for kind, places in sorted(examples.items()):
        print(f"{kind}: {len(places)}")
        for place in places[:: max(1, len(places) // 6)][:6]:
            print(f"    {place}")


def classify(
    affected: bool | None, status: str | None, version: str, package: Any, entries: list[dict[str, Any]]
) -> str:
    if affected is None:
        return "not judged: the native implementation refuses a version"
    if affected == (status == "affected"):
        return "affected" if affected else "not affected" if status is None else "cannot say"
    if status == "cannot_say":
        return "explained: the evaluation compares text that is no version, we cannot say"
    key = version_key(package.scheme, version).key
    listed = {listed for entry in entries for listed in entry.get("versions") or ()}
    if not affected and key in {version_key(package.scheme, name).key for name in listed}:
        return "explained: equal to a listed version, written otherwise"
    return "DIFFERENT: " + ("missed" if affected else "too much")


if __name__ == "__main__":
    main()
