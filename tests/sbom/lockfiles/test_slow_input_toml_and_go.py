"""Small files made to cost minutes or gigabytes; each must end within seconds."""

import time

import pytest

from sbom.limits import DEFAULT_LIMITS
from sbom.lockfiles import formats
from sbom.lockfiles.findings import Findings
from sbom.lockfiles.folder import SourceFile, Tree
from sbom.scan import parse_file

SECONDS = 5


def packages(count, body, name="a"):
    return "".join(f'[[package]]\nname = "{name}"\nversion = "{i}"\n{body(i)}\n' for i in range(count))


def edges_to_all(i):
    return (
        'dependencies = [{ name = "a" }]'
        if i
        else 'source = { editable = "." }\ndependencies = [{ name = "a" }]'
    )


QUOTES = '\\"' * 200_000
CASES = {
    "uv: every version of a name depends on all": ("uv-lock", packages(3000, edges_to_all)),
    "poetry: every version of a name depends on all": (
        "poetry-lock",
        packages(3000, lambda i: '[package.dependencies]\na = "*"'),
    ),
    "poetry: a long constraint for many versions": (
        "poetry-lock",
        packages(16, lambda i: f'[package.dependencies]\na = "{"," * 50_000}"'),
    ),
    "poetry: extras that ask for one another": (
        "poetry-lock",
        '[[package]]\nname = "a"\nversion = "1"\n[package.dependencies]\na = [\n'
        + '  { version = "*", extras = ["x0"] },\n'
        + "".join(
            f'  {{ version = "*", optional = true, extras = ["x{j + 1}"], markers = "extra == \'x{j}\'" }},\n'
            for j in reversed(range(4000))
        )
        + "]\n",
    ),
    "poetry: optional edges that only extras list": (
        "poetry-lock",
        '[[package]]\nname = "a"\nversion = "1"\n[package.dependencies]\n'
        + "".join(f'n{j} = {{ version = "*", optional = true }}\n' for j in range(4000))
        + "[package.extras]\n"
        + "".join(f'e{j} = ["n{j} (>=1)"]\n' for j in range(4000)),
    ),
    "poetry: a marker of brackets": (
        "poetry-lock",
        f'[[package]]\nname = "a"\nversion = "1"\ngroups = ["main"]\nmarkers = "{"(" * 20_000}"',
    ),
    "cargo: members by slow globs": (
        "cargo-lock",
        '[[package]]\nname = "a"\nversion = "1"\n',
    ),
    "toml: an open string of escapes": ("uv-lock", f'a = 1\n[b]\nc = "{QUOTES}\n'),
    "toml: an open multi-line string of escapes": ("uv-lock", f'a = 1\n[b]\nc = """{QUOTES}\n'),
    "toml: quotes in an open array": ("pyproject", f"[a]\nb = 1\n[c]\nd = [\n{QUOTES}\n{QUOTES}\n"),
    "toml: blanks before an equals sign": ("pyproject", f"[a]\nb{' ' * 200_000}x\n"),
    "toml: brackets that open": ("cargo-toml", "[" * 200_000 + "\n[a]\nb = 1\n"),
    "go: an open string of escapes": ("go-mod", f"module a\nrequire {QUOTES}\n"),
    "requirements: a comment of brackets": ("requirements", f"a==1 # via {'(pyproject.toml' * 20_000}\n"),
    "requirements: options in quotes": ("requirements", f'a==1 --hash="{QUOTES}\n'),
    "go: lines of no module": ("go-vendor", "x\n" * 200_000),
    "git: lines of no configuration": ("gitmodules", "x\n" * 200_000),
    "meson: lines of no wrap": ("meson-wrap", "[wrap-git]\n" + "x\n" * 200_000),
    "setup.cfg: a requirement a line, and none": (
        "setup-cfg",
        "[options]\ninstall_requires =\n" + " ?\n" * 20_000,
    ),
    "requirements: many continuations": ("requirements", "a==1 \\\n" + "--hash=sha256:00 \\\n" * 100_000),
}
NEIGHBOUR = {
    "cargo: members by slow globs": (
        '[workspace]\nmembers = ["' + "*a" * 40 + '", "' + "**/" * 40 + '"]\n[package]\nname = "a"\n',
        ["a" * 3000 + "/Cargo.toml"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_file_when_made_to_be_slow_then_it_ends_within_seconds_and_few_rows(case):
    name, text = CASES[case]
    neighbour, more_paths = NEIGHBOUR.get(case, ("", []))
    fmt = next(fmt for fmt in formats() if fmt.name == name)
    tree = Tree(lambda _: neighbour.encode(), frozenset({"Cargo.toml", *more_paths}), DEFAULT_LIMITS)
    findings = Findings(fmt.globs[0], fmt.name, fmt.version, DEFAULT_LIMITS)
    started = time.process_time()
    parse_file(fmt, SourceFile(fmt.globs[0], text.encode(), tree), findings)
    assert time.process_time() - started < SECONDS
    assert len(findings.dependencies) + len(findings.unknowns) < 10_000
