"""What each kind of registry says, read from documents in its format: one small, telling document each."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.crawl.registry.documents import Absent, Document
from pipelines.crawl.registry.facts import Package, PackageFacts, Release
from pipelines.crawl.registry.kinds import registry_kinds
from pipelines.crawl.registry.sources import default_sources
from pipelines.errors import CrawlError

BASE = "https://registry.example"


class Saved:
    """Documents by path; a pair is content and time of its last change."""

    def __init__(self, documents: Mapping[str, Any]) -> None:
        self._documents = documents
        self.asked: list[str] = []

    def get(self, path: str) -> Document:
        self.asked.append(path)
        if path not in self._documents:
            raise Absent(path)
        found = self._documents[path]
        content, modified_at = found if isinstance(found, tuple) else (found, None)
        return Document(
            content.encode() if isinstance(content, str) else json.dumps(content).encode(), modified_at
        )

    def below(self, address: str) -> str | None:
        return address.removeprefix(BASE) if address.startswith(f"{BASE}/") else None


def read(purl_type: str, name: str, documents: Mapping[str, Any], *versions: str) -> PackageFacts:
    namespace, _, own = name.rpartition("/")
    package = Package(f"pkg:{purl_type}/{name}", purl_type, namespace or None, own, versions)
    return registry_kinds()[purl_type].read(package, Saved(documents))


def at(day: int) -> datetime:
    return datetime(2026, 1, day, tzinfo=UTC)


def test_kinds_when_discovered_then_each_has_its_pauses_and_no_address() -> None:
    assert set(registry_kinds()) == set(default_sources())
    assert all(set(source) == {"interval", "connections"} for source in default_sources().values())


def test_npm_when_read_then_unpublished_and_deprecated_versions_are_told_apart() -> None:
    facts = read(
        "npm",
        "@acme/lib",
        {
            "/@acme%2Flib": {
                "dist-tags": {"latest": "1.1.0"},
                "maintainers": [{"name": "a"}, {"name": "b"}],
                "time": {
                    "created": "2025-01-01T00:00:00Z",
                    "1.0.0": "2026-01-01T00:00:00Z",
                    "1.0.1": "2026-01-02T00:00:00Z",
                    "1.1.0": "2026-01-03T01:00:00+01:00",
                },
                "versions": {
                    "1.0.0": {"licenses": [{"type": "MIT"}, {"type": "Apache-2.0"}], "deprecated": "old"},
                    "1.1.0": {
                        "license": "ISC",
                        "deprecated": "",
                        "homepage": "https://lib.example",
                        "repository": {"url": "git+https://github.com/acme/lib.git"},
                    },
                },
            }
        },
    )
    assert facts == PackageFacts(
        "1.1.0",
        "ISC",
        2,
        "https://lib.example",
        "git+https://github.com/acme/lib.git",
        deprecated=False,
        releases=(
            Release("1.0.0", at(1), False, None, True, "old", "(MIT) OR (Apache-2.0)"),
            Release("1.1.0", at(3), False, None, False, None, "ISC"),
            Release("1.0.1", at(2), True, "unpublished"),
        ),
    )


@pytest.mark.parametrize(
    ("stated", "meant"),
    [
        ("acme/lib", "https://github.com/acme/lib"),
        ("gitlab:acme/lib", "https://gitlab.com/acme/lib"),
        ({"type": "git", "url": "git@gitee.com:acme/lib.git"}, "git@gitee.com:acme/lib.git"),
        ("gist:11081aaa281", "gist:11081aaa281"),
    ],
)
def test_npm_repository_when_written_short_then_is_an_address(stated: object, meant: str) -> None:
    versions = {"1.0.0": {"repository": stated}}
    facts = read("npm", "lib", {"/lib": {"dist-tags": {"latest": "1.0.0"}, "versions": versions}})
    assert facts.repository_url == meant


def test_pypi_when_read_then_a_version_is_yanked_only_if_all_its_files_are() -> None:
    early, late = "2026-01-01T00:00:00.123Z", "2026-01-02T00:00:00Z"
    facts = read(
        "pypi",
        "lib",
        {
            "/pypi/lib/json": {
                "info": {
                    "version": "2.0",
                    "license": "The whole wording of a licence\n" * 50,
                    "classifiers": [
                        "License :: OSI Approved :: MIT License",
                        "Development Status :: 7 - Inactive",
                    ],
                    "home_page": "https://lib.example",
                    "project_urls": {"Source Code": "https://github.com/acme/lib"},
                },
                "ownership": {
                    "roles": [
                        {"role": "Owner", "user": "a"},
                        {"role": "Maintainer", "user": "a"},
                        {"role": "Maintainer", "user": "b"},
                    ]
                },
                "releases": {
                    "1.0": [
                        {"upload_time_iso_8601": late, "yanked": True, "yanked_reason": "broken"},
                        {"upload_time_iso_8601": early, "yanked": True},
                    ],
                    "2.0": [{"upload_time_iso_8601": late, "yanked": False}, {"yanked": True}],
                    "3.0": [],
                },
            }
        },
    )
    assert (facts.latest_version, facts.licence, facts.maintainers) == ("2.0", "MIT", 2)
    assert facts.repository_url == "https://github.com/acme/lib"
    assert (facts.deprecated, facts.deprecation) == (True, "Development Status :: 7 - Inactive")
    one, two, three = facts.releases
    assert (one.yanked, one.yanked_reason) == (True, "broken")
    assert one.published_at == datetime(2026, 1, 1, microsecond=123000, tzinfo=UTC)
    assert (two.yanked, two.published_at, two.licence) == (False, at(2), "MIT")
    assert (three.yanked, three.published_at) == (None, None)


def test_pypi_when_it_names_no_owners_or_an_organisation_then_their_number_is_unknown() -> None:
    people = {"info": {"author": "Ann", "maintainer": "Bo"}}
    owned = {"ownership": {"organization": "acme", "roles": [{"user": "a"}]}}
    for document in (people, owned):
        assert read("pypi", "lib", {"/pypi/lib/json": document}).maintainers is None


def test_pypi_when_its_licence_is_no_text_then_the_classifiers_tell_it() -> None:
    info = {"license": {"text": "GPL"}, "classifiers": ["License :: OSI Approved :: MIT License"]}
    assert read("pypi", "lib", {"/pypi/lib/json": {"info": info}}).licence == "MIT"


def test_cargo_when_read_then_yanked_versions_and_owners_are_told() -> None:
    versions = [
        {"num": "2.0.0-rc.1", "created_at": "2026-01-03T00:00:00Z", "yanked": False, "license": "MIT"},
        {
            "num": "1.0.0",
            "created_at": "2026-01-01T00:00:00Z",
            "yanked": True,
            "yank_message": "unsound",
            "license": "MIT OR Apache-2.0",
        },
    ]
    crate = {
        "newest_version": "2.0.0-rc.1",
        "max_stable_version": "1.0.0",
        "repository": "https://github.com/a/b",
    }
    documents = {"/api/v1/crates/lib": {"crate": crate, "versions": versions}}
    facts = read("cargo", "lib", documents | {"/api/v1/crates/lib/owners": {"users": [{"login": "a"}]}})
    assert (facts.latest_version, facts.licence, facts.maintainers) == ("1.0.0", "MIT OR Apache-2.0", 1)
    assert facts.releases[1] == Release("1.0.0", at(1), True, "unsound", licence="MIT OR Apache-2.0")
    assert read("cargo", "lib", documents).maintainers is None


def test_gem_when_read_then_platforms_of_a_version_are_one_release() -> None:
    facts = read(
        "gem",
        "lib",
        {
            "/api/v1/versions/lib.json": [
                {
                    "number": "1.1",
                    "platform": "java",
                    "created_at": "2026-01-02T00:00:00Z",
                    "licenses": ["MIT"],
                },
                {"number": "1.1", "platform": "ruby", "created_at": "2026-01-02T01:00:00Z"},
                {"number": "1.0", "created_at": "2026-01-01T00:00:00Z", "licenses": ["MIT", "Ruby"]},
            ],
            "/api/v1/gems/lib.json": {
                "version": "1.1",
                "licenses": ["MIT"],
                "homepage_uri": "https://github.com/a/lib",
            },
            "/api/v1/gems/lib/owners.json": [{"id": 1}, {"id": 2}],
        },
    )
    assert (facts.latest_version, facts.maintainers, facts.repository_url) == (
        "1.1",
        2,
        "https://github.com/a/lib",
    )
    assert facts.releases == (
        Release("1.1", at(2), False, licence="MIT"),
        Release("1.0", at(1), False, licence="(MIT) OR (Ruby)"),
    )


def test_composer_when_read_then_what_versions_share_is_filled_in() -> None:
    facts = read(
        "composer",
        "acme/lib",
        {
            "/p2/acme/lib.json": {
                "minified": "composer/2.0",
                "packages": {
                    "acme/lib": [
                        {
                            "version": "v2.0.0",
                            "time": "2026-01-02T00:00:00+00:00",
                            "license": ["MIT"],
                            "source": {"url": "https://github.com/acme/lib.git"},
                            "abandoned": "acme/kit",
                        },
                        {"version": "v1.0.0", "time": "2026-01-01T00:00:00+00:00"},
                        {"version": "v0.9.0", "license": "__unset"},
                    ]
                },
            }
        },
    )
    assert (facts.deprecated, facts.deprecation) == (True, "abandoned, use acme/kit")
    assert [(r.version, r.published_at, r.licence) for r in facts.releases] == [
        ("v2.0.0", at(2), "MIT"),
        ("v1.0.0", at(1), "MIT"),
        ("v0.9.0", at(1), None),
    ]


def test_hex_when_read_then_retired_versions_say_why() -> None:
    facts = read(
        "hex",
        "lib",
        {
            "/api/packages/lib": {
                "latest_stable_version": "1.0.0",
                "meta": {"licenses": ["Apache-2.0"], "links": {"GitHub": "https://github.com/a/lib"}},
                "owners": [{"username": "a"}],
                "releases": [
                    {"version": "1.0.0", "inserted_at": "2026-01-02T00:00:00Z"},
                    {"version": "0.9.0"},
                ],
                "retirements": {"0.9.0": {"reason": "security", "message": "leaks"}},
            }
        },
    )
    assert (facts.licence, facts.maintainers, facts.repository_url) == (
        "Apache-2.0",
        1,
        "https://github.com/a/lib",
    )
    assert facts.releases == (
        Release("1.0.0", at(2), False),
        Release("0.9.0", yanked=True, yanked_reason="leaks"),
    )


def test_pub_when_discontinued_then_says_what_replaces_it() -> None:
    facts = read(
        "pub",
        "lib",
        {
            "/api/packages/lib": {
                "isDiscontinued": True,
                "replacedBy": "kit",
                "latest": {"version": "1.0.0", "pubspec": {"repository": "https://github.com/a/lib"}},
                "versions": [{"version": "1.0.0", "published": "2026-01-01T00:00:00Z", "retracted": True}],
            }
        },
    )
    assert (facts.deprecated, facts.deprecation) == (True, "discontinued, replaced by kit")
    assert facts.releases == (Release("1.0.0", at(1), True),)


def nuget_leaf(version: str, **more: Any) -> dict[str, Any]:
    return {"catalogEntry": {"version": version, "published": "2026-01-01T00:00:00Z", **more}}


def test_nuget_when_versions_stand_in_pages_then_all_are_read() -> None:
    root = "/v3/registration5-gz-semver2/acme.lib"
    facts = read(
        "nuget",
        "Acme.Lib",
        {
            f"{root}/index.json": {
                "items": [
                    {
                        "@id": f"{BASE}{root}/page/1.json",
                    },
                    {
                        "items": [
                            nuget_leaf("2.0.0", listed=False, published="1900-01-01T00:00:00Z"),
                            nuget_leaf("3.0.0-beta", licenseExpression="MIT"),
                        ]
                    },
                ]
            },
            f"{root}/page/1.json": {
                "items": [
                    nuget_leaf(
                        "1.0.0", licenseExpression="Apache-2.0", deprecation={"reasons": ["Legacy", "Other"]}
                    )
                ]
            },
        },
    )
    assert (facts.latest_version, facts.licence) == ("1.0.0", "Apache-2.0")
    assert (facts.deprecated, facts.deprecation) == (True, "Legacy, Other")
    assert [(r.version, r.yanked, r.published_at) for r in facts.releases] == [
        ("1.0.0", False, at(1)),
        ("2.0.0", True, None),
        ("3.0.0-beta", False, at(1)),
    ]


def test_nuget_when_a_page_lies_elsewhere_then_is_refused() -> None:
    index = {"items": [{"@id": "https://elsewhere.example/page.json"}]}
    with pytest.raises(CrawlError, match="outside of the registry"):
        read("nuget", "lib", {"/v3/registration5-gz-semver2/lib/index.json": index})


GO_MOD = """\
// Deprecated: use example.com/kit
// instead.
module github.com/Acme/lib

retract v1.0.1 // published by mistake
retract (
    [v1.1.0, v1.1.9] // leaks
)
"""


def test_go_when_read_then_times_are_asked_for_versions_in_use_only() -> None:
    base = "/github.com/!acme/lib"
    facts = read(
        "golang",
        "github.com/Acme/lib",
        {
            f"{base}/@v/list": "v1.0.0\nv1.0.1\nv1.1.5\nv1.2.0\n",
            f"{base}/@latest": {
                "Version": "v1.2.0",
                "Time": "2026-01-04T00:00:00Z",
                "Origin": {"URL": "https://github.com/Acme/lib"},
            },
            f"{base}/@v/v1.0.1.info": {"Version": "v1.0.1", "Time": "2026-01-02T00:00:00Z"},
            f"{base}/@v/v1.2.0.mod": GO_MOD,
        },
        "v1.0.1",
        "v0.9.9",
    )
    assert (facts.latest_version, facts.repository_url) == ("v1.2.0", "https://github.com/Acme/lib")
    assert (facts.deprecated, facts.deprecation) == (True, "use example.com/kit")
    assert facts.releases == (
        Release("v1.0.0", None, False),
        Release("v1.0.1", at(2), True, "published by mistake"),
        Release("v1.1.5", None, True, "leaks"),
        Release("v1.2.0", at(4), False),
    )


ONE_RELEASE = "<metadata><versioning><release>1</release></versioning></metadata>"


def pom(body: str) -> str:
    return f'<project xmlns="http://maven.apache.org/POM/4.0.0">{body}</project>'


def test_maven_when_read_then_licence_comes_from_the_parent_and_time_from_the_pom() -> None:
    folder = "/org/acme/lib"
    parent = "<parent><groupId>org.acme</groupId><artifactId>parent</artifactId><version>7</version></parent>"
    facts = read(
        "maven",
        "org.acme/lib",
        {
            f"{folder}/maven-metadata.xml": "<metadata><versioning>"
            "<latest>2.0-rc</latest><release>1.1</release>"
            "<versions><version>1.0</version><version>1.1</version><version>2.0-rc</version></versions>"
            "</versioning></metadata>",
            f"{folder}/1.1/lib-1.1.pom": (pom(parent), at(3)),
            f"{folder}/1.0/lib-1.0.pom": (
                pom(
                    "<licenses><license><name>The MIT License</name></license></licenses>"
                    "<scm><url>https://github.com/acme/old</url></scm>"
                ),
                at(1),
            ),
            "/org/acme/parent/7/parent-7.pom": pom(
                "<licenses><license><name>Apache License, Version 2.0</name></license></licenses>"
                "<scm><connection>scm:git:https://gitee.com/acme/lib.git</connection></scm>"
            ),
        },
        "1.0",
        "0.9",
    )
    assert (facts.latest_version, facts.licence) == ("1.1", "Apache-2.0")
    assert facts.repository_url == "https://gitee.com/acme/lib.git"
    assert facts.deprecated is False
    assert facts.releases == (
        Release("1.0", at(1), licence="MIT"),
        Release("1.1", at(3), licence="Apache-2.0"),
        Release("2.0-rc"),
    )


def test_maven_when_relocated_then_says_where_to() -> None:
    moved = (
        "<distributionManagement><relocation><groupId>org.new</groupId></relocation></distributionManagement>"
    )
    facts = read(
        "maven",
        "org.acme/lib",
        {
            "/org/acme/lib/maven-metadata.xml": ONE_RELEASE,
            "/org/acme/lib/1/lib-1.pom": pom(moved),
        },
    )
    assert (facts.deprecated, facts.deprecation) == (True, "relocated to org.new")


def test_maven_when_parents_go_round_in_a_circle_then_stops() -> None:
    own = "<parent><groupId>org.acme</groupId><artifactId>lib</artifactId><version>1</version></parent>"
    documents = {
        "/org/acme/lib/maven-metadata.xml": ONE_RELEASE,
        "/org/acme/lib/1/lib-1.pom": pom(own),
    }
    assert read("maven", "org.acme/lib", documents).licence is None


@pytest.mark.parametrize("content", ["<!DOCTYPE a [<!ENTITY b 'c'>]><metadata>&b;</metadata>", "<metadata>"])
def test_maven_when_the_document_is_hostile_then_fails(content: str) -> None:
    with pytest.raises(CrawlError):
        read("maven", "org.acme/lib", {"/org/acme/lib/maven-metadata.xml": content})
