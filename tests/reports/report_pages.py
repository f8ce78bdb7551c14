"""What the tests read of a written report."""

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any


def page_data(file: Path) -> dict[str, Any]:
    """The data that a page carries for its scripts."""
    text = file.read_text("utf-8")
    return json.loads(re.search(r'class="page-data">(.*?)</script>', text, re.DOTALL)[1])


def single_pages(text: str) -> dict[str, str]:
    """The pages of a one-page report by path: the first as it stands there, the others unpacked."""
    first = re.search(r'<section class="page" data-path="([^"]*)".*?</section>\n</main>', text, re.DOTALL)
    held = re.findall(r'data-part="page/([^"]*)">([^<]*)<', text)
    return {first[1]: first[0]} | {
        path: gzip.decompress(base64.b64decode(packed)).decode("utf-8") for path, packed in held
    }
