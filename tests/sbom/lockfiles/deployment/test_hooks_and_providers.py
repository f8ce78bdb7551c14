"""pre-commit's hooks, Terraform's providers and Ansible's collections and roles."""

import json
from pathlib import Path

import pytest
from ecosystem_fixtures import FIXTURES, Scan, assert_agrees_with_tool, oracle_cases
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives, changed, shapes

from sbom.model import Scope, UnknownKind

NAMES = [".pre-commit-config.yaml", ".terraform.lock.hcl", "requirements.yml", "galaxy.yml"]
REAL = sorted(
    path
    for folder in ("pre_commit", "terraform_lock", "ansible_requirements")
    for path in (FIXTURES / folder).glob("*/*")
    if path.name in NAMES
)
KEYS = ["repos", "repo", "rev", "hooks", "additional_dependencies", "language", "roles", "collections"]
TEXTS = ["https://github.com/a/b", "git@h:a/b", "a.b", "python", "a==1", "@a/b@1", "a@^1", "", "../x", "a;"]
LINES = ['provider "h/a/b" {', 'version = "1"', "hashes = [", '"zh:00",', "]", "}", "x", 'provider "/" {']


def test_hooks_when_configured_then_repositories_and_what_is_installed_beside_them_are_components():
    found = Scan("pre-commit", "pre_commit", "hooks")
    assert {row.purl: row.constraint for row in found.rows} == {
        "pkg:github/pre-commit/pre-commit-hooks@v6.0.0": None,
        "pkg:github/pre-commit/mirrors-mypy@v1.11.0": None,
        "pkg:github/pre-commit/mirrors-eslint@0123456789abcdef0123456789abcdef01234567": None,
        "pkg:generic/git.example/team/hooks@v1.2": None,
        "pkg:generic/forge.example/team/more": None,
        "pkg:pypi/types-pyyaml@6.0.12": "==6.0.12",
        "pkg:pypi/pydantic": ">=2",
        "pkg:pypi/rich": None,
        "pkg:npm/eslint@9.1.0": "9.1.0",
        "pkg:npm/%40babel/core": "^7.0.0",
        "pkg:npm/prettier@3.3.3": "3.3.3",
    }
    assert set(found.scopes.values()) == {Scope.EXCLUDED}
    assert {edge[0] for edge in found.edges} == {None}
    for row in found.rows:
        assert row.name in found.text_at(row).lower()
    assert found.reasons == [
        (UnknownKind.UNRESOLVED, 14, "2 additional dependencies, of whose ecosystem only their hooks tell"),
        (UnknownKind.NO_EXACT_VERSION, 23, "no revision of more is named"),
        (UnknownKind.UNRESOLVED, 38, "hooks come from a folder outside of the repository"),
    ]
    assert not [row for row in found.rows if "secret" in (row.source_url or "")]


def test_hooks_when_in_the_old_form_or_broken_then_they_are_read_as_far_as_they_go():
    assert set(Scan("pre-commit", "pre_commit", "old_list").components) == {"psf/black@24.1.0"}
    broken = Scan("pre-commit", "pre_commit", "broken")
    assert set(broken.components) == {"psf/black@24.1.0"}
    assert [(kind, line) for kind, line, _ in broken.reasons] == [(UnknownKind.BROKEN, 7)]


@pytest.mark.parametrize("case", oracle_cases("terraform_lock"))
def test_providers_when_locked_then_terraform_selects_the_same(case):
    assert_agrees_with_tool(Scan("terraform-lock", "terraform_lock", case))


def test_providers_when_locked_then_constraints_and_the_digests_of_archives_are_kept():
    found = Scan("terraform-lock", "terraform_lock", "providers")
    row = found.components["registry.terraform.io/hashicorp/aws@5.1.0"]
    assert row.purl == "pkg:terraform/registry.terraform.io/hashicorp/aws@5.1.0"
    assert (row.constraint, row.line, row.scope, row.direct) == (">= 4.9.0, < 6.0.0", 4, None, None)
    assert row.hashes == (
        "SHA-256:0c48f157b804c1f392adb5c14b81e756c652755e358096300ea8dd1283021129",
        "SHA-256:1a50495a6c0e5665e51df57dac6e781ec71439b11ebf05f971b6f3a3eb4eb7b2",
    )
    assert found.components["registry.opentofu.org/hashicorp/null@3.2.2"].hashes == ()


def test_providers_when_the_file_is_half_broken_then_each_line_is_named():
    found = Scan("terraform-lock", "terraform_lock", "broken")
    assert set(found.components) == {
        "registry.terraform.io/hashicorp/aws@5.1.0",
        "registry.terraform.io/hashicorp/null",
    }
    assert [(kind, line) for kind, line, _ in found.reasons] == [
        (UnknownKind.BROKEN, 1),
        (UnknownKind.BROKEN, 4),
        (UnknownKind.UNRESOLVED, 6),
        (UnknownKind.BROKEN, 6),
        (UnknownKind.BROKEN, 6),
    ]


def test_galaxy_requirements_when_of_roles_and_collections_then_both_are_components():
    found = Scan("ansible-requirements", "ansible_requirements", "both")
    assert {row.purl: row.constraint for row in found.rows} == {
        "pkg:ansible/geerlingguy/docker@6.1.0": "6.1.0",
        "pkg:ansible/geerlingguy/java": None,
        "pkg:github/someone/ansible-role-x": "main",
        "pkg:ansible/community/general": None,
        "pkg:ansible/ansible/posix@1.5.4": "==1.5.4",
        "pkg:ansible/community/docker": ">=3.0.0,<4.0.0",
        "pkg:generic/git.example/team/collection@0123456789abcdef0123456789abcdef01234567": (
            "0123456789abcdef0123456789abcdef01234567"
        ),
    }
    assert (UnknownKind.UNRESOLVED, 20, "names no collection or role: './local'") in found.reasons


def test_galaxy_requirements_when_a_list_of_roles_then_repositories_are_told_from_names():
    found = Scan("ansible-requirements", "ansible_requirements", "roles_list")
    assert {row.purl for row in found.rows} == {
        "pkg:ansible/geerlingguy/docker@6.1.0",
        "pkg:ansible/geerlingguy/java",
        "pkg:generic/git.example/team/role@v1.0.0",
    }


def test_collection_when_described_then_it_is_declared_and_its_needs_are_components():
    found = Scan("ansible-requirements", "ansible_requirements", "collection")
    (package,) = found.declared
    assert (package.purl, package.licence, package.keywords) == (
        "pkg:ansible/team/tools@1.0.0",
        "GPL-2.0-or-later",
        ("linux", "tools"),
    )
    assert found.asked == {"ansible/utils": (None, None), "community/general@1.0.0": ("1.0.0", None)}


def test_requirements_when_of_another_tool_or_broken_then_nothing_is_invented():
    assert not Scan("ansible-requirements", "ansible_requirements", "other_tool").rows
    broken = Scan("ansible-requirements", "ansible_requirements", "broken")
    assert set(broken.components) == {"community/general"}
    assert (UnknownKind.BROKEN, 3) in {(kind, line) for kind, line, _ in broken.reasons}


@pytest.mark.parametrize("path", NAMES)
@settings(deadline=None, max_examples=40)
@given(content=st.binary(max_size=200))
def test_any_bytes_when_parsed_then_nothing_escapes(path, content):
    assert_survives(path, content)


@pytest.mark.parametrize("path", [NAMES[0], *NAMES[2:]])
@settings(deadline=None, max_examples=80)
@given(document=shapes(KEYS, TEXTS))
def test_any_shape_when_parsed_then_nothing_escapes(path, document):
    assert_survives(path, json.dumps(document).encode())


@settings(deadline=None, max_examples=80)
@given(lines=st.lists(st.sampled_from(LINES), max_size=12))
def test_any_lines_of_a_terraform_lock_when_parsed_then_nothing_escapes(lines):
    assert_survives(NAMES[1], "\n".join(lines).encode())


@settings(deadline=None, max_examples=80)
@given(data=st.data())
def test_real_file_when_cut_or_changed_anywhere_then_nothing_escapes(data):
    path, content = changed(data, REAL)
    assert_survives(Path(path).name, content)
