import pytest

from pipelines.crawl.languages import language_of, languages


@pytest.mark.parametrize(
    ("path", "language"),
    [
        (b"src/app.py", "Python"),
        (b"entry/src/main/ets/pages/Index.ets", "ArkTS"),
        (b"src/main.cj", "Cangjie"),
        (b"pages/index/index.wxml", "WXML"),
        (b"types.d.ts", "TypeScript"),
        (b"resources/views/home.blade.php", "Blade"),
        (b"lib/util.c", "C"),
        (b"lib/util.C", "C++"),
        (b"OLD.PAS", "Pascal"),
        (b"CMakeLists.txt", "CMake"),
        (b"deploy/Dockerfile", "Dockerfile"),
        (b"deploy/Dockerfile.arm64", "Dockerfile"),
        (b"deploy/Dockerfile.md", "Markdown"),
        (b"\xb4\xfa\xc2\xeb.go", "Go"),
    ],
)
def test_language_when_the_name_tells_one_then_it_is_that(path, language):
    assert language_of(path) == language


@pytest.mark.parametrize(
    "path", [b"", b"LICENSE", b".py", b".gitignore", b"photo.png", b"a.", b"py/file", b"."]
)
def test_language_when_the_name_tells_none_then_it_is_null(path):
    assert language_of(path) is None


def test_languages_when_the_table_is_read_then_names_and_endings_are_unambiguous():
    rows = languages()
    assert len(rows) >= 150
    assert [row.name for row in rows] == sorted((row.name for row in rows), key=str.casefold)
    assert {row.kind for row in rows} == {"programming", "markup", "data", "prose"}
    told = [name for row in rows for name in (*row.extensions, *row.file_names)]
    assert len(told) == len(set(told))
    assert all(row.extensions or row.file_names for row in rows)
    assert all(ending.startswith(".") and ending.count(".") <= 2 for row in rows for ending in row.extensions)


def test_language_when_a_name_is_very_long_then_only_its_end_is_looked_at():
    assert language_of(b"." * 10_000_000 + b"x.py") == "Python"
