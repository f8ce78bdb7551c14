"""uv.lock and script locks as uv 0.13 writes them; `uv export` names the same components and edges."""

from pathlib import Path

from sbom.model import Scope, UnknownKind
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "uv-lock"


def rows(case, path="uv.lock"):
    return [row for row in scan_path(FIXTURES / case).components if row.path == path]


def short(purl):
    return None if purl is None else purl.removeprefix("pkg:pypi/")


def edges(case, path="uv.lock"):
    found = scan_path(FIXTURES / case).dependencies
    return {(short(row.from_purl), short(row.to_purl), row.scope) for row in found if row.path == path}


def roots(case, path="uv.lock"):
    found = scan_path(FIXTURES / case).dependencies
    return {
        (short(row.to_purl), row.constraint, row.scope)
        for row in found
        if row.path == path and row.from_purl is None
    }


def test_members_when_locked_then_they_are_no_components_and_their_requirements_are_direct():
    found = {row.name: row for row in rows("workspace")}
    assert {"console", "ledger"}.isdisjoint(found)
    assert {name for name, row in found.items() if row.direct} == {
        "attrs",
        "blinker",
        "colorama",
        "httpx",
        "itsdangerous",
        "mdurl",
        "pathspec",
        "pytest",
    }
    assert all(row.direct is False for row in found.values() if not row.direct)


def test_scope_when_extras_and_groups_tell_then_groups_of_an_application_other_than_dev_are_open():
    found = {row.name: row.scope for row in rows("workspace")}
    assert found["httpx"] is found["attrs"] is found["socksio"] is Scope.REQUIRED
    assert found["itsdangerous"] is found["blinker"] is Scope.OPTIONAL
    assert found["pytest"] is found["iniconfig"] is Scope.EXCLUDED
    assert found["mdurl"] is Scope.EXCLUDED  # a group of a package that is built and distributed
    assert found["pathspec"] is None  # a group of an application, which may be what it runs with


def test_root_edges_when_members_ask_then_they_carry_specifier_scope_and_line():
    assert roots("workspace") >= {
        ("httpx@0.28.1", ">=0.27", Scope.REQUIRED),
        ("attrs@26.1.0", ">=23", Scope.REQUIRED),
        ("blinker@1.9.0", ">=1.8", Scope.OPTIONAL),
        ("pytest@8.4.2", ">=8", Scope.EXCLUDED),
        ("pathspec@1.1.1", None, None),
        ("mdurl@0.1.2", None, Scope.EXCLUDED),
    }
    text = (FIXTURES / "workspace" / "uv.lock").read_text().splitlines()
    for row in scan_path(FIXTURES / "workspace").dependencies:
        assert f'name = "{short(row.to_purl).partition("@")[0]}"' in text[row.line - 1]


def test_edges_when_an_extra_of_a_package_is_asked_for_then_its_dependencies_are_edges():
    assert ("httpx@0.28.1", "socksio@1.0.0", Scope.REQUIRED) in edges("workspace")


def test_edges_when_a_name_has_several_versions_then_version_and_source_decide():
    assert roots("forks") == {
        ("attrs@22.2.0", "<23", Scope.REQUIRED),
        ("attrs@26.1.0", ">=24", Scope.REQUIRED),
        ("click@7.1.2", "<8", Scope.OPTIONAL),
        ("click@8.1.8", ">=8.1", Scope.OPTIONAL),
        ("click@8.5.1", ">=8.1", Scope.OPTIONAL),
        ("outcome@1.3.0.post0", None, Scope.REQUIRED),
    }
    assert {edge[:2] for edge in edges("forks") if edge[0]} == {
        ("click@8.1.8", "colorama@0.4.6"),
        ("outcome@1.3.0.post0", "attrs@22.2.0"),
        ("outcome@1.3.0.post0", "attrs@26.1.0"),
    }


def test_hashes_when_archives_are_listed_then_source_archive_and_wheels_are_kept():
    attrs = next(row for row in rows("forks") if row.purl == "pkg:pypi/attrs@22.2.0")
    assert attrs.hashes == (
        "SHA-256:c9227bfc2f01993c03f68db37d1d15c9690188323c067c641f1a35ca58185f99",
        "SHA-256:29e95c7f6778868dbd49170f98f8818f78f3dc5e0e37c0b1f474e3561b240836",
    )


def test_line_when_a_package_is_locked_then_it_is_the_line_of_its_name():
    for case in ("workspace", "forks"):
        text = (FIXTURES / case / "uv.lock").read_text().splitlines()
        for row in rows(case):
            assert text[row.line - 1] == f'name = "{row.name}"'


def test_sources_when_not_an_index_then_git_has_its_commit_and_a_folder_is_the_developers():
    found = {row.name: row.source_url for row in rows("sources")}
    assert found == {
        "certifi": None,
        "gitdep": "git+https://git.example/sample/gitdep.git@b66e3ef4b0d37d36a5f0dd4a1243c97b561f3658",
        "idna": None,
        "six": None,
    }
    assert ("certifi@2026.10.18", None, Scope.REQUIRED) in roots("sources")  # through the folder


def test_source_url_when_it_holds_a_password_then_it_is_left_out():
    found = {row.name: row.source_url for row in rows("incomplete")}
    assert found["archive"] == "https://files.example/archive-2.0.tar.gz"


def test_script_when_it_has_a_lock_then_its_requirements_are_roots():
    assert roots("script", "report.py.lock") == {
        ("attrs@26.1.0", None, Scope.REQUIRED),
        ("httpx@0.28.1", ">=0.27", Scope.REQUIRED),
    }
    found = {row.name: row.direct for row in rows("script", "report.py.lock")}
    assert found == {
        "anyio": False,
        "attrs": True,
        "certifi": False,
        "h11": False,
        "httpcore": False,
        "httpx": True,
        "idna": False,
        "typing-extensions": False,
    }


def test_manifests_when_members_are_locked_then_only_the_lock_gives_components():
    result = scan_path(FIXTURES / "workspace")
    assert {row.path for row in result.components} == {"uv.lock"}
    assert {(row.purl, row.path) for row in result.declared} == {
        ("pkg:pypi/console@2.1.0", "pyproject.toml"),
        ("pkg:pypi/ledger@0.2.0", "libs/ledger/pyproject.toml"),
    }
    assert result.unknowns == ()


def test_file_when_cut_off_then_nothing_is_concluded_from_what_is_missing():
    result = scan_path(FIXTURES / "truncated")
    assert [row.name for row in rows("truncated")][-1] == "h11"
    assert {row.name: (row.scope, row.direct) for row in rows("truncated")} == {
        "anyio": (None, None),
        "attrs": (None, None),
        "blinker": (None, True),
        "certifi": (None, None),
        "colorama": (Scope.REQUIRED, True),
        "exceptiongroup": (None, None),
        "h11": (None, None),
    }
    assert [(row.kind, row.line) for row in result.unknowns] == [(UnknownKind.BROKEN, 148)]


def test_lock_version_when_newer_than_known_then_it_is_read_and_said():
    result = scan_path(FIXTURES / "newer_version")
    assert [(row.purl, row.scope, row.direct) for row in result.components] == [
        ("pkg:pypi/six@1.17.0", None, None)
    ]
    assert [(row.kind, row.line) for row in result.unknowns] == [(UnknownKind.UNSUPPORTED, 1)]


def test_unknowns_when_parts_are_missing_then_each_names_its_line():
    result = scan_path(FIXTURES / "incomplete")
    assert [(row.kind, row.line, row.reason) for row in result.unknowns] == [
        (
            UnknownKind.UNRESOLVED,
            None,
            "neighbour stands in a folder outside the repository: ../neighbour",
        ),
        (UnknownKind.UNRESOLVED, 9, "incomplete depends on absent, which the lock file does not pin"),
        (UnknownKind.BROKEN, 15, "a package without a name"),
    ]
