"""cpanfile.snapshot of Carton; `carton tree` is the oracle."""

import json

from ecosystem_fixtures import Scan

from sbom.lockfiles.perl.cpanfile import read_cpanfile
from sbom.model import Scope, UnknownKind


def scan(case):
    return Scan("cpanfile-snapshot", "cpanfile_snapshot", case)


def name(text):
    return text and text.rpartition("/")[2].rpartition("@")[0]


def test_edges_when_carton_wrote_the_snapshot_then_its_tree_is_part_of_them():
    found = scan("carton")
    expected = json.loads((found.folder / "expected.json").read_text())["edges"]
    edges = {tuple(map(name, pair)) for pair in found.edges}
    more = {(None, "JSON-XS"), (None, "Try-Tiny")}  # recommended, of a feature: not in the tree by default
    assert edges - more == {tuple(pair) for pair in expected}


def test_distributions_when_read_then_authors_scopes_and_lines_are_known():
    found = scan("carton")
    assert {row.purl: (row.scope, row.direct) for row in found.rows} == {
        "pkg:cpan/ARISTOTLE/Hash-MultiValue@0.16": (Scope.REQUIRED, False),
        "pkg:cpan/ETHER/Try-Tiny@0.31": (Scope.REQUIRED, True),
        "pkg:cpan/MIYAGAWA/Plack@1.0050": (Scope.REQUIRED, True),
        "pkg:cpan/MLEHMANN/JSON-XS@4.03": (Scope.OPTIONAL, True),
        "pkg:cpan/RJBS/Test-Deep@1.204": (Scope.EXCLUDED, True),
    }
    for row in found.rows:
        assert row.name in found.text_at(row)
    assert found.components["MIYAGAWA/Plack@1.0050"].constraint == ">= 1.0"


def test_snapshot_when_broken_then_lines_are_named_and_nothing_is_concluded():
    found = scan("broken")
    assert found.direct == {"ETHER/Try-Tiny@0.31": None}
    assert [(kind, line) for kind, line, _ in found.reasons] == [
        (UnknownKind.BROKEN, 5),
        (UnknownKind.BROKEN, 8),
    ]


def test_cpanfile_when_it_has_phases_in_features_then_scopes_end_with_their_blocks():
    text = (
        "on test => sub { requires 'A'; if (1) { requires 'B' } };\nrequires 'C' => 1.2; test_requires 'D';"
    )
    assert [(row.module, row.constraint, row.scope) for row in read_cpanfile(text)] == [
        ("A", None, Scope.EXCLUDED),
        ("B", None, Scope.EXCLUDED),
        ("C", "1.2", Scope.REQUIRED),
        ("D", None, Scope.EXCLUDED),
    ]
