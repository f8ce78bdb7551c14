"""bun.lock as bun 1.4 writes it; `bun pm ls` is the oracle."""

import pytest
from ecosystem_fixtures import Scan, assert_agrees_with_tool, oracle_cases

from sbom.model import Scope, UnknownKind


def scan(case):
    return Scan("bun-lock", "bun_lock", case)


@pytest.mark.parametrize("case", oracle_cases("bun_lock"))
def test_packages_when_bun_wrote_the_lock_then_bun_lists_the_same(case):
    assert_agrees_with_tool(scan(case))


def test_edges_when_a_package_stands_below_another_then_the_nearest_one_answers():
    assert scan("aliases").edges >= {
        (None, "ansi-regex@5.0.1"),
        (None, "is-odd@3.0.1"),
        ("is-odd@3.0.1", "is-number@6.0.0"),
        ("is-even@1.0.0", "is-odd@0.1.2"),
        ("is-odd@0.1.2", "is-number@3.0.0"),
        ("use-sync-external-store@1.2.0", "react@18.3.1"),
    }


def test_requests_when_locked_then_they_carry_constraint_scope_and_line():
    found = scan("aliases")
    assert found.asked == {
        "ansi-regex@5.0.1": ("npm:ansi-regex@^5.0.0", Scope.REQUIRED),
        "debug@4.3.4": ("4.3.4", Scope.REQUIRED),
        "is-odd@3.0.1": ("^3.0.1", Scope.REQUIRED),
        "is-even@1.0.0": ("^1.0.0", Scope.EXCLUDED),
        "use-sync-external-store@1.2.0": ("1.2.0", Scope.EXCLUDED),
        "fsevents@2.3.3": ("^2.3.0", Scope.OPTIONAL),
        "react@18.3.1": ("^18.0.0", Scope.OPTIONAL),
    }
    for row in found.dependencies:
        if row.from_purl is None:
            assert row.constraint in found.text_at(row)


def test_scopes_when_locked_then_what_only_development_reaches_is_excluded():
    scopes = scan("aliases").scopes
    assert scopes["is-number@6.0.0"] is scopes["ms@2.1.2"] is Scope.REQUIRED
    assert scopes["is-number@3.0.0"] is scopes["is-buffer@1.1.6"] is Scope.EXCLUDED
    assert scopes["loose-envify@1.4.0"] is Scope.OPTIONAL


def test_component_when_of_the_registry_then_hash_and_line_are_kept():
    row = scan("aliases").components["is-number@6.0.0"]
    assert row.hashes[0].startswith("SHA-512:")
    assert "is-number@6.0.0" in scan("aliases").text_at(row)
    assert row.source_url is None


def test_workspaces_when_locked_then_members_are_no_components_and_catalogs_are_followed():
    found = scan("workspaces")
    assert {row.path for row in found.result.components} == {"bun.lock"}
    assert found.asked == {
        "is-even@1.0.0": ("^1.0.0", Scope.EXCLUDED),
        "ms@2.1.3": ("^2.1.0", Scope.REQUIRED),
        "is-number@6.0.0": ("6.0.0", Scope.REQUIRED),
        "is-odd@3.0.1": ("3.0.1", Scope.REQUIRED),
        "ms@2.0.0": ("2.0.0", Scope.REQUIRED),
        "is-number@7.0.0": ("^7.0.0", Scope.EXCLUDED),
    }
    assert {row.name for row in found.declared} == {"mono", "core", "web"}
    assert not found.reasons


def test_folder_when_installed_then_what_it_asks_for_the_project_asks_for():
    found = scan("folders")
    assert found.direct == {"is-number@7.0.0": False, "ms@2.1.3": True, "tarball": True}


def test_origins_when_not_the_registry_then_they_are_named_without_passwords():
    found = scan("origins")
    assert {name: row.source_url for name, row in found.components.items()} == {
        "from-archive": "https://files.example/from-archive-1.0.0.tgz",
        "from-forge": "git+https://github.com/someone/from-forge.git@0123456",
        "from-git": (
            "git+ssh://git@git.example/sample/from-git.git@0123456789abcdef0123456789abcdef01234567"
        ),
        "ms@2.1.3": None,
        "private@1.2.0": "https://registry.example/private/-/private-1.2.0.tgz",
    }
    assert not [row for row in found.dependencies if "secret" in (row.constraint or "")]
    assert (UnknownKind.BROKEN, 24, "no package stands at 'nothing'") in found.reasons
    assert (UnknownKind.UNRESOLVED, 12, "1 named dependencies are not locked in this file: gone") in (
        found.reasons
    )


def test_version_0_when_locked_then_members_stand_in_the_packages_too():
    assert scan("v0").asked == {"ms@2.1.3": ("^2.1.0", Scope.EXCLUDED)}
    assert not scan("v0").reasons


def test_lock_when_cut_off_then_nothing_is_concluded_from_what_is_missing():
    found = scan("truncated")
    assert found.direct["debug@4.3.4"] is True
    assert found.direct["is-buffer@1.1.6"] is None
    assert set(found.scopes.values()) == {None}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.BROKEN, 38)]


def test_lock_when_binary_or_newer_then_that_is_said():
    assert [kind for kind, *_ in scan("binary").reasons] == [UnknownKind.UNSUPPORTED]
    assert [(kind, line) for kind, line, _ in scan("newer").reasons] == [(UnknownKind.UNSUPPORTED, 2)]
    assert set(scan("newer").components) == {"ms@2.1.3"}
