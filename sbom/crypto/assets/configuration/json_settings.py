"""JSON settings: application settings of .NET, Node.js and others; files over a megabyte are data."""

from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.configuration.key_values import MARKER, Pair, normalised, role_of, write_pair
from sbom.crypto.assets.configuration.yaml_settings import flatten
from sbom.crypto.assets.findings import AssetFile, AssetFindings, Setting
from sbom.crypto.readable import line_starts
from sbom.lockfiles.located import load_located_json

_MOST_BYTES = 1024 * 1024


def parse(file: AssetFile, findings: AssetFindings) -> None:
    if len(file.content) > _MOST_BYTES:
        return
    reading = load_located_json(file.content, file.limits, 1)
    if reading.error is not None:
        return  # JSON with comments, or no settings at all
    text = file.text
    starts = line_starts(text)
    for document in reading.documents:
        for key, value, number in flatten(document):
            if role_of(normalised(key)) is not None:
                start = starts[min(number, len(starts)) - 1]
                end = starts[number] if number < len(starts) else len(text)
                column = max(text.find(f'"{key.rpartition(".")[2]}"', start, end) - start, 0)
                at = Setting(start + column, number, column + 1, key, "configuration")
                write_pair(findings, Pair(key, value, at))


FORMAT = AssetFormat(
    name="json-settings",
    version="1",
    parse=parse,
    globs=("appsettings*.json", "settings*.json", "config*.json", "*.config.json", "*/config/*.json"),
    marker=MARKER,
    title="JSON settings",
)
