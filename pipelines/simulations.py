"""Run shocks on the published answers and keep the result."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.state import StateFolder
from warehouse.shocks import parse_shock, simulate
from warehouse.store.database import open_published


@dataclass(frozen=True, slots=True)
class Simulation:
    """The results of some shocks, and the file that keeps them."""

    content: dict[str, Any]
    path: Path


def run_simulation(state: StateFolder, removed: Sequence[str], together: bool) -> Simulation:
    """Simulate each of `removed` (`kind:subject`), or all of them `together`, and keep the result.

    The file is named by the shocks and by the taxonomy and the day that the answers stand for: the same
    question to the same answers gives the same bytes.

    Raises:
        WarehouseError: nothing is published, a shock is not well formed, or it removes nothing.
    """
    content = simulate_shocks(state.published, removed, together)
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    name = hashlib.sha256("\n".join([str(together), *removed]).encode()).hexdigest()[:16]
    path = state.path / "simulations" / f"{content['as_of']}-{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return Simulation(content, path)


def simulate_shocks(published: Path, removed: Sequence[str], together: bool) -> dict[str, Any]:
    """What happens if each of `removed` goes away, or all of them `together`; writes nothing.

    Raises:
        WarehouseError: nothing is published, a shock is not well formed, or it removes nothing.
    """
    shocks = [parse_shock(text) for text in removed]
    groups = [shocks] if together else [[shock] for shock in shocks]
    with closing(open_published(published)) as con:
        [(as_of,)] = con.execute("select max(value) from meta.parameter where name = 'as_of'").fetchall()
        files = con.execute("select folder, file, sha256 from raw.taxonomy_file order by all").fetchall()
        results = [asdict(simulate(con, group)) for group in groups]
    taxonomy = hashlib.sha256(json.dumps(files).encode()).hexdigest()
    return {"as_of": as_of, "taxonomy": taxonomy, "shocks": results}
