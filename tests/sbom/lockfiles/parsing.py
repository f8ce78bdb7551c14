"""Parse one file's content with every format that reads its path, and hold what every parser must keep."""

from hypothesis import strategies as st

from sbom.limits import DEFAULT_LIMITS
from sbom.lockfiles import Findings, SourceFile, match_formats
from sbom.lockfiles.folder import Tree
from sbom.scan import parse_file


def parse_content(path, content, others=None, limits=DEFAULT_LIMITS):
    """Findings of every format that reads a file of this path; `others` are files beside it."""
    files = {**(others or {}), path: content}
    tree = Tree(files.get, frozenset(files), limits)
    sheets = []
    for fmt in match_formats(path):
        findings = Findings(path, fmt.name, fmt.version, limits)
        parse_file(fmt, SourceFile(path, content, tree), findings)
        sheets.append(findings)
    return sheets


def assert_survives(path, content, others=None):
    """The parser itself copes, and what it writes holds together.

    No exception of Python's own, no line outside the file, no component twice, no edge to what is none.
    """
    sheets = parse_content(path, content, others)
    assert sheets
    for sheet in sheets:
        for row in sheet.unknowns:
            assert not row.reason.startswith("not what"), row
            assert "Error" not in row.reason, row
        for row in (*sheet.components, *sheet.dependencies, *sheet.unknowns):
            assert row.line is None or 1 <= row.line <= content.count(b"\n") + 1, row
        purls = [row.purl for row in sheet.components]
        assert len(purls) == len(set(purls))
        assert {row.to_purl for row in sheet.dependencies} <= set(purls)
        assert {row.from_purl for row in sheet.dependencies} <= {None, *purls}


def shapes(keys, texts):
    """JSON values of any shape that are likely to look like a file of the format."""
    words = st.sampled_from(keys) | st.sampled_from(texts)
    scalars = st.sampled_from(texts) | st.none() | st.booleans() | st.integers(-1, 9) | st.text(max_size=6)
    return st.recursive(
        scalars,
        lambda children: st.lists(children, max_size=3) | st.dictionaries(words, children, max_size=5),
        max_leaves=25,
    )


def changed(data, fixtures):
    """The content of one of the fixtures, cut or overwritten anywhere, and its path."""
    path = data.draw(st.sampled_from(fixtures))
    content = path.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.sampled_from([0, 1, 2, 40, len(content)]))
    return path, content[:start] + data.draw(st.binary(max_size=4)) + content[start + length :]
