"""Poms of any content, in any place: the parser itself copes."""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from sbom.errors import LimitReached
from sbom.limits import DEFAULT_LIMITS
from sbom.lockfiles import Findings, SourceFile
from sbom.lockfiles.folder import Tree
from sbom.lockfiles.jvm import pom_xml
from sbom.lockfiles.reading import Malformed

TEXTS = st.sampled_from(
    ["", "g", "a", "b", "1", "2", "${p}", "${q}-${p}", "${project.version}", "[1,2)", "${"]
)


def element(name, content):
    return content.map(lambda text: f"<{name}>{text}</{name}>")


def all_of(*parts):
    return st.tuples(*(st.just("") | part for part in parts)).map("".join)


COORDINATES = all_of(*(element(name, TEXTS) for name in ("groupId", "artifactId", "version")))
DEPENDENCY = all_of(
    COORDINATES,
    st.just("<type>pom</type><scope>import</scope>") | element("scope", TEXTS | st.just("test")),
    st.just("<optional>true</optional>"),
)
DEPENDENCIES = element("dependencies", st.lists(element("dependency", DEPENDENCY), max_size=4).map("".join))
PLUGINS = element("plugins", element("plugin", all_of(COORDINATES, DEPENDENCIES)))
SECTION = all_of(
    element("properties", all_of(element("p", TEXTS), element("q", TEXTS))),
    DEPENDENCIES,
    element("dependencyManagement", DEPENDENCIES),
    element("build", all_of(PLUGINS, element("pluginManagement", PLUGINS))),
)
ACTIVATION = st.just("<activation><activeByDefault>true</activeByDefault></activation>")
PATH = element("relativePath", st.sampled_from(["", "..", "../pom.xml", "x", "y", "../../.."]))
POMS = all_of(
    element("parent", all_of(COORDINATES, PATH)),
    COORDINATES,
    SECTION,
    element("profiles", element("profile", all_of(ACTIVATION, SECTION))),
)
PATHS = ("pom.xml", "x/pom.xml", "x/y/pom.xml", "lib/a-1.pom")


@settings(deadline=None, max_examples=100)
@given(st.tuples(*[POMS] * len(PATHS)))
def test_poms_when_they_hold_anything_then_the_parser_itself_copes(bodies):
    files = {path: f"<project>{body}</project>".encode() for path, body in zip(PATHS, bodies, strict=True)}
    tree = Tree(files.get, frozenset(files), DEFAULT_LIMITS)
    for path, content in files.items():
        findings = Findings(path, "pom.xml", "1", DEFAULT_LIMITS)
        with contextlib.suppress(Malformed, LimitReached):
            pom_xml.parse(SourceFile(path, content, tree), findings)
        purls = {row.purl for row in findings.components}
        assert len(purls) == len(findings.components)
        assert all("${" not in row.purl and "%24" not in row.purl for row in findings.components)
