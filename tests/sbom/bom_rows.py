"""Rows as parsers write them, and how to look into the BOM made of them."""

import json
from dataclasses import replace

from sbom.bom import build_bom
from sbom.bom_validation import validate_bom
from sbom.model import Component, DeclaredPackage, Dependency, ScanResult, Scope, Unknown, UnknownKind
from sbom.purl import identify, with_version

COMMIT = "9b1c0e1a7d3f4c5b6a798877665544332211ffee"
ROOT = f"shop@{COMMIT}"


def component(name, version="1.0.0", *, type="npm", namespace=None, path="package-lock.json", **facts):
    identity = identify(type, namespace, name)
    row = Component(
        purl=with_version(identity, version),
        type=identity.type,
        namespace=identity.namespace,
        name=identity.name,
        version=version,
        constraint=None,
        scope=None,
        direct=None,
        licence=None,
        hashes=(),
        source_url=None,
        path=path,
        line=None,
        parser="lock",
        parser_version="1",
    )
    return replace(row, **facts)


def edge(source, target, path="package-lock.json"):
    return Dependency(source, target, None, None, path, None, "lock", "1")


def unknown(kind, reason, path, line=None):
    return Unknown(kind, reason, path, line, "lock", "1")


def scan(*components, edges=(), declared=(), unknowns=(), **facts):
    result = ScanResult(
        name="shop",
        commit=COMMIT,
        committed_at=1_700_000_000,
        components=components,
        dependencies=tuple(edges),
        declared=tuple(declared),
        unknowns=tuple(unknowns),
        files_read=1,
    )
    return replace(result, **facts)


def bom(result, **arguments):
    content = build_bom(result, "1.2.3", **arguments)
    assert validate_bom(content) == []
    return json.loads(content)


def the_component(*rows):
    (entry,) = bom(scan(*rows))["components"]
    return entry


def properties(entry, name):
    return [item["value"] for item in entry.get("properties", ()) if item["name"] == name]


def composition_of(document, ref):
    """Aggregate and reason for one subject."""
    (part,) = [part for part in document["compositions"] if ref in part["dependencies"]]
    reasons = dict(text.split(": ", 1) for text in properties(document["metadata"], "chainatlas:composition"))
    return part["aggregate"], reasons[part["bom-ref"]]


def rich_scan():
    """Every field that a BOM can carry, in several files."""
    left = component(
        "left-pad",
        "1.3.0",
        licence="WTFPL OR MIT",
        scope=Scope.REQUIRED,
        direct=True,
        constraint="^1.3",
        hashes=("SHA-512:" + "ab" * 64, "SHA-1:" + "cd" * 20),
        source_url="https://registry.example/left-pad/-/left-pad-1.3.0.tgz",
        line=12,
        supplier="City Soft (南山)",
        authors=("Li Si (R&D) <li@city.example>", "王五", "team@city.example"),
    )
    scoped = component("core", "7.0.0-rc.1+build", namespace="@babel", licence="MIT", direct=False, line=30)
    forked = component(
        "fork", "0.1", type="cargo", path="Cargo.lock", source_url="git+https://code.example/a/fork.git@abc"
    )
    loose = component("requests", None, type="pypi", path="pyproject.toml", constraint=">=2,<3", direct=True)
    odd = component(
        "名 前", "1", type="pypi", licence="see <LICENSE>", path="目录/pylock.toml", line=1, authors=("王五",)
    )
    return scan(
        left,
        scoped,
        replace(left, path="web/package-lock.json", line=4, scope=Scope.EXCLUDED),
        forked,
        loose,
        odd,
        edges=[edge(None, left.purl), edge(left.purl, scoped.purl), edge(scoped.purl, left.purl)],
        declared=[
            replace(
                declared("shop", "2.0.0", licence="Apache-2.0", description="A shop"),
                supplier="Shops",
                authors=("Li Si <li@city.example>",),
            )
        ],
        unknowns=[
            unknown(UnknownKind.BROKEN, "not JSON", "old/package-lock.json", 3),
            unknown(UnknownKind.NO_EXACT_VERSION, "requests only has >=2,<3", "pyproject.toml"),
        ],
    )


def declared(name, version, *, path="package.json", private=None, licence=None, description=None):
    purl = with_version(identify("npm", None, name), version)
    return DeclaredPackage(
        purl, "npm", None, name, version, licence, description, (), private, path, 1, "lock", "1"
    )


def canonical(value):
    return json.dumps(value, sort_keys=True)


def in_any_order(value):
    """Arrays of the document are sets: the library sorts them by other keys."""
    if isinstance(value, dict):
        return {key: in_any_order(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((in_any_order(item) for item in value), key=canonical)
    return value
