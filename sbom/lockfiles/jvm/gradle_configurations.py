"""What the names of Gradle's configurations say about the scope of what they hold."""

import re

from sbom.model import Scope

_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_NOT_SHIPPED = frozenset(
    {
        *("benchmark", "checker", "checkstyle", "classpath", "codegen", "codenarc", "compiler", "coverage"),
        *("debug", "detekt", "development", "errorprone", "jacoco", "jmh", "kapt", "ksp", "ktlint", "lint"),
        *("pmd", "processor", "provided", "spotbugs", "spotless", "test", "tests", "testing", "tools"),
    }
)
"""A configuration with one of these words in its name serves tests or the build, or its container does."""
_REQUIRED = ("implementation", "api", "compile", "runtime", "runtimeonly", "corelibrarydesugaring")
_EXCLUDED = ("compileonly", "compileonlyapi")
_NOT_WORDS = frozenset({"classpath", "debug", "provided", "tests", "testing"})
"""Words that only declarations use: `runtimeClasspath` is what is shipped."""


def _words(name: str) -> set[str]:
    """`androidTestImplementation` → android, test, implementation."""
    return {word.lower() for word in _WORD.findall(name)}


def serves_the_build(configuration: str) -> bool:
    """Whether a resolved configuration is one of tests or build tools."""
    return bool((_NOT_SHIPPED - _NOT_WORDS) & _words(configuration))


def declared_scope(configuration: str, around: tuple[str, ...]) -> Scope | None:
    """Scope of what a script declares in a configuration; null where its name is the project's own.

    `around` are the names of the blocks that hold the declaration: source sets, test suites.
    """
    name = configuration.lower()
    if _NOT_SHIPPED & _words(configuration) or any(_NOT_SHIPPED & _words(block) for block in around):
        return Scope.EXCLUDED
    if name.endswith(_EXCLUDED):
        return Scope.EXCLUDED
    if name.endswith(_REQUIRED):
        return Scope.REQUIRED
    return Scope.OPTIONAL if name == "optional" else None
