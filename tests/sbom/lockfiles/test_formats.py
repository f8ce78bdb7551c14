from fnmatch import fnmatchcase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sbom.lockfiles
from sbom.lockfiles import formats, is_listed, match_formats

GLOBS = sorted({glob for fmt in formats() for glob in fmt.globs})
NAMES = st.sampled_from([glob.replace("*", "x") for glob in GLOBS]) | st.text("a./*", max_size=8)


@pytest.mark.parametrize("fmt", formats(), ids=lambda fmt: fmt.name)
def test_format_when_a_path_fits_one_of_its_globs_then_it_reads_the_file(fmt):
    for glob in fmt.globs:
        path = glob.replace("*", "some")
        assert fmt in match_formats(path)
        if "/" not in glob:
            assert fmt in match_formats(f"some/folder/{path}")
            assert fmt not in match_formats(f"{path}/other")


@settings(deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=3).map("/".join))
def test_formats_when_a_path_is_any_then_the_quick_look_gives_what_each_format_says(path):
    name = path.rpartition("/")[2]
    matching = [
        fmt
        for fmt in formats()
        if any(fnmatchcase(path if "/" in glob else name, glob) for glob in fmt.globs)
    ]
    named = [fmt for fmt in matching if name in fmt.globs]
    assert list(match_formats(path)) == (named or matching)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("a/go.mod", True),
        ("rootfs/var/lib/dpkg/status.d/base", True),
        ("buildSrc/src/main/kotlin/Versions.kt", True),
        ("src/main.c", False),
        ("docs/base", False),
    ],
)
def test_tree_when_listed_then_it_shows_what_some_format_reads_or_looks_for(path, shown):
    assert is_listed(path) is shown


def test_formats_when_a_file_is_known_by_name_then_those_that_take_every_yaml_file_leave_it():
    assert [fmt.name for fmt in match_formats("web/pnpm-lock.yaml")] == ["pnpm-lock"]
    assert "kubernetes" in [fmt.name for fmt in match_formats("deploy/app.yaml")]


def test_formats_when_two_modules_use_one_name_then_the_error_names_it(monkeypatch):
    modules = list(sbom.lockfiles.pkgutil.walk_packages(sbom.lockfiles.__path__, "sbom.lockfiles."))
    monkeypatch.setattr(sbom.lockfiles.pkgutil, "walk_packages", lambda *path: [*modules, *modules])
    with pytest.raises(ValueError, match="two lockfile formats are named"):
        formats.__wrapped__()
