import pytest
from ecosystem_fixtures import Scan

from sbom.lockfiles.ruby.ruby_literals import read_arguments
from sbom.model import Scope, UnknownKind


def scan(case):
    return Scan("gemspec", "gemspec", case)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\"a\", 'b\\'s', %q<c>.freeze", (["a", "b's", "c"], True)),
        ('["a", "b"]) # why', ([["a", "b"]], True)),
        ("%w[a b] if RUBY_ENGINE", ([["a", "b"]], True)),
        ('"a", VERSION', (["a"], False)),
        ('"a#{1}"', ([], False)),
        ('"a" + b', (["a"], False)),
        ('["a", b]', ([], False)),
    ],
)
def test_arguments_when_read_then_only_literals_are(text, expected):
    assert read_arguments(text, 0) == expected


def test_gem_when_literal_then_all_that_it_says_is_declared():
    (declared,) = scan("library").declared
    assert (declared.purl, declared.licence, declared.line) == (
        "pkg:gem/geo@1.0.0.rc1",
        "MIT OR Apache-2.0",
        4,
    )
    assert declared.description == "Coordinates of GCJ-02 and WGS-84"


def test_requirements_when_literal_then_scope_constraint_and_line_are_known():
    assert {
        name: (row.constraint, row.scope, row.line) for name, row in scan("library").components.items()
    } == {
        "bigdecimal": (None, Scope.REQUIRED, 14),
        "json@2.6.3": ("= 2.6.3", Scope.REQUIRED, 13),
        "rack": ("~> 2.0, >= 2.2.4", Scope.REQUIRED, 12),
        "rake@13.0.6": ("13.0.6", Scope.EXCLUDED, 15),
    }
    assert [kind for kind, _, _ in scan("library").reasons] == [UnknownKind.NO_EXACT_VERSION]


def test_gemspec_when_rubygems_generated_it_then_frozen_strings_are_read():
    found = scan("generated")
    assert [(row.purl, row.licence, row.description) for row in found.declared] == [
        ("pkg:gem/sample@0.3.1", "BSD-2-Clause", "It's a sample")
    ]
    assert found.asked == {
        "mime-types": ("~> 3.0, < 4", Scope.REQUIRED),
        "minitest": (">= 5", Scope.EXCLUDED),
    }


def test_value_when_code_computes_it_then_it_is_unresolved_with_its_line():
    found = scan("computed")
    assert [row.purl for row in found.declared] == ["pkg:gem/computed"]
    assert found.asked == {"rails": (None, Scope.REQUIRED), "rake": ("~> 13.0", Scope.REQUIRED)}
    unresolved = [
        (line, reason.partition(" is no literal")[0]) for kind, line, reason in found.reasons if line
    ]
    assert unresolved == [
        (6, "version"),
        (7, "license"),
        (10, "the constraint of rails"),
        (11, "a dependency"),
        (12, "a dependency"),
    ]


def test_specification_when_name_and_version_are_arguments_then_they_are_read():
    found = scan("positional")
    assert [(row.purl, row.line) for row in found.declared] == [("pkg:gem/positional@0.9", 1)]
    assert found.asked == {"rack": (">= 1.0, < 3", Scope.REQUIRED)}


def test_requirement_when_under_a_condition_then_it_counts():
    assert set(scan("conditional").asked) == {"jruby-openssl", "base64"}


def test_file_when_strings_do_not_end_then_nothing_is_made_up():
    found = scan("broken")
    assert (found.rows, [row.purl for row in found.declared]) == ([], ["pkg:gem/broken"])
    assert {kind for kind, _, _ in found.reasons} == {UnknownKind.UNRESOLVED}
