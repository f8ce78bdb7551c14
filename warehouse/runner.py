"""Discover the models, order them by what they read, build what changed, record lineage."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from warehouse.errors import WarehouseError
from warehouse.model import PARAMETERS, Model, read_model
from warehouse.store.schema import RAW_TABLES

MODELS_FOLDER = Path(__file__).parent / "models"


@dataclass(frozen=True, slots=True)
class ModelContext:
    """What a build depends on besides the tables.

    SQL models read all but the key from `meta.parameter(name, value)`, values as text: `as_of` (ISO 8601
    date), `show_people` (`true` or `false`), and `region.<key>` for each entry of `region`.
    """

    as_of: date
    """The day the answers hold for: ages and windows count back from it."""
    person_key: bytes = field(repr=False)
    """Key of the pseudonyms of people; never written to a table."""
    show_people: bool = False
    region: Mapping[str, str] = field(default_factory=dict)
    """The home region: `country` (ISO 3166), `name_zh`, `name_en` …"""

    def parameters(self) -> dict[str, str]:
        """The rows of `meta.parameter`."""
        region = {f"region.{key}": value for key, value in self.region.items()}
        return {"as_of": self.as_of.isoformat(), "show_people": str(self.show_people).lower()} | region


def discover_models(folder: Path = MODELS_FOLDER) -> dict[str, Model]:
    """Read every model below `folder`; by name, each after the models that it reads.

    Raises `WarehouseError` naming the file for a mistake in a model, two files that make the same table, a
    table that nobody makes, or models that read each other in a circle.
    """
    models: dict[str, Model] = {}
    with duckdb.connect() as parser:
        for path in sorted([*folder.glob("*/*.sql"), *folder.glob("*/*.py")]):
            model = read_model(path, parser)
            if model is None:
                continue
            if model.name in models:
                raise WarehouseError(f"{path}: {model.name} is already made by {models[model.name].path}")
            models[model.name] = model
    for model in models.values():
        for name in sorted(model.reads):
            schema, _, table = name.partition(".")
            if name not in models and name != PARAMETERS and not (schema == "raw" and table in RAW_TABLES):
                raise WarehouseError(f"{model.path}: reads {name}, which no model makes and is no raw table")
    return _in_order(models)


def _in_order(models: dict[str, Model]) -> dict[str, Model]:
    """The models, each after those that it reads, ties by name."""
    ordered: dict[str, Model] = {}
    waiting = dict(sorted(models.items()))
    while waiting:
        ready = [name for name, model in waiting.items() if not any(read in waiting for read in model.reads)]
        if not ready:
            raise WarehouseError("models read each other in a circle: " + _circle(waiting))
        for name in ready:
            ordered[name] = waiting.pop(name)
    return ordered


def _circle(waiting: dict[str, Model]) -> str:
    """One circle among models of which each reads another, as the files in reading order."""
    path = [next(iter(waiting))]
    while path[-1] not in path[:-1]:
        path.append(next(read for read in sorted(waiting[path[-1]].reads) if read in waiting))
    circle = path[path.index(path[-1]) :]
    return " reads ".join(f"{name} ({waiting[name].path})" for name in circle)
