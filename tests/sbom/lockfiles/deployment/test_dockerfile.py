import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsing import assert_survives, changed, parse_content

from sbom.lockfiles.deployment.image_reference import Image, parse_image
from sbom.model import Scope, UnknownKind
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "dockerfile"
DIGEST = "77726ef6b57ddf65bb551896826ec38bc3e53f75cdde31354fbffb4f25238ebd"


def rows(case):
    return {row.purl.removeprefix("pkg:docker/"): row for row in scan_path(FIXTURES / case).components}


def scopes(case):
    return {name: row.scope for name, row in rows(case).items()}


def test_scope_when_stages_build_the_last_one_then_only_its_own_images_are_required():
    assert scopes("stages") == {
        f"library/alpine@sha256:{DIGEST}": Scope.REQUIRED,
        "library/busybox@1.36-musl": Scope.REQUIRED,
        "docker/dockerfile@1.7": Scope.EXCLUDED,
        "library/golang@1.22-bookworm": Scope.EXCLUDED,
        "mirror/node@20?repository_url=registry.example:5000": Scope.EXCLUDED,
        "tonistiigi/xx@1.4.0": Scope.EXCLUDED,
    }
    assert scan_path(FIXTURES / "stages").unknowns == ()


def test_version_when_a_digest_is_given_then_it_is_the_version_and_the_tag_is_kept():
    row = rows("stages")[f"library/alpine@sha256:{DIGEST}"]
    assert (row.version, row.constraint, row.hashes) == (f"sha256:{DIGEST}", "3.20", (f"SHA-256:{DIGEST}",))


def test_registry_when_it_is_not_the_default_then_it_is_a_qualifier_and_no_part_of_the_name():
    row = rows("stages")["mirror/node@20?repository_url=registry.example:5000"]
    assert (row.type, row.namespace, row.name, row.version) == ("docker", "mirror", "node", "20")


def test_scope_when_a_stage_is_used_by_none_then_it_is_null():
    assert scopes("targets") == {
        "openeuler/openeuler@24.03-lts?repository_url=registry.example": None,
        "library/debian": None,
        "kylin/server@v10": Scope.REQUIRED,
    }
    (unknown,) = scan_path(FIXTURES / "targets").unknowns
    assert (unknown.kind, unknown.line) == (UnknownKind.NO_EXACT_VERSION, 5)


def test_image_when_no_default_resolves_a_variable_then_one_unknown_names_the_line():
    result = scan_path(FIXTURES / "unresolved")
    assert [row.purl for row in result.components] == ["pkg:docker/library/nginx@1.27"]
    assert [(row.kind, row.line) for row in result.unknowns] == [
        (UnknownKind.UNRESOLVED, line) for line in (3, 5, 6, 7)
    ]


def test_here_document_when_it_holds_the_word_from_then_it_is_no_instruction():
    assert {name: row.line for name, row in rows("heredoc").items()} == {
        "library/python@3.12-slim": 1,
        "library/ghost": 9,
        "library/mysql@8": 11,
    }


def test_continuation_when_another_escape_character_is_declared_then_it_joins_lines():
    assert scopes("windows") == {
        "windows/servercore@ltsc2022?repository_url=registry.example": Scope.REQUIRED
    }


def test_file_when_it_has_no_from_then_only_one_named_dockerfile_is_broken():
    result = scan_path(FIXTURES / "not_one")
    assert [(row.kind, row.path) for row in result.unknowns] == [(UnknownKind.BROKEN, "Dockerfile")]
    assert result.components == ()


def test_file_when_cut_off_in_a_continuation_then_what_stands_is_read():
    assert set(rows("truncated")) == {"library/eclipse-temurin@17-jdk", "library/eclipse-temurin@17-jre"}


def test_edges_when_images_are_named_then_the_project_depends_on_each_at_its_line():
    text = (FIXTURES / "stages" / "Dockerfile").read_text().splitlines()
    result = scan_path(FIXTURES / "stages")
    assert {row.to_purl for row in result.dependencies} == {row.purl for row in result.components}
    assert {row.from_purl for row in result.dependencies} == {None}
    for row in result.components:
        assert text[row.line - 1].split()[0] in ("#", "FROM", "RUN", "COPY")


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("nginx", Image(None, "library", "nginx", None, None)),
        ("docker.io/nginx:1", Image(None, "library", "nginx", "1", None)),
        ("a/b/c:1", Image(None, "a/b", "c", "1", None)),
        ("localhost/x", Image("localhost", None, "x", None, None)),
        ("host:5000/x:1", Image("host:5000", None, "x", "1", None)),
        ("registry.example/team/x", Image("registry.example", "team", "x", None, None)),
        (f"x@sha256:{DIGEST}", Image(None, "library", "x", None, f"sha256:{DIGEST}")),
        ("Upper/x", None),
        ("x:", None),
        ("", None),
        ("a b", None),
        ("${X}", None),
        ("x" * 2000, None),
    ],
)
def test_reference_when_parsed_then_host_and_official_namespace_are_told(reference, expected):
    assert parse_image(reference) == expected


LINES = st.lists(
    st.sampled_from(
        """ARG A|ARG A=1|ARG A=${B:-x} B|FROM a|FROM ${A}|FROM a AS b|FROM b|FROM b as A|COPY --from=b x y
        |COPY --from=0 x y|COPY --from=9 x y|RUN --mount=from=a,x=y z|RUN <<X|X|\\|# escape=`|a \\|FROM 0
        |FROM --platform=x a:1|ONBUILD COPY --from=a x y|ONBUILD|FROM|from scratch|COPY --from=${A} x y
        |# syntax=a/b:1""".replace("\n        ", "").split("|")
    )
    | st.text(max_size=12),
    max_size=25,
)


@given(LINES)
def test_any_lines_when_parsed_then_nothing_escapes(lines):
    assert_survives("Dockerfile", "\n".join(lines).encode("utf-8", "replace"))


@given(st.data())
def test_real_file_when_cut_or_changed_anywhere_then_nothing_escapes(data):
    _, content = changed(data, sorted(path for path in FIXTURES.glob("*/*") if path.is_file()))
    assert_survives("x.Dockerfile", content)


@pytest.mark.parametrize(
    "bomb", ["FROM a as b\nCOPY --from=b x y\n", "RUN <<X\n", "RUN --mount=", "${A:-", "\\\n"]
)
def test_bomb_when_parsed_then_it_ends_soon(bomb):
    started = time.process_time()
    parse_content("Dockerfile", b"FROM a\n" + bomb.encode() * 20_000)
    assert time.process_time() - started < 5
