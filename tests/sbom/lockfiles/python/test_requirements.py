"""Requirements files: by hand, and as pip-compile and `uv pip compile` write them."""

from pathlib import Path

import pytest

from sbom.model import UnknownKind
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "requirements"


def scan_text(folder, text, name="requirements.txt"):
    (folder / name).write_text(text)
    return scan_path(folder)


def short(purl):
    return None if purl is None else purl.removeprefix("pkg:pypi/")


def test_version_when_a_specifier_fixes_it_then_it_is_known_and_otherwise_null():
    found = {(row.name, row.version, row.constraint) for row in scan_path(FIXTURES / "specifiers").components}
    assert found == {
        ("exact", "1.0", "==1.0"),
        ("arbitrary", "1.0-custom", "===1.0-custom"),
        ("spaced", "2.0", "== 2.0"),
        ("bracketed", "3.1", "==3.1"),
        ("wildcard", None, "==4.*"),
        ("range", None, ">=1.0,<2"),
        ("any-name-here", None, None),
        ("legacy", None, ">=1.0.*"),
        ("local", "1.2.3+cu118", "==1.2.3+cu118"),
        ("epoch", "1!2.0", "==1!2.0"),
        ("marked", "5.0", "==5.0"),
        ("marked", "6.0", "==6.0"),
        ("with-extra", "7.0", "==7.0"),
        ("continued", "8.0", "== 8.0"),
    }


def test_versions_when_some_are_open_then_one_unknown_counts_them():
    unknowns = scan_path(FIXTURES / "specifiers").unknowns
    assert [(row.kind, row.reason) for row in unknowns] == [
        (UnknownKind.NO_EXACT_VERSION, "no exact version for 4 of 14 requirements")
    ]


def test_line_when_a_requirement_is_continued_then_it_is_where_it_starts():
    continued = next(row for row in scan_path(FIXTURES / "specifiers").components if row.name == "continued")
    assert continued.line == 14
    assert continued.hashes == (
        "SHA-256:1e61c37477a1626458e36f7b1d82aa5c9b094fa4802892072e49de9c60c4c926",
        "SHA-256:8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254",
    )


@pytest.mark.parametrize("name", ["requirements-dev.txt", "test-requirements.txt", "docs/requirements.txt"])
def test_scope_and_direct_when_only_the_file_name_hints_then_they_are_null(name):
    found = [row for row in scan_path(FIXTURES / "dev_names").components if row.path == name]
    assert [(row.scope, row.direct) for row in found] == [(None, None)]


@pytest.mark.parametrize("case", ["pip_compile_hashes", "pip_compile_line", "uv_compiled"])
def test_direct_when_the_compiler_says_via_then_only_what_inputs_name_is_direct(case):
    direct = {row.name for row in scan_path(FIXTURES / case).components if row.direct}
    named = {"flask", "requests", "httpx"}
    assert direct == (named | {"attrs", "rich"} if case == "uv_compiled" else named)
    assert all(row.direct is not None for row in scan_path(FIXTURES / case).components)


def test_edges_when_the_compiler_says_via_then_styles_agree():
    by_style = [
        {(short(row.from_purl), short(row.to_purl)) for row in scan_path(FIXTURES / case).dependencies}
        for case in ("pip_compile_hashes", "pip_compile_line")
    ]
    assert by_style[0] == by_style[1]
    assert len(by_style[0]) == 24
    assert {
        (None, "flask@3.1.3"),
        ("httpx@0.28.1", "idna@3.20"),
        ("requests@2.32.3", "idna@3.20"),
    } <= by_style[0]


def test_hashes_when_the_compiler_writes_them_then_each_package_has_its_own():
    found = {row.name: row.hashes for row in scan_path(FIXTURES / "pip_compile_hashes").components}
    assert found["idna"] and all(found.values())
    assert all(
        value.startswith("SHA-256:") and len(value) == 72 for values in found.values() for value in values
    )


def test_include_when_it_is_a_requirements_file_itself_then_its_rows_are_not_doubled():
    found = [(row.path, row.name) for row in scan_path(FIXTURES / "includes").components]
    assert found == [
        ("deploy/server.in", "celery"),
        ("deploy/server.in", "gunicorn"),
        ("requirements.txt", "fastapi"),
        ("requirements.txt", "uvicorn"),
        ("requirements/base.txt", "pydantic"),
    ]


def test_include_when_it_is_not_in_the_repository_then_it_is_an_unknown():
    unknowns = scan_path(FIXTURES / "includes").unknowns
    assert [(row.line, row.reason) for row in unknowns if row.kind is UnknownKind.UNRESOLVED] == [
        (3, "includes 'missing.txt', which is not in the repository"),
        (4, "includes 'https://files.example/more.txt', which is not in the repository"),
    ]


def test_constraints_file_when_named_then_it_fixes_versions_and_adds_no_packages():
    found = {row.name: (row.version, row.constraint) for row in scan_path(FIXTURES / "includes").components}
    assert found["fastapi"] == ("0.110.0", None)
    assert found["uvicorn"] == ("0.29.0", ">=0.20")
    assert found["celery"] == (None, None)  # another file's constraints do not hold, nor do marked ones
    assert "never-asked-for" not in found


def test_locations_when_a_requirement_names_one_then_name_version_and_url_are_read_without_credentials():
    found = {row.name: (row.version, row.source_url) for row in scan_path(FIXTURES / "locations").components}
    assert found == {
        "audit": (
            None,
            "git+ssh://git@git.example/team/audit.git@0123456789abcdef0123456789abcdef01234567",
        ),
        "charts": ("0.9", "https://files.example/charts-0.9.tar.gz"),
        "cpsdk": ("3.4.1", None),
        "gmssl": (None, "git+https://git.example/team/gmssl@main"),
        "ledger": (None, "git+https://git.example/team/ledger.git@v1.2"),
        "pip": (None, "https://files.example/archive/1.3.1.zip"),
        "reports": ("2.1.0", "https://files.example/reports-2.1.0-py3-none-any.whl"),
    }


def test_location_when_it_names_no_package_then_it_is_unresolved_and_folders_are_the_developers():
    unknowns = scan_path(FIXTURES / "locations").unknowns
    assert [(row.line, row.reason) for row in unknowns if row.kind is UnknownKind.UNRESOLVED] == [
        (12, "names no package: './vendor/unnamed.zip'"),
        (14, "names no package: 'https://git.example/team/unnamed.git'"),
    ]


def test_hash_when_it_is_in_the_url_then_it_is_kept():
    reports = next(row for row in scan_path(FIXTURES / "locations").components if row.name == "reports")
    assert reports.hashes == ("SHA-256:1e61c37477a1626458e36f7b1d82aa5c9b094fa4802892072e49de9c60c4c926",)


def test_file_when_it_is_utf_16_then_it_is_read_as_pip_reads_it():
    assert [row.purl for row in scan_path(FIXTURES / "utf16").components] == [
        "pkg:pypi/certifi@2024.2.2",
        "pkg:pypi/requests@2.31.0",
    ]


def test_line_when_it_is_prose_then_it_is_broken_and_the_rest_is_read():
    result = scan_path(FIXTURES / "prose")
    assert [row.line for row in result.unknowns if row.kind is UnknownKind.BROKEN] == [1, 2, 4]
    assert [row.name for row in result.components] == ["numpy"]


def test_lines_when_hundreds_are_broken_then_the_first_are_named_and_the_others_counted(tmp_path):
    result = scan_text(tmp_path, "not a requirement\n" * 300)
    assert len(result.unknowns) == 21
    assert any(row.reason.startswith("280 more like: ") for row in result.unknowns)


def test_file_when_cut_off_in_a_continuation_then_what_stands_there_is_read(tmp_path):
    result = scan_text(tmp_path, "flask==3.0.0\nrequests==2.31.0 \\\n    --hash=sha256:abc \\")
    assert [(row.name, row.version, row.hashes) for row in result.components] == [
        ("flask", "3.0.0", ()),
        ("requests", "2.31.0", ()),
    ]


def test_includes_when_they_go_in_circles_then_each_file_is_read_once(tmp_path):
    (tmp_path / "a.in").write_text("-r b.in\nidna==3.6\n")
    (tmp_path / "b.in").write_text("-r a.in\ncertifi==2024.2.2\n")
    result = scan_text(tmp_path, "-r a.in\n-r b.in\n")
    assert [(row.path, row.name) for row in result.components] == [("a.in", "idna"), ("b.in", "certifi")]


@pytest.mark.parametrize(
    "hostile",
    ["foo" + " " * 100_000 + "@", "foo>=1;" + "(" * 3_000, "a" * 200_000 + "(", "foo" + "[" * 100_000],
)
def test_line_when_it_is_made_to_hang_a_parser_then_it_ends_as_broken(tmp_path, hostile):
    result = scan_text(tmp_path, f"{hostile}\nidna==3.6\n")
    assert [row.name for row in result.components] == ["idna"]
    assert [(row.kind, row.line) for row in result.unknowns] == [(UnknownKind.BROKEN, 1)]


def test_line_when_a_form_feed_divides_it_as_for_pip_then_both_stand_on_the_line_that_an_editor_shows(
    tmp_path,
):
    (tmp_path / "requirements.txt").write_bytes(b"a==1\x0cb==2\n\x0bidna==3\r\nsix==1.16.0\n")
    found = {row.name: (row.version, row.line) for row in scan_path(tmp_path).components}
    assert found == {"a": ("1", 1), "b": ("2", 1), "idna": ("3", 2), "six": ("1.16.0", 3)}
