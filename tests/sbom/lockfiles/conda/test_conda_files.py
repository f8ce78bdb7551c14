"""environment.yml, conda-lock.yml, explicit lists, pixi.toml and pixi.lock."""

import pytest
from ecosystem_fixtures import Scan, assert_lines_name_the_packages

from sbom.lockfiles.conda.conda_package import parse_archive_url, parse_match_spec
from sbom.model import Scope, UnknownKind


def environment(case):
    return Scan("conda-environment", "conda_environment", case)


def lock(case):
    return Scan("conda-lock", "conda_lock", case)


def pixi(case):
    return Scan("pixi-lock", "pixi_lock", case)


def names(pairs):
    """Edges without the qualifiers of conda's purls."""
    return {tuple(part and part.partition("?")[0] for part in pair) for pair in pairs}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("numpy", ("numpy", None, None, None)),
        ("numpy=1.11", ("numpy", None, "=1.11", None)),  # 1.11.1 too
        ("numpy==1.11", ("numpy", None, "==1.11", "1.11")),
        ("numpy 1.11", ("numpy", None, "1.11", "1.11")),
        ("numpy=1.11.1=py27_0", ("numpy", None, "=1.11.1=py27_0", "1.11.1")),
        ("numpy 1.11.1 py27_0", ("numpy", None, "1.11.1 py27_0", "1.11.1")),
        ("numpy 1.11.*", ("numpy", None, "1.11.*", None)),
        ("numpy >=1.8,<2|1.9", ("numpy", None, ">=1.8,<2|1.9", None)),
        ("conda-forge/linux-64::NumPy>1", ("numpy", "conda-forge", ">1", None)),
        ("numpy[version='>=1', build=x]", ("numpy", None, ">=1", None)),
        ("numpy 2!1.0", ("numpy", None, "2!1.0", "2!1.0")),
        ("", None),
        ("!!", None),
    ],
)
def test_match_specification_when_read_then_only_one_that_allows_one_version_has_it(text, expected):
    spec = parse_match_spec(text)
    assert (spec and (spec.name, spec.channel, spec.constraint, spec.version)) == expected


def test_archive_url_when_read_then_its_parts_are_the_qualifiers_of_the_purl():
    archive = parse_archive_url("https://h.example/t/channel/linux-64/a-b-1.0-py_0.tar.bz2#00")
    assert (archive.name, archive.version) == ("a-b", "1.0")
    assert archive.qualifiers == {
        "build": "py_0",
        "channel": "channel",
        "subdir": "linux-64",
        "type": "tar.bz2",
    }
    assert parse_archive_url("https://h.example/a-1.0.tar.gz") is None


def test_environment_when_written_by_hand_then_packages_of_channels_and_of_pip_are_found():
    found = environment("written")
    assert {row.purl: row.constraint for row in found.rows if row.path == "environment.yml"} == {
        "pkg:conda/python": "=3.11",
        "pkg:conda/numpy": ">=1.26,<2",
        "pkg:conda/pandas@2.2.0": "==2.2.0",
        "pkg:conda/scipy@1.12.0": "=1.12.0=py311h64a7726_2",
        "pkg:conda/pytorch?channel=pytorch": None,
        "pkg:conda/blas@2.120": "2.120 openblas",
        "pkg:conda/xarray?channel=conda-forge": ">=2024.1",
        "pkg:conda/r-base": "4.*",
        "pkg:conda/pip": None,
        "pkg:pypi/requests": ">=2.28",
        "pkg:pypi/attrs@23.2.0": "==23.2.0",
        "pkg:pypi/gitdep": None,
    }
    for row in found.rows:
        assert row.name in found.text_at(row).lower()
    assert set(found.scopes.values()) == set(found.direct.values()) == {None}
    assert [row.purl for row in found.result.components if row.path == "more.txt"] == ["pkg:pypi/six@1.17.0"]


def test_environment_when_exported_then_builds_pin_versions():
    assert set(environment("exported").components) == {
        "_libgcc_mutex@0.1",
        "bzip2@1.0.8",
        "ca-certificates",
        "idna@3.6",
    }


def test_environment_when_broken_or_of_another_tool_then_lines_are_named_or_it_is_left_alone():
    found = environment("broken")
    assert set(found.components) == {"good"}
    assert [(kind, line) for kind, line, _ in found.reasons if line] == [
        (UnknownKind.BROKEN, 4),
        (UnknownKind.BROKEN, 8),
    ]
    assert not environment("other_tool").reasons


def test_lock_when_of_two_platforms_then_each_archive_is_a_component_with_edges_on_its_platform():
    found = lock("two_platforms")
    assert {row.purl.partition("?")[0]: row.scope for row in found.rows} == {
        "pkg:conda/iniconfig@2.0.0": Scope.OPTIONAL,  # dev and an extra
        "pkg:conda/libgcc-ng@13.2.0": Scope.REQUIRED,
        "pkg:conda/libzlib@1.2.13": Scope.REQUIRED,
        "pkg:conda/zlib@1.2.13": Scope.REQUIRED,
        "pkg:pypi/idna@3.6": Scope.REQUIRED,
    }
    assert names(found.edges) == {
        (None, "zlib@1.2.13"),
        (None, "idna@3.6"),
        ("libzlib@1.2.13", "libgcc-ng@13.2.0"),
        ("zlib@1.2.13", "libzlib@1.2.13"),
    }
    zlib = [row for row in found.rows if row.name == "zlib"]
    assert [row.purl.partition("?")[2] for row in zlib] == [
        "build=h8a1eda9_5&channel=conda-forge&subdir=osx-64&type=conda",
        "build=hd590300_5&channel=conda-forge&subdir=linux-64&type=conda",
    ]
    assert {row.constraint for row in zlib} == {">=1.2"}
    assert [len(row.hashes) for row in zlib] == [1, 2]
    assert_lines_name_the_packages(found)
    assert {row.path for row in found.result.components} == {"conda-lock.yml"}
    assert not found.reasons


def test_lock_when_its_sources_cannot_be_read_then_directness_is_not_known():
    found = lock("without_sources")
    assert found.direct == {"six@1.17.0": None}
    assert (
        found.components["six@1.17.0"].source_url == "https://files.example/six-1.17.0-py2.py3-none-any.whl"
    )
    assert [(kind, line) for kind, line, _ in found.reasons] == [
        (UnknownKind.UNRESOLVED, 6),
        (UnknownKind.BROKEN, 7),
    ]


def test_lock_when_broken_or_newer_then_what_can_be_read_is_kept_and_said():
    assert {row.name for row in lock("broken").rows} == {"libzlib", "libgcc-ng"}
    assert [(kind, line) for kind, line, _ in lock("broken").reasons] == [(UnknownKind.BROKEN, 52)]
    assert UnknownKind.UNSUPPORTED in {kind for kind, *_ in lock("newer_version").reasons}


def test_explicit_list_when_read_then_digests_are_told_apart_by_their_length():
    found = Scan("conda-explicit", "conda_explicit", "md5")
    assert [(row.name, row.version, row.hashes[0].partition(":")[0], row.line) for row in found.rows] == [
        ("_libgcc_mutex", "0.1", "MD5", 4),
        ("tzdata", "2024a", "SHA-256", 5),
    ]
    assert not [row for row in found.rows if "secret" in row.source_url]
    broken = Scan("conda-explicit", "conda_explicit", "broken")
    assert [(kind, line) for kind, line, _ in broken.reasons] == [(UnknownKind.BROKEN, 3)]


def test_pixi_lock_when_of_several_environments_then_edges_stay_within_platforms():
    found = pixi("v6")
    assert {row.purl.partition("?")[0]: (row.scope, row.direct, row.licence) for row in found.rows} == {
        "pkg:conda/libcxx@17.0.6": (Scope.REQUIRED, True, "Apache-2.0 WITH LLVM-exception"),
        "pkg:conda/libzlib@1.3.1": (Scope.REQUIRED, False, "Zlib"),
        "pkg:conda/pytest@8.0.0": (None, True, "MIT"),  # of an environment besides the default
        "pkg:conda/python@3.11.0": (Scope.REQUIRED, True, "Python-2.0"),
        "pkg:conda/zlib@1.3.1": (Scope.REQUIRED, True, "Zlib"),
        "pkg:pypi/gitdep@0.1.0": (Scope.REQUIRED, True, None),  # through the developer's own folder
        "pkg:pypi/httpx@0.27.0": (Scope.REQUIRED, True, None),
        "pkg:pypi/idna@3.6": (Scope.REQUIRED, False, None),
    }
    assert names(pair for pair in found.edges if pair[0]) == {
        ("pytest@8.0.0", "python@3.11.0"),
        ("python@3.11.0", "libzlib@1.3.1"),
        ("zlib@1.3.1", "libzlib@1.3.1"),
        ("httpx@0.27.0", "idna@3.6"),
    }
    assert {row.path for row in found.result.components} == {"pixi.lock"}
    assert found.components["gitdep@0.1.0"].source_url == (
        "git+https://git.example/sample/gitdep.git@b66e3ef4b0d37d36a5f0dd4a1243c97b561f3658"
    )


@pytest.mark.parametrize("case", ["v1", "v4"])
def test_pixi_lock_when_of_an_older_version_then_packages_are_the_same(case):
    found = pixi(case)
    assert {row.purl.partition("?")[0] for row in found.rows} == {
        "pkg:conda/bzip2@1.0.8",
        "pkg:pypi/six@1.16.0",
    }
    assert set(found.scopes.values()) == {Scope.REQUIRED}
    assert not found.reasons


def test_pixi_lock_when_the_project_is_a_pyproject_then_its_table_tells_what_is_asked_for():
    found = pixi("pyproject")
    assert [(row.name, row.direct) for row in found.rows] == [("zlib", True)]
    assert {row.path for row in found.result.components} == {"pixi.lock"}


def test_pixi_lock_when_broken_then_what_stands_before_is_kept():
    found = pixi("broken")
    assert "httpx@0.27.0" not in found.components  # its entry may go on behind the break
    assert {row.name for row in found.rows} >= {"python", "zlib"}
    assert [kind for kind, *_ in found.reasons] == [UnknownKind.BROKEN]


def test_pixi_manifest_when_alone_then_its_tables_are_constraints():
    found = Scan("pixi-toml", "pixi_toml", "project")
    assert found.asked == {
        "python": (">=3.11", Scope.REQUIRED),
        "zlib@1.3.1": ("==1.3.1", Scope.REQUIRED),
        "httpx": (">=0.27", Scope.REQUIRED),
        "libcxx": (None, Scope.REQUIRED),
        "pytest": ("8.*", None),
    }
    assert_lines_name_the_packages(found)
