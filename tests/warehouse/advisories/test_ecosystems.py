"""Which package of an advisory a purl means."""

import pytest

from warehouse.advisories.ecosystems import ecosystems, named_package, purl_package
from warehouse.versions import schemes


def test_ecosystems_when_read_then_every_order_is_there() -> None:
    assert {ecosystem.scheme for ecosystem in ecosystems().values()} <= schemes().keys()


@pytest.mark.parametrize(
    ("purl", "ecosystem", "name"),
    [
        ("pkg:pypi/zope-interface@5.0", "PyPI", "Zope.Interface"),
        ("pkg:npm/%40babel/core@7.0.0", "npm", "@babel/core"),
        ("pkg:maven/org.apache.tomcat/tomcat@9?classifier=sources", "Maven", "org.apache.tomcat:tomcat"),
        ("pkg:maven/androidx.core/core@1.0", "Maven:https://maven.example", "androidx.core:core"),
        ("pkg:golang/github.com/masterminds/vcs@v1.2.3", "Go", "github.com/Masterminds/vcs"),
        ("pkg:golang/github.com/x/y/v2@v2.0.1#sub/package", "Go", "github.com/x/y/v2"),
        ("pkg:golang/stdlib@1.20", "Go", "stdlib"),
        ("pkg:cargo/openssl@0.9", "crates.io", "openssl"),
        ("pkg:nuget/Newtonsoft.Json@12.0.1", "NuGet", "newtonsoft.json"),
        ("pkg:gem/rails@6.0", "RubyGems", "rails"),
        ("pkg:composer/drupal/views@8.1.0", "Packagist:https://packages.example/8", "Drupal/Views"),
        ("pkg:hex/acme/plug@1.0", "Hex", "acme/plug"),
        ("pkg:swift/github.com/apple/swift-nio@2.0", "SwiftURL", "https://github.com/apple/swift-nio.git"),
        ("pkg:githubactions/tj-actions/changed-files@v44", "GitHub Actions", "tj-actions/changed-files"),
        ("pkg:deb/debian/libssl1.1@1.1.1?distro=debian-12&upstream=openssl", "Debian:12", "openssl"),
        ("pkg:apk/alpine/musl@1.2.3-r0?distro=alpine-3.18", "Alpine:v3.18", "musl"),
        ("pkg:rpm/openeuler/zlib@1.2.11-20?distro=openeuler-24.03-LTS", "openEuler:24.03-LTS", "zlib"),
        ("pkg:deb/debian/libssl3@3.0-1?distro=debian-12&upstream=openssl%403.0-2", "Debian:12", "openssl"),
        (
            "pkg:rpm/openeuler/libcurl@8.4.0-19?distro=openeuler-24.03-LTS-SP1&upstream=curl-8.4.0-19.src.rpm",
            "openEuler:24.03-LTS-SP1",
            "curl",
        ),
        (
            "pkg:rpm/suse/libopenssl3@3.1.4-150600.5.39.1?distro=sles-15.6&upstream=openssl-3-3.1.4-1.src.rpm",
            "SUSE:Linux Enterprise Server 15 SP6",
            "openssl-3",
        ),
        ("pkg:rpm/opensuse/curl@8.6-1?distro=opensuse-leap-15.6", "openSUSE:Leap 15.6", "curl"),
        ("pkg:rpm/sles/curl@8-1?distro=sles-15.6", "SUSE:Linux Enterprise Server 15 SP6", "curl"),
        ("pkg:rpm/opensuse-leap/curl@8.6-1?distro=opensuse-leap-15.6", "openSUSE:Leap 15.6", "curl"),
        (
            "pkg:rpm/opensuse-tumbleweed/curl@8.6-1?distro=opensuse-tumbleweed-20241105",
            "openSUSE:Tumbleweed",
            "curl",
        ),
        ("pkg:rpm/rhel/curl@7-1.el8?distro=rhel-8.6", "Red Hat:enterprise_linux:8::baseos", "curl"),
        ("pkg:rpm/rocky/libcurl@7-1?distro=rocky-8.9&upstream=curl-7-1.src.rpm", "Rocky Linux:8", "curl"),
        ("pkg:rpm/mageia/lib64curl4@8-1?distro=mageia-9&upstream=curl-8-1.src.rpm", "Mageia:9", "curl"),
        (
            "pkg:rpm/almalinux/libcurl@7-1?distro=almalinux-8.9&upstream=curl-7-1.src.rpm",
            "AlmaLinux:8",
            "libcurl",
        ),
        ("pkg:apk/alpine/musl@1.2.4-r2?distro=alpine-3.18.6", "Alpine:v3.18", "musl"),
        ("pkg:deb/debian/curl@7-1?distro=debian-11.9", "Debian:11", "curl"),
        ("pkg:deb/ubuntu/curl@7-1?distro=ubuntu-22.04", "Ubuntu:22.04:LTS", "curl"),
        ("pkg:pypi/a--b@1", "PyPI", "A_.b"),
    ],
)
def test_purl_when_it_means_an_advisorys_package_then_both_are_one(
    purl: str, ecosystem: str, name: str
) -> None:
    meant = purl_package(purl)
    assert meant is not None
    assert meant == named_package(ecosystem, name)


@pytest.mark.parametrize(
    ("purl", "ecosystem", "name"),
    [
        ("pkg:golang/github.com/x/y@v1.0.0", "Go", "github.com/x/y/v2"),
        ("pkg:maven/org.a/b@1", "Maven", "org.A:b"),
        ("pkg:npm/core@1", "npm", "@babel/core"),
        ("pkg:pypi/a-b@1", "PyPI", "ab"),
        ("pkg:swift/github.com/apple/swift-nio@2.0", "SwiftURL", "https://github.com/apple/swift-log.git"),
        ("pkg:rpm/openeuler/zlib@1?distro=openeuler-24.03-LTS", "openEuler:24.03-LTS-SP1", "zlib"),
        ("pkg:deb/ubuntu/openssl@3?distro=ubuntu-22.04", "Debian:12", "openssl"),
        ("pkg:deb/debian/openssl@3?distro=debian-11", "Debian:12", "openssl"),
        ("pkg:apk/alpine/musl@1.2.4-r2?distro=alpine-3.19.1", "Alpine:v3.18", "musl"),
        ("pkg:rpm/suse/curl@8-1?distro=sles-15.6", "SUSE:Linux Enterprise Server 15 SP7", "curl"),
    ],
)
def test_purl_when_it_means_another_package_then_the_two_differ(purl: str, ecosystem: str, name: str) -> None:
    assert purl_package(purl) is not None
    assert purl_package(purl) != named_package(ecosystem, name)


@pytest.mark.parametrize(
    "purl", ["pkg:generic/x@1", "pkg:docker/library/nginx@1", "nonsense", "pkg:npm/", ""]
)
def test_purl_when_no_ecosystem_has_its_type_then_it_means_nothing(purl: str) -> None:
    assert purl_package(purl) is None
