"""dpkg, apk and rpm: packages of committed root file systems."""

import json
import posixpath

import pytest
from ecosystem_fixtures import FIXTURES, Scan
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives, parse_content

from sbom.model import UnknownKind


def dpkg(case):
    return Scan("dpkg", "dpkg", case)


def apk(case):
    return Scan("apk", "apk", case)


def rpm(case):
    return Scan("rpm-manifest", "rpm_manifest", case)


def kinds(found):
    return [(row.kind, row.line) for row in found.unknowns]


def test_packages_when_dpkg_lists_them_too_then_both_name_the_same():
    found = dpkg("debian")
    expected = json.loads((found.folder / "expected.json").read_text())["packages"]
    architectures = {row.purl: row.purl.partition("arch=")[2].partition("&")[0] for row in found.rows}
    assert sorted(f"{row.name} {row.version} {architectures[row.purl]}" for row in found.rows) == expected
    assert all("&distro=debian-12" in row.purl for row in found.rows)
    for row in found.rows:
        assert found.text_at(row) == f"Package: {row.name}"


def test_package_when_built_from_anothers_source_then_its_purl_names_it():
    upstream = {row.name: row.purl.partition("&upstream=")[2] for row in dpkg("debian").rows}
    assert (upstream["libssl3"], upstream["libc6"], upstream["perl-base"]) == ("openssl", "glibc", "perl")
    upstream = {row.name: row.purl.partition("&upstream=")[2] for row in apk("alpine").rows}
    assert (upstream["alpine-baselayout-data"], upstream["musl"]) == ("alpine-baselayout", "")


@pytest.mark.parametrize(
    ("os_release", "distro"),
    [
        ('ID="openEuler"\nVERSION="22.03 (LTS-SP1)"\nVERSION_ID="22.03"', "openeuler-22.03-LTS-SP1"),
        ('ID="openEuler"\nVERSION="22.03 LTS"\nVERSION_ID="22.03"', "openeuler-22.03-LTS"),
        ('ID=ubuntu\nVERSION="22.04 LTS (Jammy Jellyfish)"\nVERSION_ID="22.04"', "ubuntu-22.04"),
    ],
)
def test_release_when_the_version_alone_tells_the_service_pack_then_it_is_part_of_it(os_release, distro):
    (sheet,) = parse_content(
        "image/var/lib/dpkg/status",
        b"Package: a\nVersion: 1\n",
        {"image/usr/lib/os-release": os_release.encode()},
    )
    assert sheet.components[0].purl.endswith(f"?distro={distro}")


@pytest.mark.parametrize("root", ["", "image", "a/usr/b"])
@pytest.mark.parametrize("place", ["lib/apk/db", "usr/lib/apk/db"])
def test_root_when_the_database_lies_anywhere_then_its_os_release_is_found(root, place):
    path = posixpath.join(root, place, "installed")
    (sheet,) = parse_content(
        path, b"P:a\nV:1\n", {posixpath.join(root, "etc/os-release"): b"ID=alpine\nVERSION_ID=3.20.1"}
    )
    assert sheet.components[0].purl == "pkg:apk/alpine/a@1?distro=alpine-3.20.1"


def test_dependencies_when_what_satisfies_them_is_installed_then_they_are_edges():
    names = {(source.partition("@")[0], target.partition("@")[0]) for source, target in dpkg("debian").edges}
    assert ("debian/libssl3", "debian/libc6") in names
    assert ("debian/perl-base", "debian/libcrypt1") in names
    edges = {
        (source.partition("@")[0], target.partition("@")[0], row.constraint)
        for row, (source, target) in (
            (row, (row.from_purl, row.to_purl)) for row in dpkg("states").dependencies
        )
    }
    assert edges == {
        ("pkg:deb/user", "pkg:deb/installed", None),
        ("pkg:deb/user", "pkg:deb/installed", ">= 1"),
    }


def test_package_when_not_installed_any_more_then_it_is_left_out():
    assert {row.name for row in dpkg("states").rows} == {"installed", "user"}


def test_packages_when_each_has_a_file_then_lists_of_files_are_passed_over():
    found = dpkg("distroless")
    assert {row.name: row.path for row in found.rows} == {
        "base-files": "image/var/lib/dpkg/status.d/base",
        "libssl3": "image/var/lib/dpkg/status.d/libssl3",
    }
    assert all("pkg:deb/openeuler/" in row.purl for row in found.rows)
    assert not found.unknowns


def test_status_when_broken_then_whole_packages_are_kept():
    found = dpkg("broken")
    assert {row.name for row in found.rows} == {"whole"}
    assert kinds(found) == [(UnknownKind.BROKEN, line) for line in (6, 7, 10, 12)]
    assert not dpkg("empty").unknowns


def test_package_when_listed_twice_or_needing_itself_then_it_is_one_row_without_an_edge_to_itself():
    status = b"Package: a\nVersion: 1\nDepends: b, a\nMaintainer: Someone <a@b.example>\n"
    (sheet,) = parse_content("var/lib/dpkg/status", status + b"\n" + status + b"\nPackage: b\nVersion: 2\n")
    assert [(row.purl, row.line, row.authors) for row in sheet.components] == [
        ("pkg:deb/a@1", 1, ("Someone <a@b.example>",)),
        ("pkg:deb/b@2", 11, ()),
    ]
    assert {(row.from_purl, row.to_purl, row.line) for row in sheet.dependencies} == {
        ("pkg:deb/a@1", "pkg:deb/b@2", line) for line in (1, 6)
    }


def test_packages_of_alpine_when_installed_then_licences_edges_and_the_world_are_known():
    found = apk("alpine")
    by_name = {row.name: row for row in found.rows}
    assert by_name["ca-certificates-bundle"].licence == "MPL-2.0 AND MIT"
    assert {name: row.direct for name, row in by_name.items()} == {
        "alpine-baselayout-data": False,
        "musl": True,
        "libcrypto3": False,
        "ca-certificates-bundle": True,
    }
    assert by_name["musl"].purl == "pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64&distro=alpine-3.18.6"
    names = {
        (source and source.partition("@")[0], target.partition("@")[0]) for source, target in found.edges
    }
    assert names == {
        (None, "alpine/musl"),
        (None, "alpine/ca-certificates-bundle"),
        ("alpine/libcrypto3", "alpine/musl"),
        ("alpine/ca-certificates-bundle", "alpine/alpine-baselayout-data"),
        ("alpine/ca-certificates-bundle", "alpine/libcrypto3"),
    }


def test_packages_of_alpine_when_the_world_is_not_there_then_direct_is_open():
    assert set(apk("without_world").direct.values()) == {None}


def test_database_of_alpine_when_broken_then_whole_packages_are_kept():
    assert {row.name for row in apk("broken").rows} == {"whole"}
    assert kinds(apk("broken")) == [(UnknownKind.BROKEN, line) for line in (4, 6, 7)]
    assert {row.name for row in apk("cut").rows} == {"alpine-baselayout-data", "musl", "libcrypto3"}


def test_package_of_alpine_when_listed_twice_then_it_is_one_row():
    (sheet,) = parse_content("lib/apk/db/installed", b"P:a\nV:1\n\nP:a\nV:1\n")
    assert [(row.purl, row.line) for row in sheet.components] == [("pkg:apk/a@1", 1)]


def test_manifest_of_rpm_when_read_then_epoch_and_source_are_part_of_the_purl():
    assert [row.purl for row in rpm("image").rows] == [
        "pkg:rpm/mariner/bash@5.1.8-4.cm2?arch=x86_64&distro=mariner-2.0&upstream=bash-5.1.8-4.cm2.src.rpm",
        "pkg:rpm/mariner/openssl-libs@1.1.1k-28.cm2"
        "?arch=x86_64&distro=mariner-2.0&epoch=1&upstream=openssl-1.1.1k-28.cm2.src.rpm",
    ]


def test_manifest_of_rpm_when_broken_then_whole_lines_are_kept():
    assert {row.name for row in rpm("broken").rows} == {"zlib"}
    assert kinds(rpm("broken")) == [(UnknownKind.BROKEN, 1)]


@pytest.mark.parametrize("case", ["sqlite", "bdb"])
def test_database_of_rpm_when_binary_then_the_gap_is_said(case):
    found = Scan("rpm-database", "rpm_database", case)
    assert not found.result.components
    assert kinds(found) == [(UnknownKind.UNSUPPORTED, None)]


PATHS = {
    "status": "var/lib/dpkg/status",
    "installed": "lib/apk/db/installed",
    "container-manifest-2": "var/lib/rpmmanifest/container-manifest-2",
}
REAL = sorted(
    path
    for folder in ("dpkg", "apk", "rpm_manifest")
    for path in (FIXTURES / folder).rglob("*")
    if path.name in PATHS
)
LINES = st.sampled_from(
    [
        *("Package: a", "Version: 1", "Status: install ok installed", "Depends: a | b (>= 1), c"),
        *("Provides: b", " more", "", "P:a", "V:1", "D:a b>1 !c so:d", "p:so:d=1"),
        *("L:MIT", "a\t1\t1\t1\tv\t0\t1\tx\t0\ts"),
    ]
)


@pytest.mark.parametrize("path", [*PATHS.values(), "var/lib/rpm/Packages"])
@settings(deadline=None, max_examples=60)
@given(content=st.binary(max_size=200))
def test_any_bytes_when_parsed_then_nothing_escapes(path, content):
    assert_survives(path, content, {"etc/os-release": content, "etc/apk/world": content})


@pytest.mark.parametrize("path", PATHS.values())
@settings(deadline=None, max_examples=100)
@given(lines=st.lists(LINES, max_size=20))
def test_any_lines_when_parsed_then_nothing_escapes(path, lines):
    assert_survives(path, "\n".join(lines).encode())


@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_real_database_when_cut_or_overwritten_then_what_is_left_is_read(data):
    path = data.draw(st.sampled_from(REAL))
    content = path.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.sampled_from([0, 1, 2, 40, len(content)]))
    cut = content[:start] + data.draw(st.binary(max_size=4)) + content[start + length :]
    assert_survives(PATHS[path.name], cut)
