from ecosystem_fixtures import Scan

from sbom.model import Scope, UnknownKind


def scan(case):
    return Scan("packages-config", "packages_config", case)


def test_packages_when_listed_then_version_scope_and_line_are_known_and_directness_is_not():
    rows = {
        row.name: (row.version, row.constraint, row.scope, row.direct, row.line) for row in scan("web").rows
    }
    assert rows == {
        "EntityFramework": ("6.4.4", None, Scope.REQUIRED, None, 3),
        "Microsoft.Net.Compilers": ("4.2.0", None, Scope.EXCLUDED, None, 5),
        "jQuery": ("3.7.1", "[3,4)", Scope.REQUIRED, None, 4),
    }


def test_package_when_listed_for_several_frameworks_then_each_version_is_one_row():
    assert [(row.purl, row.line) for row in scan("frameworks").rows] == [
        ("pkg:nuget/log4net@1.2.10", 4),
        ("pkg:nuget/log4net@2.0.15", 2),
    ]


def test_element_when_it_is_no_package_then_it_is_broken_and_the_others_are_kept():
    found = scan("broken")
    assert set(found.components) == {"A@1.0.0"}
    assert [(kind, line) for kind, line, _ in found.reasons] == [
        (UnknownKind.BROKEN, 3),
        (UnknownKind.BROKEN, 4),
    ]


def test_file_when_empty_or_of_another_kind_then_there_are_no_rows():
    assert (scan("empty").rows, scan("empty").reasons) == ([], [])
    assert [kind for kind, _, _ in scan("not_packages").reasons] == [UnknownKind.BROKEN]
