import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from parsing import assert_survives, changed, shapes

from sbom.model import Scope, UnknownKind
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "conan_lock"


def short(purl):
    return None if purl is None else purl.removeprefix("pkg:conan/")


def rows(case):
    found = scan_path(FIXTURES / case).components
    return {short(row.purl): (row.scope, row.direct, row.line) for row in found}


def test_packages_when_conan_2_lists_them_then_only_the_first_list_is_required():
    assert rows("conan_2") == {
        "zlib@1.3.1": (Scope.REQUIRED, None, 3),
        "team/openssl@3.2.1?channel=stable": (Scope.REQUIRED, None, 3),
        "cmake@3.28.1": (Scope.EXCLUDED, None, 7),
        "pyreq@1.0": (Scope.EXCLUDED, None, 10),
    }
    assert scan_path(FIXTURES / "conan_2").dependencies == ()


def test_graph_when_conan_1_locks_it_then_node_0_is_the_project():
    assert rows("conan_1") == {
        "poco@1.9.4": (Scope.REQUIRED, True, 11),
        "conan/zlib@1.2.11?channel=stable": (Scope.REQUIRED, False, 16),
        "ninja@1.11.1": (Scope.EXCLUDED, True, 20),
    }
    edges = scan_path(FIXTURES / "conan_1").dependencies
    assert {(short(row.from_purl), short(row.to_purl)): row.scope for row in edges} == {
        (None, "poco@1.9.4"): Scope.REQUIRED,
        (None, "ninja@1.11.1"): Scope.EXCLUDED,
        ("poco@1.9.4", "conan/zlib@1.2.11?channel=stable"): Scope.REQUIRED,
    }


def test_references_when_they_are_none_then_each_is_an_unknown_and_others_are_kept_once():
    assert set(rows("odd_shapes")) == {"fmt@10.2.1"}
    assert [row.kind for row in scan_path(FIXTURES / "odd_shapes").unknowns] == [UnknownKind.BROKEN] * 2


def test_lock_when_it_holds_nothing_then_nothing_is_unknown():
    result = scan_path(FIXTURES / "empty")
    assert (result.components, result.unknowns) == ((), ())


def test_lock_when_cut_off_then_nothing_is_concluded_from_the_rest():
    assert rows("truncated") == {
        "poco@1.9.4": (Scope.REQUIRED, None, 11),
        "conan/zlib@1.2.11?channel=stable": (Scope.REQUIRED, None, 16),
    }
    kinds = {row.kind for row in scan_path(FIXTURES / "truncated").unknowns}
    assert kinds == {UnknownKind.BROKEN}


SHAPES = shapes(
    ["requires", "build_requires", "graph_lock", "nodes", "ref", "0", "1", "version"],
    ["a/1", "a/1@b/c#d%e", "0", "1", "a", "@", "/", "a/@", "a/1@_/_"],
)


@given(value=SHAPES)
def test_any_shape_when_parsed_then_nothing_escapes(value):
    for document in (value, {"requires": value}, {"graph_lock": {"nodes": value}}, {"graph_lock": value}):
        assert_survives("conan.lock", json.dumps(document).encode())


@given(st.data())
def test_real_file_when_cut_or_changed_anywhere_then_nothing_escapes(data):
    _, content = changed(data, sorted(FIXTURES.glob("*/conan.lock")))
    assert_survives("conan.lock", content)
