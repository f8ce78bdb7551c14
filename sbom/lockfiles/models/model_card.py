"""Model cards: the YAML at the head of a README.md that says on which models and data sets a model rests.

https://huggingface.co/docs/hub/model-cards. A README without such a head, or whose head names neither, is
left alone.
"""

import re

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.documents import report_broken
from sbom.lockfiles.located import LocatedMap, as_list, load_located_yaml
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.models.hub_names import hub_names
from sbom.model import Scope
from sbom.purl import HUB_TYPE, split_hub_name

_HEAD = re.compile(rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_MARK = re.compile(rb"^(?:base_model|datasets)[ \t]*:", re.MULTILINE)
_LONGEST_HEAD = 64 * 1024
_FIELDS = {"base_model": "model", "datasets": "dataset"}


def parse(file: SourceFile, findings: Findings) -> None:
    """Record what the card names; hubs share the form, and its default is Hugging Face."""
    head = _HEAD.match(file.content[:_LONGEST_HEAD])
    if head is None or not _MARK.search(head[1]):
        return
    reading = load_located_yaml(b"\n" + head[1], findings.limits, entry_depth=1)
    report_broken(reading, findings)
    document = reading.root
    for field, kind in _FIELDS.items():
        for text, line in _texts(document, field):
            if hub_names().is_name(text, kind, "huggingface"):
                purl = findings.component(
                    *split_hub_name("huggingface", kind, text), None, direct=True, line=line
                )
                scope = Scope.REQUIRED if kind == "model" else None
                findings.edge(None, purl, scope=scope, line=line)
    merge_components(findings)


def _texts(document: LocatedMap, field: str) -> list[tuple[str, int]]:
    value, line = document.get(field), document.line(field) or 1
    if isinstance(value, str):
        return [(value.strip(), line)]
    return [(item.strip(), at) for item, at in as_list(value).located() if isinstance(item, str)]


FORMAT = Format(
    name="model-card",
    version="1",
    globs=("README.md",),
    purl_type=HUB_TYPE,
    parse=parse,
    knows=frozenset({Knows.DIRECT, Knows.LINE}),
    title="model card (README.md)",
    is_source=True,
)
