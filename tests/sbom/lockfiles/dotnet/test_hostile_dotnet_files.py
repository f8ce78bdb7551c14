"""Any bytes, any shape: the .NET formats end with rows and unknowns, never with an exception."""

import json
import time
from xml.sax.saxutils import quoteattr

import pytest
from ecosystem_fixtures import FIXTURES
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives, parse_content

from sbom.model import UnknownKind

PATHS = ["packages.lock.json", "src/A.csproj", "packages.config"]
REAL = [
    ("packages.lock.json", FIXTURES / "nuget_lock" / "frameworks" / "packages.lock.json"),
    ("src/A.csproj", FIXTURES / "dotnet_project" / "properties" / "src" / "Lib" / "Lib.vbproj"),
    ("packages.config", FIXTURES / "packages_config" / "web" / "packages.config"),
]
TAGS = st.sampled_from(
    [
        "Project",
        "PropertyGroup",
        "ItemGroup",
        "Choose",
        "When",
        "Otherwise",
        "Import",
        "PackageReference",
        "PackageVersion",
        "GlobalPackageReference",
        "Version",
        "PackageId",
        "packages",
        "package",
        "A",
    ]
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["Include", "Update", "Remove", "Version", "Project", "Condition", "id", "version"]),
    st.sampled_from(
        [
            "a",
            "A;b",
            ";",
            "/",
            "1.0.0",
            "[1.0]",
            "$(A)",
            "$(A)$(Version)",
            "'$(A)' == ''",
            "../..",
            "x.props",
            "$([MSBuild]::GetPathOfFileAbove('x.props', '$(MSBuildThisFileDirectory)../'))",
            "1.*",
        ]
    )
    | st.text("ab$()[];", max_size=6),
    max_size=4,
)
ELEMENTS = st.recursive(
    st.builds("<{0}{1}/>".format, TAGS, st.just("")),
    lambda children: st.builds(
        lambda tag, attributes, inner, text: (
            f"<{tag} {' '.join(f'{k}={quoteattr(v)}' for k, v in attributes.items())}>"
            f"{text}{''.join(inner)}</{tag}>"
        ),
        TAGS,
        ATTRIBUTES,
        st.lists(children, max_size=4),
        st.sampled_from(["", "1.0.0", "$(A)", "true"]),
    ),
    max_leaves=20,
)
KEYS = st.sampled_from(
    ["version", "dependencies", "net8.0", "net8.0/x", "A", "a", "B", "type", "requested", "resolved", "/", ""]
)
SHAPES = st.recursive(
    st.sampled_from(["Direct", "Project", "Transitive", "1.0.0", "", "[1, )"])
    | st.none()
    | st.integers(0, 9),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(KEYS, children, max_size=5),
    max_leaves=30,
)


@pytest.mark.parametrize("path", PATHS)
@settings(deadline=None, max_examples=50)
@given(content=st.binary(max_size=200))
def test_any_bytes_when_parsed_then_nothing_escapes(path, content):
    assert_survives(
        path, content, {"src/x.props": content, "Directory.Build.props": content, "A.csproj": content}
    )


@pytest.mark.parametrize("path", ["src/A.csproj", "packages.config"])
@settings(deadline=None, max_examples=50)
@given(content=ELEMENTS, other=ELEMENTS)
def test_any_elements_when_parsed_then_nothing_escapes(path, content, other):
    names = ["src/x.props", "Directory.Build.props", "Directory.Packages.props", "x.props"]
    assert_survives(path, content.encode(), dict.fromkeys(names, other.encode()))


@settings(deadline=None, max_examples=50)
@given(frameworks=SHAPES, project=ELEMENTS)
def test_any_shape_of_lock_when_parsed_then_nothing_escapes(frameworks, project):
    content = json.dumps({"version": 1, "dependencies": frameworks}).encode()
    assert_survives("packages.lock.json", content, {"A.csproj": project.encode()})


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_real_file_when_cut_or_changed_anywhere_then_nothing_escapes(data):
    path, real = data.draw(st.sampled_from(REAL))
    content = real.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.sampled_from([0, 1, 40, len(content)]))
    assert_survives(path, content[:start] + data.draw(st.binary(max_size=4)) + content[start + length :])


def test_properties_when_they_double_again_and_again_then_expansion_stops():
    groups = "".join(f"<P{i}>$(P{i - 1})$(P{i - 1})</P{i}>" for i in range(1, 60))
    text = (
        f"<Project><PropertyGroup><P0>1</P0>{groups}</PropertyGroup>"
        '<ItemGroup><PackageReference Include="A" Version="$(P59)" /></ItemGroup></Project>'
    )
    started = time.process_time()
    (sheet,) = parse_content("A.csproj", text.encode())
    assert time.process_time() - started < 1
    assert [(row.name, row.version) for row in sheet.components] == [("A", None)]


@pytest.mark.parametrize("path", ["A.csproj", "packages.config"])
def test_entities_when_declared_then_they_are_not_expanded(path):
    text = '<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Project>&b;</Project>'
    (sheet,) = parse_content(path, text.encode())
    assert [row.kind for row in sheet.unknowns] == [UnknownKind.LIMIT]


NEW = ["App.deps.json", "obj/project.assets.json", "paket.lock", "paket.dependencies"]
NEW_REAL = sorted(
    path
    for folder in ("dotnet_deps", "nuget_assets", "paket_lock", "paket_dependencies")
    for path in (FIXTURES / folder).rglob("*")
    if path.name.endswith((".deps.json", "project.assets.json", "paket.lock", "paket.dependencies"))
)
NEW_KEYS = st.sampled_from(
    [
        *(
            "targets",
            "libraries",
            "net8.0",
            "A/1.0",
            "a/1.0",
            "B/2",
            "type",
            "dependencies",
            "A",
            "B",
            "runtime",
        ),
        *("project", "frameworks", "suppressParent", "include", "version", "restore", "", "/"),
    ]
)
NEW_SHAPES = st.recursive(
    st.sampled_from(["package", "project", "runtimepack", "1.0", "", "All", "lib/a.dll"])
    | st.none()
    | st.integers(0, 9),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(NEW_KEYS, children, max_size=5),
    max_leaves=30,
)
PAKET = st.sampled_from(
    [
        *("NUGET", "GITHUB", "GIT", "HTTP", "GROUP Test", "  remote: a/b", "    A (1.0)", "      B (>= 1)"),
        *(
            "     (abc)",
            "nuget A 1.0",
            "nuget B ~> 2",
            "group Build",
            "github a/b:c",
            "git https://a/b c",
            "x:",
            "(",
        ),
    ]
)


@pytest.mark.parametrize("path", NEW)
@settings(deadline=None, max_examples=50)
@given(content=st.binary(max_size=200))
def test_any_bytes_of_newer_formats_when_parsed_then_nothing_escapes(path, content):
    assert_survives(path, content)


@pytest.mark.parametrize("path", NEW[:2])
@settings(deadline=None, max_examples=100)
@given(value=NEW_SHAPES, targets=NEW_SHAPES)
def test_any_shape_of_newer_formats_when_parsed_then_nothing_escapes(path, value, targets):
    assert_survives(path, json.dumps(value).encode())
    assert_survives(
        path, json.dumps({"targets": {"t": targets}, "libraries": value, "project": value}).encode()
    )


@pytest.mark.parametrize("path", NEW[2:])
@settings(deadline=None, max_examples=100)
@given(lines=st.lists(PAKET, max_size=20), beside=st.lists(PAKET, max_size=8))
def test_any_lines_of_paket_when_parsed_then_nothing_escapes(path, lines, beside):
    assert_survives(path, "\n".join(lines).encode(), {"paket.dependencies": "\n".join(beside).encode()})


@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_real_newer_file_when_cut_or_overwritten_then_what_is_left_is_read(data):
    path = data.draw(st.sampled_from(NEW_REAL))
    content = path.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.sampled_from([0, 1, 2, 40, len(content)]))
    assert_survives(path.name, content[:start] + data.draw(st.binary(max_size=4)) + content[start + length :])
