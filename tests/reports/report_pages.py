"""What the tests read of a written report."""

import json
import re
from pathlib import Path
from typing import Any


def page_data(file: Path) -> dict[str, Any]:
    """The data that a page carries for its scripts."""
    text = file.read_text("utf-8")
    return json.loads(re.search(r'class="page-data">(.*?)</script>', text, re.DOTALL)[1])
