from pathlib import Path

import pytest

from sbom.model import Scope, UnknownKind
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "oh_package_lock"
DIGEST = "SHA-512:" + bytes(range(64)).hex()


def short(purl):
    return None if purl is None else purl.removeprefix("pkg:generic/").replace("%40", "@")


def rows(case):
    return {short(row.purl): row for row in scan_path(FIXTURES / case).components}


def edges(case):
    found = scan_path(FIXTURES / case).dependencies
    return {(short(row.from_purl), short(row.to_purl)): (row.constraint, row.scope) for row in found}


def test_packages_when_locked_then_folders_of_the_project_are_left_out_and_archives_are_kept():
    assert {name: (row.scope, row.direct) for name, row in rows("v3_module").items()} == {
        "@ohos/axios@2.2.4": (Scope.REQUIRED, True),
        "@ohos/hypium@1.0.19": (Scope.EXCLUDED, True),
        "@pura/harmony-utils@1.0.9": (Scope.REQUIRED, True),
        "class-transformer@0.5.1": (Scope.REQUIRED, False),
        "vendor-pay@3.1.0": (Scope.REQUIRED, True),
    }


def test_edges_when_specifiers_resolve_ranges_then_they_end_at_the_locked_version():
    assert edges("v3_module") == {
        (None, "@ohos/axios@2.2.4"): ("^2.2.3", Scope.REQUIRED),
        (None, "@ohos/hypium@1.0.19"): ("1.0.19", Scope.EXCLUDED),
        (None, "@pura/harmony-utils@1.0.9"): ("1.0.9", Scope.REQUIRED),
        (None, "vendor-pay@3.1.0"): ("file:./libs/vendor-pay.har", Scope.REQUIRED),
        ("@pura/harmony-utils@1.0.9", "class-transformer@0.5.1"): ("^0.5.1", Scope.REQUIRED),
    }


def test_package_when_its_name_is_empty_then_the_key_names_it():
    row = rows("v3_module")["@pura/harmony-utils@1.0.9"]
    assert (row.namespace, row.name) == ("@pura", "harmony-utils")


def test_origin_when_resolved_from_a_registry_then_url_has_no_secret_and_digests_are_hex():
    found = rows("v3_module")
    assert found["@pura/harmony-utils@1.0.9"].source_url == (
        "https://registry.example/ohpm/@pura/harmony-utils/-/harmony-utils-1.0.9.har"
    )
    assert found["class-transformer@0.5.1"].hashes == (
        DIGEST,
        "SHA-1:24147d5dffd2a6cea930a3250a677addf96ab336",
    )
    assert found["vendor-pay@3.1.0"].source_url is None


@pytest.mark.parametrize("case", ["v3_module/entry", "v1", "unified", "v2_without_manifest"])
def test_lines_when_locked_then_packages_and_edges_stand_where_they_say(case):
    text = (FIXTURES / case / "oh-package-lock.json5").read_text().splitlines()
    result = scan_path(FIXTURES / case)
    for row in result.components:
        assert row.name in text[row.line - 1]
    for row in result.dependencies:
        assert short(row.to_purl).rpartition("@")[0] in text[row.line - 1]


def test_manifests_when_the_lock_pins_them_then_only_the_lock_names_packages():
    result = scan_path(FIXTURES / "v3_module")
    assert {row.path for row in result.components} == {"entry/oh-package-lock.json5"}
    assert {short(row.purl) for row in result.declared} == {"entry@1.0.0", "library@1.0.0"}
    assert result.unknowns == ()


def test_version_1_when_entries_have_no_name_then_keys_tell_name_and_version():
    found = rows("v1")
    assert {name: row.scope for name, row in found.items()} == {
        "@ohos/hypium@1.0.6": Scope.EXCLUDED,
        "@ohos/axios@2.2.0": Scope.REQUIRED,
        "@changwei/openai@0.0.2": Scope.REQUIRED,
    }
    assert edges("v1")["@changwei/openai@0.0.2", "@ohos/axios@2.2.0"] == ("^2.1.1", Scope.REQUIRED)


def test_scope_when_no_manifest_tells_what_is_asked_for_then_scope_and_directness_are_null():
    found = rows("v2_without_manifest")
    assert {(row.scope, row.direct) for row in found.values()} == {(None, None)}
    assert edges("v2_without_manifest") == {
        ("@ohos/lottie@2.0.10", "long@5.2.1"): ("tag:beta", Scope.REQUIRED)
    }


def test_lock_when_it_serves_all_modules_then_every_manifest_below_asks():
    assert {name: (row.scope, row.direct) for name, row in rows("unified").items()} == {
        "@ohos/hypium@1.0.21": (Scope.EXCLUDED, True),
        "@tencent/mmkv@1.3.9": (Scope.REQUIRED, True),
        "long@5.2.1": (Scope.REQUIRED, True),
    }
    assert {row.path for row in scan_path(FIXTURES / "unified").components} == {"oh-package-lock.json5"}


def test_lock_when_newer_and_incomplete_then_it_is_read_and_what_is_missing_is_said():
    result = scan_path(FIXTURES / "newer_and_incomplete")
    assert [(row.kind, row.line) for row in result.unknowns] == [
        (UnknownKind.UNSUPPORTED, 2),
        (UnknownKind.UNRESOLVED, 12),
        (UnknownKind.UNRESOLVED, 15),
    ]
    assert "@ohos/gif-drawable@2.1.0" in rows("newer_and_incomplete")


def test_lock_when_cut_off_then_whole_entries_are_kept_and_nothing_is_concluded_from_the_rest():
    found = rows("truncated")
    assert {name: (row.scope, row.direct) for name, row in found.items()} == {
        "@ohos/hypium@1.0.6": (None, True),
        "@ohos/axios@2.2.0": (None, None),
    }
    kinds = [row.kind for row in scan_path(FIXTURES / "truncated").unknowns]
    assert kinds == [UnknownKind.UNRESOLVED, UnknownKind.BROKEN]
