"""What the JavaScript formats share: aliases, addresses, digests, workspace globs, located decoding."""

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sbom.errors import LimitReached
from sbom.limits import DEFAULT_LIMITS, Limits
from sbom.lockfiles import Findings, SourceFile, formats
from sbom.lockfiles.folder import Tree
from sbom.lockfiles.javascript.npm_manifest import find_members
from sbom.lockfiles.javascript.npm_package import (
    alias_target,
    integrity_digests,
    names_folder,
    registry_name,
    requested_origin,
    split_reference,
)
from sbom.lockfiles.javascript.yarn_resolutions import Resolutions
from sbom.lockfiles.located import LocatedMap, load_located_json, load_located_yaml
from sbom.lockfiles.origins import origin_url, without_secrets
from sbom.model import UnknownKind
from sbom.scan import parse_file


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name@^1.0.0", ("name", "^1.0.0")),
        ("@scope/name@npm:x@1", ("@scope/name", "npm:x@1")),
        ("@scope/name", ("@scope/name", "")),
        ("", ("", "")),
    ],
)
def test_reference_when_split_then_the_scope_stays_with_the_name(text, expected):
    assert split_reference(text) == expected


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("npm:lodash@^4.0.0", ("lodash", "^4.0.0")),
        ("npm:@scope/name@1", ("@scope/name", "1")),
        ("npm:lodash", ("lodash", "")),
        ("npm:vue", ("vue", "")),
        ("npm:^1.0.0", None),
        ("npm:1.x", None),
        ("npm:v2", None),
        ("npm:latest", None),
        ("npm:", None),
        ("^1.0.0", None),
    ],
)
def test_alias_when_it_names_a_package_then_the_target_is_told(constraint, expected):
    assert alias_target(constraint) == expected


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("file:../folder", True),
        ("file:folder#./folder::hash=1&locator=a", True),
        ("file:a.tgz", False),
        ("file:./a.tar.gz#./a.tar.gz::hash=1", False),
        ("link:../folder", True),
        ("workspace:^", True),
        ("portal:../folder", True),
        ("../folder", True),
        ("./a.tgz", False),
        ("^1.0.0", False),
        ("https://host.example/a.tgz", False),
    ],
)
def test_folder_of_the_project_when_named_then_it_is_told_from_an_archive(constraint, expected):
    assert names_folder(constraint) is expected


@pytest.mark.parametrize(
    ("resolved", "expected"),
    [
        (None, None),
        ("", None),
        ("https://user:pass@host.example/a.tgz?token=1#abc", "https://host.example/a.tgz"),
        ("git+https://user:pass@host.example/a.git#c1", "git+https://host.example/a.git@c1"),
        ("https://host.example/a.git#c1", "git+https://host.example/a.git@c1"),
        ("https://host.example/a.git", "git+https://host.example/a.git"),
        ("git@host.example:team/a.git#c1", "git+ssh://git@host.example/team/a.git@c1"),
        ("github:a/b#c1", "git+https://github.com/a/b.git@c1"),
        ("file:a.tgz", "file:a.tgz"),
    ],
)
def test_origin_when_resolved_then_it_has_no_credentials(resolved, expected):
    assert origin_url(resolved) == expected


@pytest.mark.parametrize(
    "constraint", ["^1.0.0", ">=1 <2 || 3.x", "latest", "workspace:*", "catalog:", "", "npm:a@1"]
)
def test_constraint_when_it_is_a_range_then_it_has_no_origin(constraint):
    assert requested_origin(constraint) is None


def test_secrets_when_anywhere_in_a_text_then_they_are_removed():
    text = "patch:a@https://u:p@host.example/a.tgz?t=1#x and ssh://git@host.example/b"
    assert without_secrets(text) == "patch:a@https://host.example/a.tgz#x and ssh://git@host.example/b"


@pytest.mark.parametrize(
    ("resolved", "expected"),
    [
        ("https://registry.example/name/-/name-1.0.0.tgz#abc", "name"),
        ("https://host.example/npm/@scope/name/-/name-1.0.0.tgz", "@scope/name"),
        ("https://host.example/@scope%2fname/-/name-1.0.0.tgz", "@scope/name"),
        ("https://host.example/api/npm/@scope/name/-/@scope/name-1.0.0.tgz", "@scope/name"),
        ("https://host.example/group/project/-/archive/v1/project-v1.tgz", None),
        ("https://host.example/name-1.0.0.tgz", None),
    ],
)
def test_registry_archive_when_its_url_is_read_then_it_names_the_package(resolved, expected):
    assert registry_name(resolved) == expected


@pytest.mark.parametrize(
    ("integrity", "resolved", "expected"),
    [
        (None, None, ()),
        ("sha1-" + "A" * 27 + "=", None, ("SHA-1:" + "0" * 40,)),
        ("sha512-short sha256-" + "A" * 43 + "=?opt", None, ("SHA-256:" + "0" * 64,)),
        ("whatever", "https://host.example/a.tgz#" + "1" * 40, ("SHA-1:" + "1" * 40,)),
        (None, "https://host.example/a.git#" + "1" * 40, ()),
        ("sha1-" + "A" * 27 + "=", "https://host.example/a.tgz#" + "0" * 40, ("SHA-1:" + "0" * 40,)),
    ],
)
def test_digests_when_read_then_only_whole_ones_are_kept_and_each_once(integrity, resolved, expected):
    assert integrity_digests(integrity, resolved) == expected


@pytest.mark.parametrize(
    ("globs", "expected"),
    [
        (["packages/*"], ["packages/a"]),
        (["packages/**"], ["packages/a", "packages/a/deep"]),
        (["**"], ["packages/a", "packages/a/deep", "tools"]),
        (["**/deep"], ["packages/a/deep"]),
        (["./tools/"], ["tools"]),
        (["{tools,packages/{a,b}}"], ["packages/a", "tools"]),
        (["packages/**", "!**/deep"], ["packages/a"]),
        (["packages/?", "t[aeo]ols"], ["packages/a", "tools"]),
        ([], []),
        (["", "/", "nothing"], []),
    ],
)
def test_workspace_globs_when_matched_then_the_members_manifests_are_found(globs, expected):
    folders = ["packages/a", "packages/a/deep", "tools", "tools/node_modules/x"]
    paths = frozenset(f"root/{folder}/package.json" for folder in folders) | {
        "root/package.json",
        "other/package.json",
    }
    tree = Tree(lambda _: None, paths, DEFAULT_LIMITS)
    assert set(find_members(tree, "root", globs)) == {f"root/{folder}/package.json" for folder in expected}


@pytest.mark.parametrize("globs", [["{a,b}" * 12], ["*"] * 2000, ["{" * 50_000]])
def test_workspace_globs_when_they_would_take_for_ever_then_a_limit_ends_them(globs):
    tree = Tree(lambda _: None, frozenset(f"p{n}/package.json" for n in range(1000)), DEFAULT_LIMITS)
    try:
        assert find_members(tree, "", globs) == []
    except LimitReached:
        return
    assert globs[0].startswith("{{")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(JSON, st.sampled_from([None, 0, 2]), st.booleans())
def test_located_json_when_decoded_then_it_equals_the_standard_decoder(value, indent, ascii_only):
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    content = text.encode("utf-8", "surrogatepass")
    reading = load_located_json(content, DEFAULT_LIMITS, entry_depth=1)
    if reading.error is None:  # lone surrogates are no JSON text
        assert reading.documents == [json.loads(content.decode("utf-8", "replace"))]


@settings(deadline=None)
@given(st.lists(st.text('ab{}[]",:\\\n é', max_size=5), unique=True, max_size=6))
def test_located_json_when_keys_stand_on_lines_of_their_own_then_each_knows_its_line(keys):
    text = json.dumps({key: {"x": 1} for key in keys}, indent=1)
    document = load_located_json(text.encode(), DEFAULT_LIMITS, entry_depth=1).documents[0]
    lines = text.split("\n")
    for key in keys:
        assert lines[document.line(key) - 1].strip() == f"{json.dumps(key)}: {{"
        assert document[key].line("x") == document.line(key) + 1


@settings(deadline=None)
@given(JSON)
def test_located_yaml_when_decoded_then_it_equals_the_library_with_text_scalars(value):
    text = yaml.safe_dump(value, allow_unicode=True)
    # ends of lines for YAML alone are read as spaces, so that lines are those of everybody else
    for character in "\x85\u2028\u2029":
        text = text.replace(character, " ")
    try:
        expected = [yaml.load(text, Loader=yaml.CBaseLoader)]
    except yaml.YAMLError:
        expected = None
    if expected is not None and "&id" not in text:
        assert load_located_yaml(text.encode(), DEFAULT_LIMITS, entry_depth=1).documents == expected


@settings(deadline=None)
@given(JSON, st.integers(min_value=0, max_value=200))
def test_located_json_when_cut_off_then_every_finished_entry_is_kept_whole(value, cut):
    whole = {"packages": {"a": {"x": value}, "b": {"x": value}, "c": {"x": value}}}
    lines = json.dumps(whole, indent=1).split("\n")
    text = "\n".join(lines[: max(1, len(lines) - 1 - cut)])
    reading = load_located_json(text.encode(), DEFAULT_LIMITS, entry_depth=2)
    kept = reading.documents[0].get("packages", {}) if reading.documents else {}
    assert list(kept) == ["a", "b", "c"][: len(kept)]
    assert all(entry == {"x": value} for entry in kept.values())


def test_located_json_when_a_colon_is_missing_then_what_stands_before_it_is_kept():
    content = b'{"packages": {\n"a": {"x": 1},\n"b"\n{"x": 2}}}'
    reading = load_located_json(content, DEFAULT_LIMITS, entry_depth=2)
    assert reading.documents == [{"packages": {"a": {"x": 1}}}]
    assert reading.error is not None
    assert reading.error.line == 4


def test_located_yaml_when_broken_then_only_the_unfinished_entry_is_dropped():
    content = b"packages:\n  a:\n    x: 1\n  b:\n    x: 'open\n"
    reading = load_located_yaml(content, DEFAULT_LIMITS, entry_depth=2)
    assert reading.documents == [{"packages": {"a": {"x": "1"}}}]
    assert reading.error is not None
    assert reading.error.line is not None


@pytest.mark.parametrize(
    ("parent", "name", "wanted", "expected"),
    [
        ("any", "plain", "npm:^1.0.0", "2.0.0"),
        ("any", "@scope/ranged", "npm:^1.0.0", "patch:x"),
        ("any", "@scope/ranged", "^1.0.0", "patch:x"),
        ("any", "@scope/ranged", "npm:^2.0.0", "npm:^2.0.0"),
        ("owner", "child", "npm:^1.0.0", "3.0.0"),
        ("other", "child", "npm:^1.0.0", "npm:^1.0.0"),
        ("@scope/owner", "child", "npm:^1.0.0", "4.0.0"),
        ("anywhere", "deep", "npm:*", "5.0.0"),
        ("any", "absent", "npm:*", "npm:*"),
    ],
)
def test_resolution_when_it_names_parent_or_range_then_it_holds_only_there(parent, name, wanted, expected):
    rules = {
        "plain": "2.0.0",
        "@scope/ranged@npm:^1.0.0": "patch:x",
        "owner/child": "3.0.0",
        "@scope/owner@npm:1.0.0/child": "4.0.0",
        "**/deep": "5.0.0",
        "@": "nonsense",
        "plain@npm:^1.0.0": "comes too late",
    }
    field = load_located_json(json.dumps(rules).encode(), DEFAULT_LIMITS, 1).documents[0]
    assert Resolutions(field).replace(parent, "1.0.0", name, wanted) == expected


def test_packages_when_over_the_limit_then_as_many_as_allowed_are_written_and_the_rest_is_unknown():
    fmt = next(fmt for fmt in formats() if fmt.name == "package-lock")
    limits = Limits(packages=3)
    packages = {f"node_modules/p{number}": {"version": "1.0.0"} for number in range(9)}
    content = json.dumps({"packages": packages}).encode()
    findings = Findings("package-lock.json", fmt.name, fmt.version, limits)
    parse_file(
        fmt, SourceFile("package-lock.json", content, Tree(lambda _: None, frozenset(), limits)), findings
    )
    assert len(findings.components) == 3
    assert [row.kind for row in findings.unknowns] == [UnknownKind.LIMIT]


@pytest.mark.parametrize("load", [load_located_json, load_located_yaml])
def test_nesting_when_beyond_the_limit_then_it_is_refused(load):
    limits = Limits(nesting_depth=5)
    assert load(b"[[[[1]]]]", limits, 1).documents == [[[[[1 if load is load_located_json else "1"]]]]]
    with pytest.raises(LimitReached):
        load(b"[" * 6 + b"1" + b"]" * 6, limits, 1)


def test_located_map_when_a_key_stands_twice_then_the_last_value_and_its_line_hold():
    document = load_located_yaml(b"a: 1\nb: 2\na: 3\n", DEFAULT_LIMITS, 1).documents[0]
    assert isinstance(document, LocatedMap)
    assert (document["a"], document.line("a"), document.line("c")) == ("3", 3, None)
