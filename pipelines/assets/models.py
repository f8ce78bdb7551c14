"""The models of the warehouse: every `.sql` or `.py` file is one asset."""

from collections.abc import Collection, Iterator

import dagster as dg

from pipelines.assets.keys import TableResult, column_schema, table_key
from pipelines.disk_space import require_floor
from pipelines.progress import Progress
from pipelines.resources import RegionResource
from warehouse.model import PARAMETERS, Model
from warehouse.runner import ModelBuild, build_models, discover_models

MODELS = discover_models()


def _spec(model: Model) -> dg.AssetSpec:
    told = {"grain": model.grain, "formula": model.formula, "source": model.source}
    return dg.AssetSpec(
        table_key(model.name),
        deps=[table_key(read) for read in sorted(model.reads - {PARAMETERS})],
        description=model.description,
        group_name=model.path.parent.name,
        kinds={"duckdb", model.path.suffix.removeprefix(".").replace("py", "python")},
        metadata={
            "dagster/column_schema": column_schema(model.columns),
            **{name: text for name, text in told.items() if text is not None},
        },
    )


@dg.multi_asset(specs=[_spec(model) for model in MODELS.values()], can_subset=True)
def models(
    context: dg.AssetExecutionContext, region: RegionResource, progress: dg.ResourceParam[Progress]
) -> Iterator[TableResult]:
    """Build the models that are stale."""
    chosen = {name for name in MODELS if table_key(name) in context.selected_asset_keys}
    progress.begin("build", len(chosen))
    builds = _build(region, progress, None if len(chosen) == len(MODELS) else chosen)
    yield from (_result(build) for build in builds if build.rows is not None)
    if failed := [build for build in builds if build.rows is None]:
        raise dg.Failure("; ".join(f"{build.name}: {build.error}" for build in failed), allow_retries=False)


def _build(region: RegionResource, progress: Progress, only: Collection[str] | None) -> list[ModelBuild]:
    state = region.state

    def on_built(_: ModelBuild) -> None:
        progress.advance()
        require_floor(state.path)

    with region.query_engine() as engine:
        return build_models(
            *(region.warehouse(), region.model_context(), only, on_built, MODELS), engine=engine
        )


def _result(build: ModelBuild) -> TableResult:
    return dg.MaterializeResult(
        asset_key=table_key(build.name),
        metadata={
            "dagster/row_count": build.rows,
            "status": build.status,
            "wall_ms": build.wall_ms,
            **({} if build.part_keys is None else {"repositories_renewed": build.part_keys}),
        },
    )
