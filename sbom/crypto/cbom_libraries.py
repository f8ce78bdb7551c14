"""Which library of a BOM provides the cryptography that the code uses: application → library → algorithm."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from sbom.bom_draft import DraftGraph
from sbom.crypto.cbom_facts import key_of
from sbom.crypto.model import AssetType, CryptoOccurrence
from sbom.crypto.providers import Api, apis_of, is_implemented_by, load_providers

_MAJOR = re.compile(r"/v[0-9]+$|(?<=\w)\.v[0-9]+$")
_VERSION = re.compile(r"[./](v[0-9]+)(?=[./]|$)")
_NO_WORDS = re.compile(r"\W+")
_NOT_IN_NAMES = re.compile(r"[@?#].*")


def protocol_ref(row: CryptoOccurrence) -> str:
    """bom-ref of the protocol that an occurrence uses."""
    return f"crypto/protocol/{row.protocol}/{row.protocol_version or '-'}"


def add_libraries(draft: DraftGraph, rows: Iterable[CryptoOccurrence]) -> Mapping[str, set[str]]:
    """bom-refs of the libraries whose APIs are used, each with those of what is used through it.

    A package among the components that provides the API is the library, or else the platform that it belongs
    to; for an API of packages none of which is a component there is one that is called like the API. What the
    repository does itself, with its own functions or commands, is of no library.
    """
    providers = load_providers()
    present: dict[str, list[str]] = defaultdict(list)
    for ref in sorted(draft.components):
        if (package := _package_of(ref)) in providers:
            present[package].append(ref)
    found: dict[str, set[str]] = defaultdict(set)
    made: dict[str, dict[str, str]] = {}
    for row in rows:
        if row.language == "config":
            continue
        is_protocol = row.asset_type is AssetType.PROTOCOL
        target = protocol_ref(row) if is_protocol else key_of(row).ref
        offers = apis_of(row.language, row.library, row.api)
        owners = _of_version(list(_owners(offers, row.family, present)), row.api)
        if not owners and (entry := _stands_for(offers)):
            made[entry["bom-ref"]] = entry
            owners = [entry["bom-ref"]]
        for owner in owners:
            found[owner].add(target)
    draft.add_components({ref: made[ref] for ref in sorted(made)})
    return dict(sorted(found.items()))


def _owners(offers: Iterable[Api], family: str | None, present: Mapping[str, list[str]]) -> Iterator[str]:
    """Components that provide what is used, each once."""
    providers = load_providers()
    names = {item.provider for item in offers}
    for package, refs in present.items():
        adds = any(is_implemented_by(providers[package], providers[name], family) for name in names)
        if package in names or adds:
            yield from refs


def _of_version(owners: list[str], api: str) -> list[str]:
    """Of modules of Go with several major versions the one whose import path it is."""
    versions = set(_VERSION.findall(api))
    exact = [ref for ref in owners if versions & set(_VERSION.findall(ref.partition("@")[0]))]
    return exact if versions and exact and owners[0].startswith("pkg:golang/") else owners


def _stands_for(offers: Iterable[Api]) -> dict[str, str] | None:
    """The component of a platform, or of the API of packages that nothing declares."""
    providers = load_providers()
    kinds = {providers[item.provider].kind: item for item in reversed([*offers])}
    if item := kinds.get("platform"):
        slug = _NO_WORDS.sub("-", item.provider.lower()).strip("-")
        return {"type": "platform", "bom-ref": f"crypto/platform/{slug}", "name": item.provider}
    if "standard" in kinds or "own" in kinds or "package" not in kinds:
        return None
    symbol = kinds["package"].symbol
    return {"type": "library", "bom-ref": f"crypto/library/{symbol}", "name": symbol}


def _package_of(ref: str) -> str:
    """A purl as the providers have it: without version, in Go without that of the module, too."""
    package = _NOT_IN_NAMES.sub("", ref)
    if package.startswith("pkg:golang/"):
        return _MAJOR.sub("", package.lower())
    return package.lower() if package.startswith("pkg:github/") else package
