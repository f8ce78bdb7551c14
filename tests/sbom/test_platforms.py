"""Platforms that a repository builds for, by the words of its build, delivery and configuration files."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sbom.model import UnknownKind
from sbom.platforms import context_of_file, find_markers, platforms_fingerprint, scan_platforms

WORKFLOW = """\
jobs:
  build:
    runs-on: ${{ matrix.os }}
    strategy:
      matrix:
        os: [ubuntu-24.04, windows-latest]
        # arch: riscv64 is planned
        arch: [amd64, arm64]
    steps:
      - run: docker buildx build --platform linux/amd64,linux/arm64,linux/loong64 .
"""


def _found(path: str, text: str) -> dict[str, int]:
    context = context_of_file(path)
    assert context is not None
    return {marker.platform: marker.line for marker in find_markers(path, context, text.encode())}


def test_workflow_when_read_then_each_platform_stands_at_its_first_line_and_comments_say_nothing() -> None:
    assert _found(".github/workflows/build.yml", WORKFLOW) == {
        **{"linux": 6, "windows": 6, "amd64": 8, "arm64": 8, "loong64": 10}
    }


@pytest.mark.parametrize(
    ("path", "text", "platforms"),
    [
        (".goreleaser.yaml", "goarch: [amd64, loong64, riscv64]", {"amd64", "loong64", "riscv64"}),
        (
            "docker/Dockerfile",
            "FROM --platform=linux/aarch64 openeuler/openeuler:22.03",
            {"arm64", "openeuler"},
        ),
        ("src/main/resources/application-dm.yml", "url: jdbc:dm://localhost:5236", {"dm"}),
        ("src/main/resources/application.properties", "url=jdbc:kingbase8://h/db", {"kingbase"}),
        ("Makefile", "GOARCH=sw64 go build", {"sw64"}),
        ("Makefile", "harm64x = 1", set()),
        ("pyproject.toml", '[tool.cibuildwheel]\narchs = ["x86_64", "loongarch64"]', {"amd64", "loong64"}),
        ("pyproject.toml", 'build = "cp3*-manylinux_aarch64"\nskip = "*_s390x"', {"arm64", "linux"}),
        ("pyproject.toml", 'skip = [\n  "*_s390x",\n]\nbuild = ["*_riscv64"]', {"riscv64"}),
        (".travis.yml", "env:\n  CIBW_SKIP: >-\n    *_s390x\n  CIBW_ARCHS: aarch64", {"arm64"}),
        (".travis.yml", 'env:\n  CIBW_ARCHS_LINUX: "all"', {"amd64", "arm64", "linux", "ppc64le", "s390x"}),
        (".travis.yml", "env:\n  CIBW_ARCHS_MACOS: x86_64 arm64\n  CIBW_ARCHS: auto", set()),
        ("pyproject.toml", '[tool.cibuildwheel]\narchs = ["all"]', {"amd64", "arm64", "ppc64le", "s390x"}),
        ("pyproject.toml", '[tool.cibuildwheel]\nbuild = "all"', set()),
        ("application.yml", "name: admin\nurl: jdbc:mysql://h/db", {"mysql"}),
    ],
)
def test_file_when_read_then_its_words_name_platforms(path: str, text: str, platforms: set[str]) -> None:
    assert set(_found(path, text)) == platforms


def test_sources_when_they_name_a_platform_then_they_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "arch.go").write_text("const arch = `loong64`\n")
    (tmp_path / "README.md").write_text("runs on Kylin\n")
    (tmp_path / "Makefile").write_text("all: build-arm64\n")
    result = scan_platforms(tmp_path)
    assert [(marker.path, marker.platform) for marker in result.markers] == [("Makefile", "arm64")]
    assert result.unknowns == ()


def test_file_when_larger_than_is_searched_then_the_limit_is_recorded(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("arm64\n" + "x" * 2**20 + "\nloong64\n")
    result = scan_platforms(tmp_path)
    assert [marker.platform for marker in result.markers] == ["arm64"]
    assert [(row.path, row.kind) for row in result.unknowns] == [("Makefile", UnknownKind.LIMIT)]


@given(content=st.binary(max_size=400))
def test_file_when_it_holds_anything_then_markers_stand_within_it(content: bytes) -> None:
    lines = content.decode("utf-8", "replace").splitlines()
    for marker in find_markers("Makefile", "build", content):
        assert marker.word in lines[marker.line - 1]


def test_fingerprint_when_asked_then_it_names_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    before = platforms_fingerprint()
    monkeypatch.setattr("sbom.platforms.text_of", lambda name: "files: []")
    assert platforms_fingerprint() != before
