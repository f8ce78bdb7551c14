"""Cargo.lock; the workspace is locked by Cargo 1.95, whose `cargo metadata` and `cargo tree` agree."""

from pathlib import Path

from sbom.model import Scope, UnknownKind
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "cargo-lock"


def rows(case):
    return [row for row in scan_path(FIXTURES / case).components if row.path == "Cargo.lock"]


def short(purl):
    return None if purl is None else purl.removeprefix("pkg:cargo/")


def edges(case):
    found = [row for row in scan_path(FIXTURES / case).dependencies if row.path == "Cargo.lock"]
    return {(short(row.from_purl), short(row.to_purl)): row for row in found}


def test_crates_when_locked_then_the_developers_own_are_left_out():
    assert {short(row.purl) for row in rows("workspace")} == {
        "bit-set@0.5.3",
        "cc@1.0.83",
        "cfg-if@0.1.10",
        "cfg-if@1.0.0",
        "clap@4.4.0",
        "clap_lex@0.5.1",
        "fastrand@2.0.1",
        "gitcrate@2.0.0",
        "libc@0.2.150",
        "openssl-sys@0.9.9",
        "pkg-config@0.3.27",
        "proptest@1.4.0",
        "rand@0.7.3",
        "rand@0.8.5",
        "rand_core@0.5.1",
        "rand_core@0.6.4",
        "serde@1.0.210",
        "tempfile@3.8.0",
        "tracing@0.1.40",
        "windows-sys@0.48.0",
    }


def test_scope_when_manifests_tell_then_development_is_excluded_and_features_that_are_off_are_optional():
    scopes = {short(row.purl): row.scope for row in rows("workspace")}
    assert {name for name, scope in scopes.items() if scope is Scope.EXCLUDED} == {
        "bit-set@0.5.3",
        "proptest@1.4.0",
        "tempfile@3.8.0",
    }
    assert {name for name, scope in scopes.items() if scope is Scope.OPTIONAL} == {"tracing@0.1.40"}
    assert scopes["clap@4.4.0"] is Scope.REQUIRED  # optional, but a default feature turns it on


def test_root_edges_when_manifests_tell_then_constraint_and_scope_are_those_of_the_right_version():
    roots = {
        target: (row.constraint, row.scope)
        for (source, target), row in edges("workspace").items()
        if source is None
    }
    assert roots == {
        "cc@1.0.83": ("1", Scope.EXCLUDED),
        "clap@4.4.0": ("4", Scope.REQUIRED),
        "gitcrate@2.0.0": (None, Scope.REQUIRED),
        "openssl-sys@0.9.9": ("=0.9.9", Scope.REQUIRED),
        "proptest@1.4.0": ("1", Scope.EXCLUDED),
        "rand@0.7.3": ("0.7", Scope.REQUIRED),
        "rand@0.8.5": ("0.8", Scope.REQUIRED),
        "serde@1.0.210": ("1.0", Scope.REQUIRED),
        "tempfile@3.8.0": ("3", Scope.EXCLUDED),
        "tracing@0.1.40": ("0.1", Scope.OPTIONAL),
        "windows-sys@0.48.0": ("0.48", Scope.REQUIRED),
    }


def test_edges_when_a_name_has_two_versions_then_the_reference_decides():
    found = edges("workspace")
    assert ("rand@0.8.5", "rand_core@0.6.4") in found
    assert ("rand@0.7.3", "rand_core@0.5.1") in found
    assert ("rand@0.8.5", "rand_core@0.5.1") not in found
    assert len(found) == 26


def test_lines_when_locked_then_packages_and_edges_stand_where_they_say():
    text = (FIXTURES / "workspace" / "Cargo.lock").read_text().splitlines()
    for row in rows("workspace"):
        assert text[row.line - 1] == f'name = "{row.name}"'
    for (_, target), row in edges("workspace").items():
        assert text[row.line - 1].startswith(f' "{target.partition("@")[0]}')


def test_direct_when_a_member_asks_then_it_is_true_and_otherwise_false():
    direct = {short(row.purl): row.direct for row in rows("workspace")}
    assert direct["serde@1.0.210"] is True
    assert direct["libc@0.2.150"] is False


def test_checksum_and_commit_when_locked_then_they_are_hash_and_source_url():
    found = {short(row.purl): row for row in rows("workspace")}
    assert found["cc@1.0.83"].hashes == (
        "SHA-256:bcc02f940f7fd89eaf3bad657eb6f72a6e0d0ac46aceae1549a2173c5ab94b2e",
    )
    assert found["cc@1.0.83"].source_url is None
    assert found["gitcrate@2.0.0"].source_url == (
        "git+https://git.example/sample/gitcrate@c39c1f8d1b1e7ae755e20e2bbc61b6cc1c372a1b"
    )


def test_manifests_when_members_are_listed_by_glob_then_the_lock_covers_them_but_not_the_excluded():
    result = scan_path(FIXTURES / "workspace")
    assert {row.path for row in result.components} == {"Cargo.lock", "crates/ignored/Cargo.toml"}
    assert {row.purl for row in result.declared} == {
        "pkg:cargo/app@0.3.0",
        "pkg:cargo/core-lib@0.1.0",
        "pkg:cargo/ignored@9.0.0",
    }


def test_scope_when_no_manifest_is_in_the_repository_then_it_is_null():
    assert {row.scope for row in rows("without_manifests")} == {None}
    assert {row.direct for row in rows("without_manifests")} == {True, False}
    reasons = [row.reason for row in scan_path(FIXTURES / "without_manifests").unknowns]
    assert reasons == [
        "app has no source, and no manifest of it is in the repository",
        "core-lib has no source, and no manifest of it is in the repository",
    ]


def test_scope_when_one_manifest_is_missing_then_only_what_is_certain_is_said():
    scopes = {short(row.purl): row.scope for row in rows("member_missing")}
    assert scopes["serde@1.0.210"] is Scope.REQUIRED
    assert scopes["proptest@1.4.0"] is Scope.EXCLUDED
    # reached by the crate whose manifest is missing, and by development only
    assert scopes["rand@0.8.5"] is None
    assert scopes["fastrand@2.0.1"] is None


def test_format_when_version_1_then_checksums_and_replacements_are_followed():
    found = {short(row.purl): row for row in rows("version_1")}
    assert found["log@0.3.9"].hashes == (
        "SHA-256:e19e8d5c34a3e0e2223db8e060f9e8264aeeb5c5fc64a4ee9965c062211c024b",
    )
    assert [row.name for row in rows("version_1")].count("patched") == 1
    assert found["patched@1.0.0"].source_url == (
        "git+https://git.example/team/patched@0123456789abcdef0123456789abcdef01234567"
    )
    assert edges("version_1")[None, "log@0.3.9"].constraint == "0.3"
    assert edges("version_1")[None, "log@0.4.20"].constraint == "0.4"


def test_format_when_older_than_version_1_then_the_root_table_is_the_developers_crate():
    assert [(short(row.purl), row.direct, len(row.hashes)) for row in rows("root_table")] == [
        ("libc@0.2.9", True, 1)
    ]


def test_crates_when_one_version_comes_from_two_sources_then_references_name_the_source():
    assert [(row.line, row.direct, row.source_url) for row in rows("two_sources")] == [
        (13, True, "git+https://git.example/team/codec@89abcdef0123456789abcdef0123456789abcdef"),
        (18, True, None),
    ]
    unknowns = scan_path(FIXTURES / "two_sources").unknowns
    assert [(row.kind, row.line) for row in unknowns] == [
        (UnknownKind.UNRESOLVED, 4),
        (UnknownKind.UNRESOLVED, 9),
        (UnknownKind.BROKEN, 23),
    ]


def test_crates_when_a_folder_patches_one_then_its_manifest_is_the_developers_and_is_covered():
    result = scan_path(FIXTURES / "patched_folder")
    assert {row.purl for row in result.components} == {"pkg:cargo/libc@0.2.9", "pkg:cargo/tokio@1.0.0"}
    assert {row.path for row in result.components} == {"Cargo.lock"}
    assert [row.reason for row in result.unknowns] == [
        "helper has no source, and no manifest of it is in the repository"
    ]


def test_file_when_cut_off_then_whole_crates_are_kept_and_nothing_is_concluded_from_the_rest():
    found = rows("truncated")
    assert short(found[-1].purl) == "rand_core@0.5.1"
    assert {row.direct for row in found} == {True, None}
    broken = [row for row in scan_path(FIXTURES / "truncated").unknowns if row.kind is UnknownKind.BROKEN]
    assert [row.line for row in broken] == [139]


def test_lock_version_when_newer_than_known_then_it_is_read_and_said():
    assert [short(row.purl) for row in rows("newer_version")] == ["libc@0.2.9"]
    unknowns = scan_path(FIXTURES / "newer_version").unknowns
    assert [(row.kind, row.line) for row in unknowns] == [(UnknownKind.UNSUPPORTED, 1)]
