"""A file is parsed only if everything that a site of a rule is named by stands in it."""

import pytest

from sbom.crypto.detect import detect
from sbom.crypto.languages import languages
from sbom.crypto.source_file import SourceFile

NETTY = 'class A {{ void f({} builder) {{ builder.protocols("TLSv1"); }} }}'


def parsed(language: str, code: str, library: str) -> tuple[bool, int]:
    """Whether a file is parsed, and how many occurrences it has."""
    file = SourceFile("x", languages()[language], code)
    rows = detect(file, [library])
    return file.is_parsed, len(rows)


def test_file_when_the_type_that_a_method_is_called_on_is_not_named_then_is_not_parsed() -> None:
    assert parsed("java", NETTY.format("Server"), "java-tls-contexts") == (False, 0)


def test_file_when_the_type_is_named_then_is_parsed_and_found() -> None:
    imported = "import io.netty.handler.ssl.SslContextBuilder;"
    assert parsed("java", imported + NETTY.format("SslContextBuilder"), "java-tls-contexts") == (True, 1)


@pytest.mark.parametrize("module", ["github.com/golang-jwt/jwt/v5", "github.com/dgrijalva/jwt-go"])
def test_file_when_it_names_a_module_otherwise_then_is_found(module: str) -> None:
    code = f'package a\nimport jot "{module}"\nfunc f() {{ jot.New(jot.SigningMethodHS256) }}'
    assert parsed("go", code, "go-jwt")[1] > 0


def test_file_when_the_module_of_a_name_is_not_imported_then_is_not_parsed() -> None:
    assert parsed("go", 'package a\nfunc f() { other.New("jwt") }', "go-jwt") == (False, 0)


def test_file_when_another_file_may_put_the_module_at_hand_then_is_found() -> None:
    assert parsed("csharp", "class A { void F() { SHA1.Create(); } }", "dotnet-cryptography")[1] > 0
