from ecosystem_fixtures import FIXTURES, Scan
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives

from sbom.model import Scope, UnknownKind


def scan(case):
    return Scan("oh-build-profile", "oh_build_profile", case)


def test_sdk_when_products_name_it_then_it_is_what_they_are_compiled_with():
    found = scan("app")
    assert {row.purl: (row.constraint, row.line) for row in found.rows} == {
        "pkg:generic/openharmony/sdk@4.0.0%2810%29": (">=9", 8),
        "pkg:generic/harmonyos/sdk": (">=5.0.0(12)", 12),
    }
    assert {row.scope for row in found.rows} == {Scope.EXCLUDED}
    assert [(row.kind, row.line) for row in found.unknowns] == [(UnknownKind.NO_EXACT_VERSION, 12)]


def test_profile_when_of_a_module_or_odd_then_it_gives_nothing():
    for case in ("module", "odd"):
        assert not scan(case).rows
        assert not scan(case).unknowns


def test_profile_when_cut_off_then_what_stands_before_is_kept():
    assert {row.purl for row in scan("broken").rows} == {"pkg:generic/openharmony/sdk@10"}
    assert [row.kind for row in scan("broken").unknowns] == [UnknownKind.BROKEN]


@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_profile_when_cut_or_overwritten_then_what_is_left_is_read(data):
    path = data.draw(st.sampled_from(sorted((FIXTURES / "oh_build_profile").rglob("*.json5"))))
    content = path.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.sampled_from([0, 1, 2, 40, len(content)]))
    assert_survives(path.name, content[:start] + data.draw(st.binary(max_size=4)) + content[start + length :])
