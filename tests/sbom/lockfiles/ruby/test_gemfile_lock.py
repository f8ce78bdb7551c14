"""Gemfile.lock as Bundler 2 writes it; Bundler's own parser is the oracle."""

import json

import pytest
from ecosystem_fixtures import Scan, oracle_cases

from sbom.model import UnknownKind


def scan(case):
    return Scan("gemfile-lock", "gemfile_lock", case)


@pytest.mark.parametrize("case", oracle_cases("gemfile_lock"))
def test_gems_and_edges_when_locked_then_bundler_reads_the_same(case):
    found = scan(case)
    expected = json.loads((found.folder / "expected.json").read_text())
    assert set(found.components) == set(expected["packages"])
    assert {edge for edge in found.edges if edge[0]} == {tuple(edge) for edge in expected["between"]}
    if "direct_names" in expected:  # where no gem of the project stands between
        direct = {row.name for row in found.rows if row.direct}
        assert direct == set(expected["direct_names"])


def test_gems_when_locked_then_each_version_is_one_component_whatever_its_platforms():
    assert set(scan("rails").components) == {
        "actionpack@7.0.8",
        "mini_portile2@2.8.4",
        "nokogiri@1.15.4",
        "openssl@3.2.0",
        "racc@1.7.1",
        "rack@2.2.8",
        "rails-dom-testing@2.2.0",
        "rspec-core@3.13.0.pre1",
        "sm-ruby@0.2.0",
    }
    assert scan("rails").reasons == []


def test_edges_when_locked_then_they_are_those_of_all_platforms_and_bundler_is_left_out():
    assert scan("rails").edges == {
        (None, "actionpack@7.0.8"),
        (None, "nokogiri@1.15.4"),
        (None, "rspec-core@3.13.0.pre1"),
        (None, "sm-ruby@0.2.0"),
        ("actionpack@7.0.8", "rack@2.2.8"),
        ("actionpack@7.0.8", "rails-dom-testing@2.2.0"),
        ("nokogiri@1.15.4", "mini_portile2@2.8.4"),
        ("nokogiri@1.15.4", "racc@1.7.1"),
        ("rails-dom-testing@2.2.0", "nokogiri@1.15.4"),
        ("sm-ruby@0.2.0", "openssl@3.2.0"),
    }


def test_direct_when_the_project_asks_then_it_is_true_and_the_constraint_is_kept():
    found = scan("rails")
    assert {name for name, direct in found.direct.items() if direct} == set(found.asked)
    assert found.asked["actionpack@7.0.8"] == ("~> 7.0.8", None)
    assert {row.scope for row in found.rows} == {None}


def test_checksums_when_written_then_those_of_all_platforms_are_kept():
    found = scan("rails").components
    assert [text[:16] for text in found["nokogiri@1.15.4"].hashes] == ["SHA-256:e4a801e5", "SHA-256:872ab4ed"]
    assert found["openssl@3.2.0"].hashes == ()


@pytest.mark.parametrize(
    ("case", "gem", "origin"),
    [
        (
            "rails",
            "sm-ruby@0.2.0",
            "git+https://git.example/city/sm-ruby.git@5c3a1a8b2d0f4e6c8a9b0c1d2e3f405162738495",
        ),
        (
            "several_sources",
            "geo-rails@1.0.0",
            "git+ssh://git@git.example/city/geo.git@0123456789abcdef0123456789abcdef01234567",
        ),
        ("several_sources", "city-auth@2.0.1", None),
    ],
)
def test_origin_when_a_gem_comes_from_git_then_it_is_the_commit_without_credentials(case, gem, origin):
    assert scan(case).components[gem].source_url == origin


@pytest.mark.parametrize("case", ["rails", "own_gem", "platforms", "several_sources"])
def test_lines_when_locked_then_each_names_its_gem(case):
    found = scan(case)
    for row in found.rows:
        assert found.text_at(row).startswith(f"    {row.name} ({row.version}")
    for row in found.dependencies:
        assert row.to_purl.partition("/")[2].partition("@")[0] in found.text_at(row)


def test_own_gem_when_below_path_then_it_is_no_component_and_its_requirements_are_the_projects():
    found = scan("own_gem")
    assert found.asked == {
        "faraday@2.7.11": (">= 1.0, < 3.0", None),
        "rack@3.0.8": (None, None),
        "rake@13.0.6": ("~> 13.0", None),
    }
    assert {row.path for row in found.result.components} == {"Gemfile.lock"}
    assert {row.name for row in found.declared} == {"audit", "bus_times"}


def test_platforms_when_they_lock_different_versions_then_both_are_components():
    found = scan("platforms")
    assert {row.purl for row in found.rows if row.name == "ffi"} == {
        "pkg:gem/ffi@1.15.5",
        "pkg:gem/ffi@1.16.3",
    }
    assert {("listen@3.8.0", "ffi@1.15.5"), ("listen@3.8.0", "ffi@1.16.3")} <= found.edges


def test_requirement_when_nothing_is_locked_for_it_then_it_is_unresolved():
    assert [(kind, line) for kind, line, _ in scan("without_checksums").reasons] == [
        (UnknownKind.UNRESOLVED, 7)
    ]


def test_file_when_cut_off_then_gems_before_are_kept_and_directness_is_left_open():
    found = scan("truncated")
    assert len(found.rows) == 9
    assert set(found.direct.values()) == {None}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.BROKEN, 29)]


def test_file_when_it_holds_a_merge_conflict_then_both_sides_are_read_and_said_to_be():
    found = scan("merge_conflict")
    assert set(found.components) == {"rack@2.2.8", "rack@3.0.8", "rake@13.0.6"}
    assert [(kind, line) for kind, line, _ in found.reasons] == [
        (UnknownKind.BROKEN, line) for line in (4, 6, 8)
    ]
