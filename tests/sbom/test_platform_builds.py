"""Ready-made builds that lock files name: of which package, for which platform, at which line."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sbom.platforms import scan_platforms
from sbom.platforms.builds import find_builds

UV = """\
version = 1

[[package]]
name = "Py-Torch"
version = "2.0+cpu"
dependencies = [
    { name = "bound", marker = "platform_machine == 'x86_64'" },
]
sdist = { url = "https://h/py_torch-2.0.tar.gz", hash = "sha256:00" }
wheels = [
    { url = "https://h/py_torch-2.0%2Bcpu-cp312-cp312-macosx_11_0_arm64.whl", hash = "sha256:00" },
    { url = "https://h/py_torch-2.0%2Bcpu-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl" },
    # { url = "https://h/py_torch-2.0%2Bcpu-cp312-cp312-manylinux_2_17_s390x.whl" },
]

[[package]]
name = "bound"
version = "1"
dependencies = [
    { name = "below" },
]
wheels = [
    { url = "https://h/bound-1-py3-none-manylinux_2_38_loongarch64.whl" },
]

[[package]]
name = "below"
version = "1"
wheels = [
    { url = "https://h/below-1-cp39-abi3-musllinux_1_2_aarch64.whl" },
    { url = "https://h/below-1-py3-none-any.whl" },
]
"""
TORCH, BOUND, BELOW = "pkg:pypi/py-torch@2.0%2Bcpu", "pkg:pypi/bound@1", "pkg:pypi/below@1"
UV_BUILDS = {
    (TORCH, "macos", 11, "builds"),
    (TORCH, "linux", 12, "builds"),
    (TORCH, "amd64", 12, "builds"),
    (BOUND, "linux", 23, "build"),
    (BOUND, "loong64", 23, "build"),
    (BELOW, "linux", 30, "build"),
    (BELOW, "arm64", 30, "build"),
    (BELOW, "any", 31, "build"),
}
NPM = {
    "packages": {
        "": {"name": "app"},
        "node_modules/tool": {
            "version": "1.0.0",
            "optionalDependencies": {"@tool/linux-x64": "1.0.0", "@tool/wasm": "1.0.0", "fsevents": "^2"},
        },
        "node_modules/@tool/linux-x64": {"version": "1.0.0", "os": ["linux"], "cpu": ["x64"]},
        "node_modules/@tool/wasm": {"version": "1.0.0", "cpu": ["wasm32"]},
        "node_modules/fsevents": {"version": "2.3.0", "os": ["darwin"]},
        "node_modules/half": {"version": "1.0.0", "optionalDependencies": {"half-a": "1", "half-b": "1"}},
        "node_modules/half-a": {"version": "1.0.0", "os": ["linux"], "cpu": "arm64"},
        "node_modules/rest": {"version": "1.0.0", "cpu": ["!x64", "!arm64"]},
    }
}
PNPM = """\
lockfileVersion: '9.0'
packages:

  '@tool/linux-loong64@1.0.0':
    cpu: [loong64]
    os: [linux]
    libc: [glibc]

  '@tool/linux-x64@2.0.0':
    cpu: [x64]
    os: [linux]

  '@tool/darwin-arm64@2.0.0':
    cpu: [arm64]
    os: [darwin]

  tool@1.0.0:
    hasBin: true

  tool@2.0.0:
    hasBin: true

  '@other/wasm32-wasi@1.0.0':
    engines: {node: '>=20'}

  other@1.0.0:
    hasBin: true

snapshots:

  other@1.0.0:
    optionalDependencies:
      '@other/wasm32-wasi': 1.0.0
      peer: 1.0.0

  tool@1.0.0:
    optionalDependencies:
      '@tool/linux-loong64': 1.0.0

  tool@2.0.0(peer@1.0.0):
    dependencies:
      peer: 1.0.0
    optionalDependencies:
      '@tool/darwin-arm64': 2.0.0
      '@tool/linux-x64': 2.0.0
"""
YARN = """\
__metadata:
  version: 8

"@tool/linux-riscv64@npm:1.0.0":
  version: 1.0.0
  resolution: "@tool/linux-riscv64@npm:1.0.0"
  conditions: os=linux & cpu=riscv64 & libc=glibc
  languageName: node

"tool@npm:^1.0.0, tool@npm:~1.0.0":
  version: 1.0.0
  dependencies:
    "@tool/linux-riscv64": "npm:1.0.0"
    plain: "npm:^2"
  dependenciesMeta:
    "@tool/linux-riscv64":
      optional: true
"""


def _found(path: str, text: str) -> set[tuple[str | None, str, int | None, str]]:
    return {
        (build.purl, build.platform, build.line, build.context) for build in find_builds(path, text.encode())
    }


def test_uv_lock_when_read_then_wheels_name_platforms_and_bound_packages_are_not_listed_in_full() -> None:
    assert _found("uv.lock", UV) == UV_BUILDS


def test_uv_lock_when_limited_to_environments_then_no_package_is_listed_in_full() -> None:
    found = _found("uv.lock", "supported-markers = [\"sys_platform == 'linux'\"]\n" + UV)
    assert {context for *_, context in found} == {"build"}


@pytest.mark.parametrize(
    ("path", "head", "context"),
    [
        ("poetry.lock", "", "builds"),
        ("pdm.lock", 'strategy = ["inherit_metadata"]\n', "build"),
        ("pdm.lock", 'strategy = ["cross_platform"]\n', "builds"),
        ("pylock.toml", "", "build"),
        ("requirements-dev.txt", "", "build"),
        ("Pipfile.lock", "", "build"),
        ("notes.txt", "", None),
    ],
)
def test_lock_file_when_read_then_only_some_list_all_builds(
    path: str, head: str, context: str | None
) -> None:
    found = _found(path, head + '{file = "a_b-1.0-cp39-cp39-win32.whl", hash = "sha256:00"},\n')
    line = 2 if head else 1
    assert found == (set() if context is None else {("pkg:pypi/a-b@1.0", "windows", line, context)})


def test_npm_lock_when_read_then_platform_packages_stand_for_the_package_that_offers_them() -> None:
    text = json.dumps(NPM, indent=2)
    lines = {part: number for number, line in enumerate(text.splitlines(), 1) for part in [line.strip()]}
    x64, wasm = lines['"node_modules/@tool/linux-x64": {'], lines['"node_modules/@tool/wasm": {']
    half, events = lines['"node_modules/half-a": {'], lines['"node_modules/fsevents": {']
    rest = lines['"node_modules/rest": {']
    assert _found("package-lock.json", text) == {
        ("pkg:npm/tool@1.0.0", "linux", x64, "builds"),
        ("pkg:npm/tool@1.0.0", "amd64", x64, "builds"),
        ("pkg:npm/tool@1.0.0", "any", wasm, "builds"),
        ("pkg:npm/half@1.0.0", "linux", half, "build"),
        ("pkg:npm/half@1.0.0", "arm64", half, "build"),
        ("pkg:npm/fsevents@2.3.0", "macos", events, "build"),
        ("pkg:npm/rest@1.0.0", "any", rest, "build"),
    }


def test_pnpm_lock_when_read_then_each_version_has_its_own_builds_and_mac_is_no_linux() -> None:
    assert _found("pnpm-lock.yaml", PNPM) == {
        ("pkg:npm/other@1.0.0", "any", 23, "build"),
        ("pkg:npm/tool@1.0.0", "linux", 4, "builds"),
        ("pkg:npm/tool@1.0.0", "loong64", 4, "builds"),
        ("pkg:npm/tool@2.0.0", "macos", 13, "builds"),
        ("pkg:npm/tool@2.0.0", "linux", 9, "builds"),
        ("pkg:npm/tool@2.0.0", "amd64", 9, "builds"),
    }


def test_yarn_lock_when_read_then_conditions_name_platforms() -> None:
    assert _found("yarn.lock", YARN) == {
        ("pkg:npm/tool@1.0.0", "linux", 4, "builds"),
        ("pkg:npm/tool@1.0.0", "riscv64", 4, "builds"),
    }


def test_scan_when_a_lock_file_names_builds_then_they_stand_beside_the_words(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text(UV)
    (tmp_path / "Makefile").write_text("all: build-arm64\n")
    (tmp_path / "package-lock.json").write_text("[" * 100_000)
    result = scan_platforms(tmp_path)
    assert {(marker.purl, marker.platform) for marker in result.markers} == {
        (None, "arm64"),
        *((purl, platform) for purl, platform, *_ in UV_BUILDS),
    }


@given(
    content=st.binary(max_size=400),
    name=st.sampled_from(["package-lock.json", "pnpm-lock.yaml", "yarn.lock"]),
)
def test_lock_file_when_it_holds_anything_then_it_is_read_without_error(content: bytes, name: str) -> None:
    for build in find_builds(name, content):
        assert build.purl is not None
