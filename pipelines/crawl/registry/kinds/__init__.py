"""One module per kind of registry, each with a `REGISTRY`; found by discovery."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from pipelines.crawl.registry.documents import RegistryKind


@cache
def registry_kinds() -> Mapping[str, RegistryKind]:
    """All kinds by purl type.

    Raises:
        ValueError: two modules serve the same type.
    """
    found: dict[str, RegistryKind] = {}
    for module in pkgutil.iter_modules(__path__):
        kind: RegistryKind = importlib.import_module(f"{__name__}.{module.name}").REGISTRY
        if kind.type in found:
            raise ValueError(f"two modules read registries of {kind.type!r}")
        found[kind.type] = kind
    return dict(sorted(found.items()))
