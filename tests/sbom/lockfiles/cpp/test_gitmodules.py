from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsing import assert_survives, parse_content

from sbom.model import UnknownKind
from sbom.purl import split_repository
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "gitmodules"


def rows(case):
    return {
        row.purl: (row.line, row.constraint, row.source_url) for row in scan_path(FIXTURES / case).components
    }


@pytest.fixture
def with_submodules(repository):
    """A repository whose index pins commits for two of three submodules, and for one that is not named."""
    text = (FIXTURES / "hosts" / ".gitmodules").read_text()
    repository.write(".gitmodules", text)
    repository.git("add", "--all")
    for digit, path in enumerate(("third_party/gmssl", "kernel", "unnamed"), 1):
        repository.git("update-index", "--add", "--cacheinfo", f"160000,{str(digit) * 40},{path}")
    repository.git("commit", "--quiet", "--message", "submodules")
    return repository


def test_submodule_when_the_commit_pins_it_then_that_is_its_version(with_submodules):
    result = scan_path(with_submodules.path)
    assert {row.purl: row.version for row in result.components} == {
        f"pkg:github/guanzhi/gmssl@{'1' * 40}": "1" * 40,
        f"pkg:generic/gitee.com/openharmony/kernel_liteos_m@{'2' * 40}": "2" * 40,
        "pkg:generic/git.example/group/sub/private": None,
    }
    assert [(row.kind, row.line) for row in result.unknowns] == [
        (UnknownKind.UNRESOLVED, None),
        (UnknownKind.NO_EXACT_VERSION, 9),
    ]
    assert "unnamed" in result.unknowns[0].reason


def test_submodules_when_two_are_of_one_repository_then_it_is_one_package_asked_for_twice():
    text = '[submodule "a"]\npath = a\nurl = https://h/x\n[submodule "b"]\npath = b\nurl = https://h/x\n'
    (sheet,) = parse_content(".gitmodules", text.encode())
    assert [(row.purl, row.line) for row in sheet.components] == [("pkg:generic/h/x", 1)]
    assert [(row.to_purl, row.line) for row in sheet.dependencies] == [
        ("pkg:generic/h/x", line) for line in (1, 4)
    ]


def test_origin_when_named_then_it_has_the_commit_and_no_secret(with_submodules):
    assert {row.source_url for row in scan_path(with_submodules.path).components} == {
        f"git+https://github.com/guanzhi/GmSSL.git@{'1' * 40}",
        f"git+ssh://git@gitee.com/openharmony/kernel_liteos_m.git@{'2' * 40}",
        "git+https://git.example:8443/group/sub/private",
    }


def test_submodule_when_the_folder_has_no_commits_then_its_version_is_open():
    assert rows("hosts")["pkg:github/guanzhi/gmssl"] == (
        1,
        "master",
        "git+https://github.com/guanzhi/GmSSL.git",
    )
    result = scan_path(FIXTURES / "hosts")
    assert {row.kind for row in result.unknowns} == {UnknownKind.NO_EXACT_VERSION}
    assert {(row.from_purl, row.scope) for row in result.dependencies} == {(None, None)}


def test_submodule_when_its_url_is_relative_or_missing_then_it_is_unresolved():
    result = scan_path(FIXTURES / "relative")
    assert result.components == ()
    assert [(row.kind, row.line) for row in result.unknowns] == [
        (UnknownKind.UNRESOLVED, 1),
        (UnknownKind.UNRESOLVED, 4),
    ]


def test_file_when_it_is_not_at_the_root_then_it_is_somebody_elses():
    result = scan_path(FIXTURES / "vendored")
    assert (result.components, result.unknowns) == ((), ())


def test_file_when_cut_off_or_in_conflict_then_whole_sections_are_kept():
    assert set(rows("truncated")) == {"pkg:github/a/one"}
    assert set(rows("conflict")) == {"pkg:gitlab/a/b/one"}
    broken = [row.line for row in scan_path(FIXTURES / "conflict").unknowns if row.kind is UnknownKind.BROKEN]
    assert broken == [1, 4]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/Owner/Name.git", ("github", "Owner", "Name")),
        ("git@github.com:o/n.git", ("github", "o", "n")),
        ("ssh://git@host.example:2222/o/n", ("generic", "host.example/o", "n")),
        ("git://host.example/n.git/", ("generic", "host.example", "n")),
        ("../n.git", None),
        ("/srv/n.git", None),
        ("https://github.com/", None),
        ("", None),
    ],
)
def test_repository_when_its_url_is_given_then_forge_and_name_are_told(url, expected):
    assert split_repository(url) == expected


LINES = st.sampled_from(
    [
        '[submodule "a"]',
        "path = a",
        "url = https://a:b@c/d",
        "url = git@a:b",
        "url =",
        "[x]",
        "=",
        '[submodule "',
        "#",
    ]
)


@given(st.lists(LINES | st.text(max_size=12), max_size=20))
def test_any_lines_when_parsed_then_nothing_escapes(lines):
    assert_survives(".gitmodules", "\n".join(lines).encode("utf-8", "replace"))
