"""Formats that end lines where git does not: what they find keeps a line that git counts."""

from sbom.crypto.assets import read_assets
from sbom.crypto.model import Context


def test_yaml_whose_lines_end_with_carriage_returns_alone_when_read_then_they_are_one_line() -> None:
    found = read_assets(
        "application.yml", b"a: 1\rencryption:\r  algorithm: AES-128-CBC\r", Context.MAIN
    ).occurrences
    assert [(row.line, row.offset) for row in found] == [(1, 0)]


def test_yaml_with_line_ends_of_all_kinds_when_read_then_lines_are_those_that_git_counts() -> None:
    found = read_assets(
        "application.yml", b"a: 1\r\nb: 2\rc: 3\n\nencryption:\r\n  algorithm: AES-128-CBC\n", Context.MAIN
    ).occurrences
    assert [row.line for row in found] == [5]
