"""setup.cfg and setup.py as projects write them; setup.py is never run."""

import configparser
import io

from ecosystem_fixtures import Scan, assert_lines_name_the_packages
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import parse_content

from sbom.lockfiles.python.ini_file import read_ini
from sbom.model import Scope, UnknownKind


def cfg(case):
    return Scan("setup-cfg", "setup_cfg", case)


def setup_py(case):
    return Scan("setup-py", "setup_py", case)


def test_cfg_when_declarative_then_package_and_requirements_are_found():
    found = cfg("declarative")
    assert found.asked == {
        "importlib-metadata": (None, Scope.REQUIRED),
        "requests": (">= 2.28", Scope.REQUIRED),
        "attrs@23.2.0": ("== 23.2.0", Scope.REQUIRED),
        "attrs": (None, Scope.OPTIONAL),
        "gitdep": (None, Scope.REQUIRED),
        "setuptools-scm": (None, Scope.EXCLUDED),
        "pytest": (None, Scope.EXCLUDED),
        "speedups": ("~=1.0", Scope.OPTIONAL),
    }
    assert_lines_name_the_packages(found)
    (package,) = found.declared
    assert (package.purl, package.version, package.licence) == (
        "pkg:pypi/sample-project",
        None,
        "BSD-3-Clause",
    )
    assert (package.description, package.keywords, package.private) == ("A sample.", ("one", "two"), True)
    assert (UnknownKind.UNRESOLVED, 28, "requirements stand elsewhere: file: docs/requirements.txt") in (
        found.reasons
    )


def test_cfg_when_it_only_configures_other_tools_then_it_has_no_rows():
    found = cfg("other_tool")
    assert not found.components
    assert not found.declared
    assert not found.reasons


def test_cfg_when_half_broken_then_the_rest_is_kept_and_lines_are_named():
    found = cfg("broken")
    assert set(found.components) == {"good"}
    assert {(kind, line) for kind, line, _ in found.reasons} == {
        (UnknownKind.BROKEN, 1),
        (UnknownKind.BROKEN, 8),
        (UnknownKind.BROKEN, 9),
        (UnknownKind.BROKEN, 10),
        (UnknownKind.NO_EXACT_VERSION, None),
    }


def test_cfg_when_requirements_stand_on_one_line_then_semicolons_part_them_from_markers():
    found = cfg("one_line")
    assert found.asked == {
        "a": (">=1", Scope.REQUIRED),
        "b@2.0": ("==2.0", Scope.REQUIRED),
        "c": (None, Scope.EXCLUDED),
    }
    assert found.declared[0].licence == "MIT"


BASE = {"attrs@23.2.0", "requests"}
INI_LINES = st.sampled_from(
    ["[a]", "[b]", "x = 1", "y: 2", "  more", "    deeper", "", "# note", "; note", "z =", "X = 3", "\tt"]
)


@settings(deadline=None)
@given(st.lists(INI_LINES, max_size=12))
def test_ini_when_configparser_accepts_the_text_then_values_are_the_same(lines):
    text = "\n".join(lines)
    oracle = configparser.RawConfigParser(strict=False, default_section="none at all")
    try:
        oracle.read_file(io.StringIO(text))
    except configparser.Error:
        return
    reported = []
    found = read_ini(text, lambda *problem: reported.append(problem))
    assert {name: {key: value.text for key, value in part.items()} for name, part in found.items()} == {
        name: {key: "\n".join(filter(None, map(str.strip, value.split("\n")))) for key, value in part.items()}
        for name, part in oracle.items()
        if name != "none at all"
    }
    assert reported == []


def test_setup_py_when_all_is_literal_then_names_sums_and_mappings_are_followed():
    found = setup_py("literals")
    assert found.scopes["requests"] is found.scopes["attrs@23.2.0"] is Scope.REQUIRED
    assert {name: asked for name, asked in found.asked.items() if name not in BASE} == {
        "colorama": (None, Scope.REQUIRED),
        "sample-project-core@1.4": ("==1.4", Scope.REQUIRED),
        "pytest": (None, Scope.EXCLUDED),
        "mock@4.0.0": ("==4.0.0", Scope.EXCLUDED),
        "wheel": (None, Scope.EXCLUDED),
        "setuptools-scm": (None, Scope.EXCLUDED),
        "speedups": (None, Scope.OPTIONAL),
    }
    assert found.components["attrs@23.2.0"].line == 7
    (package,) = found.declared
    assert (package.purl, package.licence, package.line) == ("pkg:pypi/sample-project@1.4", "MIT", 14)
    assert (package.keywords, package.private) == (("one", "two"), True)
    assert [kind for kind, *_ in found.reasons] == [UnknownKind.NO_EXACT_VERSION]


def test_setup_py_when_facts_are_computed_then_each_is_an_unknown_with_its_line():
    found = setup_py("computed")
    assert set(found.components) == {"six@1.17.0"}
    assert found.declared[0].version is None
    assert [(line, reason.partition(":")[0]) for _, line, reason in found.reasons] == [
        (18, "install_requires"),
        (19, "tests_require"),
        (20, "setup_requires"),
        (21, "extras_require"),
    ]


def test_setup_py_when_of_python_2_then_it_is_an_unknown_with_its_line():
    assert [(kind, line) for kind, line, _ in setup_py("python2").reasons] == [(UnknownKind.BROKEN, 2)]


def test_setup_py_when_setup_is_called_twice_then_both_count():
    found = setup_py("two_calls")
    assert found.scopes == {"six": Scope.REQUIRED, "idna": Scope.OPTIONAL}
    assert {(kind, line) for kind, line, _ in found.reasons} >= {
        (UnknownKind.UNRESOLVED, 5),
        (UnknownKind.BROKEN, 9),
    }


def test_setup_py_when_its_names_refer_to_each_other_without_end_then_reading_ends():
    text = (
        b"a = [*b, *b]\nb = [*a, *a]\nsetup(name='x', install_requires=a, extras_require={**c})\nc = {**c}\n"
    )
    (sheet,) = parse_content("setup.py", text)
    assert not sheet.components
    assert [row.line for row in sheet.unknowns if row.reason.startswith("install_requires")]


def test_setup_py_when_it_does_what_only_running_does_then_nothing_is_run(tmp_path):
    target = tmp_path / "made"
    parse_content("setup.py", f"open({str(target)!r}, 'w')\nsetup(name='x')\n".encode())
    assert not target.exists()
