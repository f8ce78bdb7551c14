from pathlib import Path

from sbom.model import UnknownKind
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "kubernetes"
DIGEST = "77726ef6b57ddf65bb551896826ec38bc3e53f75cdde31354fbffb4f25238ebd"


def lines(case):
    return {row.purl.removeprefix("pkg:docker/"): row.line for row in scan_path(FIXTURES / case).components}


def test_images_when_pods_and_workloads_hold_them_then_only_containers_count():
    assert lines("workloads") == {
        "library/busybox@1.36": 16,
        f"team/web@sha256:{DIGEST}?repository_url=registry.example": 19,
        "library/nginx": 20,
        "library/alpine@3.20": 24,
    }
    assert [(row.kind, row.path, row.line) for row in scan_path(FIXTURES / "workloads").unknowns] == [
        (UnknownKind.NO_EXACT_VERSION, "deploy.yaml", 20),
        (UnknownKind.UNRESOLVED, "pod.yml", 6),
    ]


def test_scope_when_the_manifest_does_not_tell_then_it_is_null():
    assert {(row.scope, row.direct) for row in scan_path(FIXTURES / "workloads").components} == {(None, True)}


def test_list_when_an_alias_repeats_containers_then_they_are_read_once():
    assert lines("list") == {"library/mysql@8": 8}
    assert len(scan_path(FIXTURES / "list").dependencies) == 1


def test_templates_when_not_filled_in_then_one_unknown_stands_for_the_folder():
    (unknown,) = scan_path(FIXTURES / "templates").unknowns
    assert (unknown.kind, unknown.path) == (UnknownKind.UNSUPPORTED, "templates/a.yaml")


def test_file_when_it_is_no_manifest_then_it_is_passed_over():
    result = scan_path(FIXTURES / "not_one")
    assert (result.components, result.unknowns) == ((), ())


def test_manifest_when_values_have_odd_shapes_then_what_is_no_image_is_unresolved():
    (unknown,) = scan_path(FIXTURES / "odd_shapes").unknowns
    assert (unknown.kind, unknown.line) == (UnknownKind.UNRESOLVED, 6)


def test_manifest_when_cut_off_then_whole_documents_are_kept():
    assert lines("truncated") == {"library/nginx@1": 3}
    (unknown,) = scan_path(FIXTURES / "truncated").unknowns
    assert unknown.kind is UnknownKind.BROKEN
