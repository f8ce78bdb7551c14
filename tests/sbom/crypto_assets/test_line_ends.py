"""Formats that end lines where others do not: what they find keeps its line, and no offset is made up."""

from sbom.crypto.assets import read_assets
from sbom.crypto.model import Context


def test_yaml_whose_lines_end_with_carriage_returns_alone_when_read_then_the_line_is_told() -> None:
    found = read_assets(
        "application.yml", b"a: 1\rencryption:\r  algorithm: AES-128-CBC\r", Context.MAIN
    ).occurrences
    assert [(row.line, row.offset) for row in found] == [(3, 0)]
