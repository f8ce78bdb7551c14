"""Who provides the APIs that the rules know."""

import re
from collections.abc import Iterator
from itertools import product

import pytest

from sbom.crypto.algorithms import catalogue
from sbom.crypto.cbom_facts import registered_family
from sbom.crypto.pattern import Pattern
from sbom.crypto.providers import apis_of, is_implemented_by, load_apis, load_providers
from sbom.crypto.rulebook import Library, Rule, libraries

ROLE = re.compile(r"\$[A-Z_]+\{([^{}]*)\}|\$[A-Z_]+|\*")


def symbols_of(rule: Rule, pattern: Pattern) -> list[str]:
    """Symbols that the sites of a pattern may have; what may be any name is one that nothing has."""
    if rule.api and (pattern.is_bare or not any(other.is_bare for other in rule.patterns)):
        return [symbol.replace("*", "anything") for symbol in rule.api]
    text = pattern.text.removeprefix("$_.").removeprefix("def ")
    choices = [match[1].split(",") if match[1] else ["anything"] for match in ROLE.finditer(text)]
    between = ROLE.split(text)[::2]
    return ["".join(map("".join, zip(between, (*chosen, ""), strict=True))) for chosen in product(*choices)]


def known_symbols(library: Library, rule: Rule, pattern: Pattern) -> dict[str, bool]:
    symbols = symbols_of(rule, pattern)
    return {
        item: any(apis_of(name, library.name, item) for name in rule.languages) for item in sorted(symbols)
    }


def unknown_symbols(library: Library, rule: Rule) -> Iterator[str]:
    """Symbols that nobody provides; of a name that is one of several in an API one known name will do.

    Where `*` stands for whatever path, as copies of a library have, another pattern has the library's own.
    """
    known = {pattern: known_symbols(library, rule, pattern) for pattern in rule.patterns}
    told = any(all(found.values()) for found in known.values())
    for pattern, found in known.items():
        first, dot, _ = pattern.text.partition(".")
        in_one_api = bool(dot) and "$" not in first and not rule.api
        if "*." in pattern.text and told:
            continue
        if not (any(found.values()) if in_one_api else all(found.values())):
            yield next(symbol for symbol, is_known in found.items() if not is_known)


@pytest.mark.parametrize("library", libraries(), ids=lambda library: library.name)
def test_rules_when_read_then_somebody_provides_every_api_that_they_know(library: Library) -> None:
    rules = [rule for rule in library.rules if not rule.silent]
    assert [(rule.id, symbol) for rule in rules for symbol in unknown_symbols(library, rule)] == []


@pytest.mark.parametrize(
    ("language", "api", "names"),
    [
        (
            "java",
            "io.jsonwebtoken.JwtBuilder.signWith",
            {"pkg:maven/io.jsonwebtoken/jjwt", "pkg:maven/io.jsonwebtoken/jjwt-api"},
        ),
        ("java", "javax.crypto.Cipher.getInstance", {"Java SE"}),
        ("go", "crypto.tls.Config.InsecureSkipVerify", {"Go standard library"}),
        ("python", "jwt.encode", {"pkg:pypi/pyjwt"}),
        ("javascript", "bcryptjs.hash", {"pkg:npm/bcryptjs"}),
        ("javascript", "crypto-js.AES.encrypt", {"pkg:npm/crypto-js", "pkg:ohpm/%40ohos/crypto-js"}),
        ("javascript", "crypto.createHash", {"Node.js and the Web Cryptography API"}),
        ("rust", "md5.compute", {"pkg:cargo/md5"}),
        ("rust", "md5.Md5.new", {"pkg:cargo/md-5"}),
        ("php", "openssl_encrypt", {"PHP"}),
    ],
)
def test_symbol_when_looked_up_then_its_own_providers_have_it_and_no_other(
    language: str, api: str, names: set[str]
) -> None:
    assert {item.provider for item in apis_of(language, "any", api)} == names


def test_rules_when_modules_have_other_names_then_somebody_provides_these_too() -> None:
    unknown = [
        other
        for library in libraries()
        for other in library.modules
        if not any(apis_of(language, library.name, other) for language in library.languages)
    ]
    assert unknown == []


def test_symbol_when_it_only_begins_like_an_api_then_nobody_has_it() -> None:
    assert apis_of("javascript", "js-libraries", "cryptography.seal") == ()
    assert apis_of("ruby", "any", "io.jsonwebtoken.JwtBuilder.signWith") == ()


def test_providers_when_read_then_families_are_registered_and_platforms_are_there() -> None:
    providers = load_providers()
    known = {algorithm.family for algorithm in catalogue()}
    families = {family for item in providers.values() for family in item.provides}
    assert {family for family in families - known if registered_family(family) is None} == set()
    assert {item.implements for item in providers.values() if item.implements} <= providers.keys()
    assert all(item.source for item in providers.values())
    assert {name.startswith("pkg:") for name, item in providers.items() if item.kind == "package"} == {True}
    libraries_told = {name for item in load_apis() for name in item.libraries}
    assert libraries_told <= {library.name for library in libraries()}


def test_package_when_it_only_brings_another_then_it_says_so_and_what_it_provides_itself_counts() -> None:
    providers = load_providers()
    starter = providers["pkg:maven/org.springframework.boot/spring-boot-starter-security"]
    assert starter.brings
    assert "bcrypt" in starter.provides
    client = providers["pkg:maven/com.squareup.okhttp3/okhttp"]
    assert (client.brings, client.provides, client.protocols) == (False, (), ("TLS",))


def test_algorithm_when_the_platform_lacks_it_then_a_package_that_implements_its_api_provides_it() -> None:
    providers = load_providers()
    bouncy, java = providers["pkg:maven/org.bouncycastle/bcprov-jdk18on"], providers["Java SE"]
    assert is_implemented_by(bouncy, java, "SM4")
    assert not is_implemented_by(bouncy, java, "AES")
    assert not is_implemented_by(bouncy, java, None)
    assert not is_implemented_by(java, java, "SM4")
