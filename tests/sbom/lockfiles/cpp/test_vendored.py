import pytest
from ecosystem_fixtures import Scan
from parsing import parse_content

from sbom.lockfiles.cpp.vendored_libraries import libraries


def scan(case):
    return Scan("vendored", "vendored", case)


def test_copies_when_their_headers_tell_a_version_then_they_are_components_with_the_line():
    found = scan("copies")
    assert set(found.components) == {
        "openssl@1.1.1b",
        "openssl@3.0.8",
        "catch2@2.13.10",
        "curl@8.4.0",
        "fmt@10.1.1",
        "nlohmann-json@3.11.2",
        "leveldb@1.23",
        "lua@5.4.6",
        "mbedtls@2.28.3",
        "libpng@1.6.39",
        "protobuf@3.21.12",
        "spdlog@1.12.0",
        "sqlite@3.43.1",
        "stb_image@2.28",
        "libtiff@4.5.0",
        "zlib@1.2.13",
    }
    for row in found.rows:
        assert row.line is not None
        assert row.source_url
    zlib = found.components["zlib@1.2.13"]
    assert (zlib.path, zlib.line, zlib.scope, zlib.direct) == ("third_party/zlib/zlib.h", 5, None, None)


def test_library_when_in_its_own_repository_then_it_is_declared_and_no_component():
    found = scan("own")
    assert not found.result.components
    assert [row.purl for row in found.declared] == ["pkg:generic/gmssl@3.1.1"]


@pytest.mark.parametrize("case", ["other_files", "broken"])
def test_file_when_only_its_name_fits_then_it_says_nothing(case):
    assert not scan(case).result.components
    assert not scan(case).unknowns


def test_table_when_read_then_every_entry_has_a_way_and_a_file_of_its_own():
    entries = libraries()
    assert len(entries) > 60
    assert len({entry.name for entry in entries}) == len(entries)
    files = [file for entry in entries for file in entry.files]
    assert len(set(files)) == len(files)
    for entry in entries:
        assert entry.text or entry.parts or entry.number or entry.pattern, entry.name
        assert entry.upstream.startswith("https://"), entry.name
        assert entry.inside is None or entry.inside.groups == 1, entry.name


@pytest.mark.parametrize(
    "library",
    [entry for entry in libraries() if entry.parts or entry.number or (entry.text and not entry.inside)],
    ids=lambda library: library.name,
)
def test_library_when_its_file_holds_numbers_then_they_become_a_version(library):
    """Each macro of the table, written as C headers write it, is found again."""
    path = f"third_party/{library.files[0].replace('*', 'x')}"
    lines = []
    if library.parts:
        lines = [f"#define {_name(part)} {number}" for number, part in enumerate(library.parts, 1)]
        expected = ".".join(str(number) for number in range(1, len(library.parts) + 1))
    elif library.number:
        value = sum(divisor * number for number, divisor in enumerate(library.divisors, 1))
        lines = [f"#  define {_name(library.number)} ({value}L)"]
        expected = ".".join(str(number) for number in range(1, len(library.divisors) + 1))
    else:
        lines, expected = [f'#define {_name(library.text)}\t"1.2.3"'], "1.2.3"
    (sheet,) = parse_content(path, "\n".join(["/* header */", *lines, ""]).encode())
    assert [(row.name, row.version, row.line) for row in sheet.components] == [(library.name, expected, 2)]


def _name(pattern):
    start = pattern.pattern.index("int[ \\t]+)") + len("int[ \\t]+)")
    return pattern.pattern[start:].partition("[")[0].replace("\\", "")
