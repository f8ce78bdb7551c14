import pytest
from bom_rows import bom, properties
from identify.vendor.licenses import LICENSES

from sbom.licences import is_licence_path, match_licence
from sbom.limits import Limits
from sbom.model import UnknownKind
from sbom.scan import scan_path

TEXTS = dict(LICENSES)
MULAN = "木兰宽松许可证, 第2版\n\n2020年1月 http://license.coscl.org.cn/MulanPSL2\n\n您对“软件”的复制、使用受本许可证约束\n"
GNU = {"GPL-2.0", "GPL-3.0", "AGPL-3.0", "LGPL-2.1", "LGPL-3.0"}


@pytest.mark.parametrize("name", TEXTS)
def test_text_when_it_is_a_licence_then_that_one(name):
    found = match_licence(TEXTS[name].encode())
    assert found.licence == (f"{name}-only" if name in GNU else name)
    assert found.similarity == 1.0


@pytest.mark.parametrize("name", ["MIT", "Apache-2.0", "BSD-3-Clause", "GPL-3.0"])
def test_text_when_reflowed_named_and_followed_by_notices_then_the_same(name):
    words = " ".join(TEXTS[name].split())
    notices = "\n\nThird party software\n\n" + TEXTS["Zlib"] + TEXTS["MPL-2.0"]
    content = f"Copyright (c) 2026 链图 and others\n\n{words}{notices}".encode()
    assert match_licence(content).licence.removesuffix("-only") == name


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        (MULAN, "MulanPSL-2.0"),
        ("木兰公共许可证, 第2版\n", "MulanPubL-2.0"),
        ("GNU LIBRARY GENERAL PUBLIC LICENSE\n   Version 2, June 1991\n", "LGPL-2.0-only"),
        ("Business Source License 1.1\n\nParameters\n\nChange Date: 2029-01-01\n", "BUSL-1.1"),
        (
            TEXTS["GPL-2.0"] + '\n\n"CLASSPATH" EXCEPTION TO THE GPL\n',
            "GPL-2.0-only WITH Classpath-exception-2.0",
        ),
    ],
)
def test_text_when_phrases_tell_it_then_recognised(text, licence):
    assert match_licence(text.encode()).licence == licence


@pytest.mark.parametrize(
    "content", [b"", b"All rights reserved.", b"\xff\xfe\x00", TEXTS["MIT"][:300].encode(), b"mit " * 5000]
)
def test_text_when_it_is_no_licence_then_none(content):
    assert match_licence(content) is None


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        *((path, True) for path in ("LICENSE", "LICENCE.md", "license.txt", "COPYING", "LICENSE-MIT")),
        *((path, True) for path in ("LICENSES/MIT.txt", "MIT-LICENSE", "UNLICENSE", "COPYING.LESSER")),
        *((path, False) for path in ("vendor/LICENSE", "LICENSES/a/b.txt", "licenses.py.d/x", "README")),
    ],
)
def test_path_when_repositories_keep_their_licence_there_then_so(path, is_one):
    assert is_licence_path(path) is is_one


def test_repository_when_scanned_then_its_licence_files_are_evidence_in_the_bom(repository):
    repository.write("LICENSE-MIT", TEXTS["MIT"])
    repository.write("LICENSE-MULAN", MULAN)
    repository.write("COPYING", "Ask us.")
    repository.write("vendor/LICENSE", TEXTS["ISC"])
    repository.commit()
    result = scan_path(repository.path)
    assert [(row.path, row.licence) for row in result.licences] == [
        ("LICENSE-MIT", "MIT"),
        ("LICENSE-MULAN", "MulanPSL-2.0"),
    ]
    (unknown,) = result.unknowns
    assert (unknown.path, unknown.kind) == ("COPYING", UnknownKind.UNRESOLVED)
    evidence = bom(result)["metadata"]["component"]["evidence"]["licenses"]
    assert [choice["license"]["id"] for choice in evidence] == ["MIT", "MulanPSL-2.0"]
    assert properties(evidence[0]["license"], "chainatlas:path") == ["LICENSE-MIT"]
    assert {choice["license"]["acknowledgement"] for choice in evidence} == {"concluded"}


def test_licence_file_when_it_cannot_be_read_then_that_is_said_and_no_unknown_licence(
    repository,
):
    repository.write("COPYING", "a" * 3000)
    repository.write("LICENSE", TEXTS["MIT"])
    repository.commit()
    repository.remove_object("HEAD:LICENSE")
    result = scan_path(repository.path, limits=Limits(file_bytes=2000))
    assert [(row.path, row.kind) for row in result.unknowns] == [
        ("COPYING", UnknownKind.LIMIT),
        ("LICENSE", UnknownKind.UNREADABLE),
    ]
    assert result.licences == ()
