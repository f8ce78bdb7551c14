"""Who made or supplies a package, as each format that knows it writes it."""

import pytest
from ecosystem_fixtures import Scan
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives, parse_content

from sbom.lockfiles.rlang.r_packages import makers
from sbom.makers import authors, organisation, paired, split_author

LI, WANG = "Li Si <li@city.example>", "王五 <wang@city.example>"
DECLARED = {
    "package.json": (
        '{"name": "a", "author": "Li Si <li@city.example> (https://li.example)",'
        ' "contributors": [{"name": "王五", "email": "wang@city.example"}, {"url": "x"}, 3]}',
        None,
        (LI, WANG),
    ),
    "composer.json": (
        '{"name": "a/b", "authors": [{"name": "Li Si", "email": "li@city.example"}]}',
        None,
        (LI,),
    ),
    "oh-package.json5": ("{name: 'a', author: {name: 'Li Si', email: 'li@city.example'}}", None, (LI,)),
    "bundle.json": (
        '{"name": "@ohos/a", "author": {"name": "王五", "email": ""}, "component": {"name": "a"}}',
        None,
        ("王五",),
    ),
    "pyproject.toml": (
        '[project]\nname = "a"\nauthors = [{name = "Li Si", email = "li@city.example"}]\n'
        'maintainers = [{email = "wang@city.example"}]\n',
        None,
        (LI, "wang@city.example"),
    ),
    "setup.cfg": (
        "[metadata]\nname = a\nauthor = Li Si, 王五\nauthor_email = li@city.example, wang@city.example\n",
        None,
        (LI, WANG),
    ),
    "setup.py": (
        "from setuptools import setup\nsetup(name='a', author='Li Si', author_email='li@city.example',"
        " maintainer=who())\n",
        None,
        (LI,),
    ),
    "Cargo.toml": (
        '[package]\nname = "a"\nauthors = ["Li Si <li@city.example>", "王五"]\n',
        None,
        (LI, "王五"),
    ),
    "a.gemspec": (
        'Gem::Specification.new do |s|\n  s.name = "a"\n  s.authors = ["Li Si", "王五"]\n'
        "  s.email = %w[li@city.example wang@city.example]\nend\n",
        None,
        (LI, WANG),
    ),
    "a.csproj": (
        "<Project><PropertyGroup><PackageId>a</PackageId><Authors>Li Si;王五</Authors>"
        "<Company>City Soft</Company></PropertyGroup></Project>",
        "City Soft",
        ("Li Si", "王五"),
    ),
    "pom.xml": (
        "<project><groupId>g</groupId><artifactId>a</artifactId><version>1</version>"
        "<properties><who>City</who></properties><organization><name>${who} Soft</name></organization>"
        "<developers><developer><id>li</id><name>Li Si</name><email>li@city.example</email></developer>"
        "<developer><name>${env.NAME}</name></developer></developers></project>",
        "City Soft",
        (LI,),
    ),
    "pubspec.yaml": ("name: a\nauthor: Li Si <li@city.example>\n", None, (LI,)),
    "Chart.yaml": (
        "name: a\nversion: 1.0.0\nmaintainers:\n  - name: Li Si\n    email: li@city.example\n    url: x\n",
        None,
        (LI,),
    ),
    "galaxy.yml": ("namespace: a\nname: b\nauthors:\n  - Li Si <li@city.example>\n", None, (LI,)),
    "a-1.rockspec": (
        'package = "a"\nversion = "1-1"\ndescription = { maintainer = "Li Si <li@city.example>" }\n',
        None,
        (LI,),
    ),
    "a.cabal": (
        "name: a\nversion: 1\nauthor: Li Si, 王五\nmaintainer: li@city.example\n",
        None,
        ("Li Si", "王五", "li@city.example"),
    ),
    "a.nimble": ('version = "1.0"\nauthor = "Li Si, 王五"\n', None, ("Li Si", "王五")),
    "conanfile.py": ('class A:\n    name = "a"\n    author = "Li Si (li@city.example)"\n', None, (LI,)),
    "vcpkg.json": ('{"name": "a", "maintainers": ["Li Si <li@city.example>"]}', None, (LI,)),
    "DESCRIPTION": (
        'Package: a\nVersion: 1\nAuthors@R: c(\n    person("Li", "Si", , "li@city.example",'
        ' role = c("aut", "cre"),\n      comment = c(ORCID = "0000")),\n'
        '    person("City Soft, Ltd", role = c("cph", "fnd")))\n',
        None,
        (LI,),
    ),
}
COMPONENTS = {
    "composer.lock": (
        '{"packages": [{"name": "a/b", "version": "1", "authors": [{"name": "Li Si", "role": "x"}]}]}',
        None,
        ("Li Si",),
    ),
    "renv.lock": (
        '{"Packages": {"a": {"Package": "a", "Version": "1",'
        ' "Author": "Li Si [aut, cre] (<https://orcid.org/0>), 王五 [ctb], City Soft [cph, fnd]",'
        ' "Maintainer": "Li Si <li@city.example>"}}}',
        None,
        ("王五", LI),
    ),
    "var/lib/dpkg/status": (
        "Package: a\nStatus: install ok installed\nMaintainer: Li Si <li@city.example>\nVersion: 1\n",
        None,
        (LI,),
    ),
    "lib/apk/db/installed": ("P:a\nV:1\nm:Li Si <li@city.example>\n", None, (LI,)),
    "var/lib/rpmmanifest/container-manifest-2": (
        "a\t1-1\t1\t1\tCity Soft\t(none)\t1\tx86_64\t0\ta-1.src.rpm\n",
        "City Soft",
        (),
    ),
    "META-INF/maven/g/a/pom.xml": DECLARED["pom.xml"],
}
ANYTHING = st.recursive(
    st.none() | st.integers() | st.text(max_size=60),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["name", "email", "x"]), inner, max_size=3)
    ),
    max_leaves=12,
)


def told(rows):
    return {(row.supplier, row.authors) for row in rows}


@pytest.mark.parametrize("path", sorted(DECLARED))
def test_declared_package_when_the_manifest_names_its_makers_then_they_are_kept(path):
    content, supplier, makers_ = DECLARED[path]
    (sheet,) = parse_content(path, content.encode())
    assert told(sheet.declared) == {(supplier, makers_)}
    assert not [row for row in sheet.unknowns if "author" in row.reason]


@pytest.mark.parametrize("path", sorted(COMPONENTS))
def test_component_when_the_file_names_its_makers_then_they_are_kept(path):
    content, supplier, makers_ = COMPONENTS[path]
    (sheet,) = parse_content(path, content.encode())
    assert told(sheet.components) == {(supplier, makers_)}


def test_packages_of_debian_when_installed_then_each_has_the_maintainer_that_dpkg_names():
    found = Scan("dpkg", "dpkg", "debian")
    status = (found.folder / "var/lib/dpkg/status").read_text()
    written = {line.partition(": ")[2] for line in status.split("\n") if line.startswith("Maintainer: ")}
    assert {author for row in found.rows for author in row.authors} <= written
    assert {len(row.authors) for row in found.rows} == {1}


def test_crate_when_it_inherits_its_authors_then_those_of_the_workspace_are_taken():
    workspace = b'[workspace]\nmembers = ["a"]\n[workspace.package]\nauthors = ["Li Si <li@city.example>"]\n'
    crate = b'[package]\nname = "a"\nauthors.workspace = true\n'
    (sheet,) = parse_content("a/Cargo.toml", crate, {"Cargo.toml": workspace})
    assert told(sheet.declared) == {(None, (LI,))}


def test_module_when_its_parent_names_the_makers_then_they_are_inherited_whole():
    head = "<modelVersion>4.0.0</modelVersion>"
    parent = (
        f"<project>{head}<groupId>g</groupId><artifactId>p</artifactId><version>1</version>"
        "<organization><name>City Soft</name></organization>"
        "<developers><developer><name>王五</name></developer></developers></project>"
    )
    child = (
        f"<project>{head}<parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version></parent>"
        "<artifactId>a</artifactId>"
        "<developers><developer><name>Li Si</name></developer></developers></project>"
    )
    (sheet,) = parse_content("a/pom.xml", child.encode(), {"pom.xml": parent.encode()})
    assert told(sheet.declared) == {("City Soft", ("Li Si",))}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["Li Si", LI], (LI,)),
        ([{"name": "Li Si", "email": "no address"}], ("Li Si",)),
        (['"Li Si" <li@city.example>'], (LI,)),
        (["a\n\x00b\u2028c <x@@y>"], ("a b c",)),
        (["<>", "", " ", None, 1, [["x"]], "x" * 301], ()),
        ([f"n{number}" for number in range(99)], tuple(f"n{number}" for number in range(50))),
    ],
)
def test_authors_when_written_in_any_way_then_one_spelling_and_no_more_than_a_row_should_hold(
    written, expected
):
    assert authors(written) == expected


def test_supplier_when_it_holds_an_address_then_it_is_none():
    assert organisation(" City\nSoft ") == "City Soft"
    assert {organisation(text) for text in ("Li <li@city.example>", "li@city.example", "", None, 3)} == {None}


@given(ANYTHING)
@settings(deadline=None, max_examples=100)
def test_authors_when_anything_stands_there_then_each_has_a_name_or_an_address(value):
    for mailbox in authors(value):
        name, address = split_author(mailbox)
        assert name or address
        assert authors(mailbox) == (mailbox,)
        assert mailbox.isprintable() or not mailbox.isascii()


@given(st.text("person(){}\"', =c[]<>@.aut\n", max_size=200))
@settings(deadline=None, max_examples=100)
def test_makers_of_r_when_anything_stands_there_then_only_texts_come_out(text):
    assert all(isinstance(maker, str) for maker in makers(text, text, text))
    assert all(isinstance(maker, str) for maker in paired(text.split(","), [text]))


@pytest.mark.parametrize("path", sorted(DECLARED | COMPONENTS))
@pytest.mark.parametrize("hostile", ["[2J", "((((", "@" * 500, "://("])
def test_file_when_its_makers_are_called_anything_then_the_rest_is_read(path, hostile):
    content = (DECLARED | COMPONENTS)[path][0]
    assert_survives(path, content.replace("Li Si", hostile).replace("city.example", "").encode())
