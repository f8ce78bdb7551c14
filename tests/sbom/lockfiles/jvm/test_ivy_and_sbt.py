import pytest
from ecosystem_fixtures import FIXTURES, Scan
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives

from sbom.model import Scope, UnknownKind

REQUIRED, EXCLUDED, OPTIONAL = Scope.REQUIRED, Scope.EXCLUDED, Scope.OPTIONAL


def ivy(case):
    return Scan("ivy", "ivy", case)


def sbt(case):
    return Scan("sbt-lock", "sbt_lock", case)


def test_modules_when_ivy_names_them_then_configurations_tell_the_scope():
    found = ivy("module")
    assert found.scopes == {
        "commons-io/commons-io@2.15.0": REQUIRED,
        "junit/junit@4.13.2": EXCLUDED,
        "org.slf4j/slf4j-api": REQUIRED,
        "org.eclipse.jetty/jetty-server": EXCLUDED,
        "cn.example/shared": None,
    }
    assert found.asked["org.slf4j/slf4j-api"] == ("2.+", REQUIRED)
    assert [row.purl for row in found.declared] == ["pkg:maven/cn.example/gateway@1.2"]
    assert (UnknownKind.UNRESOLVED, 12, "no module can be told from ${org}#x") in found.reasons
    for row in found.rows:
        assert row.name in found.text_at(row)


def test_ivy_file_when_broken_or_another_then_that_is_said():
    assert [row.kind for row in ivy("broken").unknowns] == [UnknownKind.BROKEN]
    assert [row.kind for row in ivy("odd").unknowns] == [UnknownKind.BROKEN]


def test_modules_when_sbt_locks_them_then_scope_and_digest_are_known():
    found = sbt("build")
    assert found.scopes == {
        "org.apache.commons/commons-lang3@3.9": REQUIRED,
        "org.scalatest/scalatest_2.13@3.2.17": EXCLUDED,
        "a/opt@1": OPTIONAL,
    }
    assert {row.name: row.hashes for row in found.rows} == {
        "commons-lang3": ("SHA-1:0122c7cee69b53ed4a7681c03d4ee4c0e2765da5",),
        "scalatest_2.13": (),
        "opt": (),
    }
    assert {row.line for row in found.rows} == {8, 15, 20}


def test_lock_of_sbt_when_cut_off_then_whole_modules_are_kept():
    assert set(sbt("cut").components) == {"org.apache.commons/commons-lang3@3.9"}
    assert [row.kind for row in sbt("cut").unknowns] == [UnknownKind.BROKEN]


def test_lock_of_sbt_when_newer_or_odd_then_what_has_a_name_is_kept():
    found = sbt("odd")
    assert set(found.components) == {"a/b"}
    assert {row.kind for row in found.unknowns} == {UnknownKind.UNSUPPORTED, UnknownKind.BROKEN}


REAL = sorted([*(FIXTURES / "ivy").rglob("ivy.xml"), *(FIXTURES / "sbt_lock").rglob("build.sbt.lock")])


@pytest.mark.parametrize("path", ["ivy.xml", "build.sbt.lock"])
@settings(deadline=None, max_examples=50)
@given(content=st.binary(max_size=200))
def test_any_bytes_when_parsed_then_nothing_escapes(path, content):
    assert_survives(path, content)


@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_real_file_when_cut_or_overwritten_then_what_is_left_is_read(data):
    path = data.draw(st.sampled_from(REAL))
    content = path.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.sampled_from([0, 1, 2, 40, len(content)]))
    assert_survives(path.name, content[:start] + data.draw(st.binary(max_size=4)) + content[start + length :])
