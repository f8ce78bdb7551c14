"""What the models of a workspace depend on besides the tables."""

from datetime import UTC, datetime

from pipelines.state import StateFolder
from pipelines.workspace import Workspace
from warehouse.runner import ModelContext


def model_context(workspace: Workspace, state: StateFolder) -> ModelContext:
    """Day, home region, key of the pseudonyms and whether people are shown.

    Raises:
        PipelineError: the file of the key is damaged.
    """
    settings = workspace.settings
    region = {
        "country": settings.region.country,
        "city": settings.region.city,
        "name_zh": settings.region.name.zh,
        "name_en": settings.region.name.en,
    }
    return ModelContext(
        as_of=settings.as_of or datetime.now(UTC).date(),
        person_key=state.person_key(),
        show_people=settings.privacy.show_people,
        region={key: value for key, value in region.items() if value is not None},
    )
