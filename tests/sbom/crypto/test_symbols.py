"""The full name of what a site uses, where its rule's pattern names no library."""

import pytest

from sbom.crypto.detect import detect
from sbom.crypto.languages import languages
from sbom.crypto.prefilter import active_libraries
from sbom.crypto.rulebook import Rule, libraries
from sbom.crypto.source_file import SourceFile


def apis(language: str, code: str) -> list[str]:
    file = SourceFile("x", languages()[language], code)
    return [row.api for row in detect(file, active_libraries(language, code.encode()))]


@pytest.mark.parametrize(
    ("language", "code", "api"),
    [
        (
            "java",
            "import io.jsonwebtoken.*; class A { String f() {"
            " return Jwts.builder().signWith(SignatureAlgorithm.HS512, k).compact(); } }",
            "io.jsonwebtoken.JwtBuilder.signWith",
        ),
        (
            "go",
            'package m\nimport "crypto/tls"\nvar c = tls.Config{InsecureSkipVerify: true}\n',
            "crypto.tls.Config.InsecureSkipVerify",
        ),
        (
            "java",
            "import org.apache.hc.core5.ssl.SSLContextBuilder; class A { void f(SSLContextBuilder b) {"
            " b.loadTrustMaterial(null, (c, t) -> true); } }",
            "org.apache.hc.core5.ssl.SSLContextBuilder.loadTrustMaterial",
        ),
        (
            "java",
            "import javax.net.ssl.X509TrustManager; class A implements X509TrustManager {"
            " public void checkServerTrusted(X509Certificate[] c, String t) {} }",
            "javax.net.ssl.X509TrustManager.checkServerTrusted",
        ),
        ("python", "import httpx\nhttpx.get(u, verify=False)\n", "httpx.Client.verify"),
        (
            "python",
            "import aiohttp\naiohttp.TCPConnector(verify_ssl=False)\n",
            "aiohttp.TCPConnector.verify_ssl",
        ),
        (
            "csharp",
            "using System.Security.Cryptography; class A { void F(DSA k) {"
            " k.SignData(d, HashAlgorithmName.SHA256); } }",
            "System.Security.Cryptography.DSA.SignData",
        ),
        ("javascript", "const b = require('bcryptjs'); b.hash(p, 10)", "bcryptjs.hash"),
        ("javascript", "const b = require('@node-rs/bcrypt'); b.hash(p, 10)", "@node-rs.bcrypt.hash"),
    ],
)
def test_site_when_its_pattern_names_no_library_then_its_api_is_the_librarys_symbol(
    language: str, code: str, api: str
) -> None:
    assert apis(language, code) == [api]


def says_api(rule: Rule) -> bool:
    full_texts = all("." in pattern.text for pattern in rule.patterns if pattern.kind == "text")
    bare = [pattern for pattern in rule.patterns if pattern.is_bare and pattern.kind != "text"]
    return bool(rule.api) or (full_texts and not bare)


def test_rules_when_a_pattern_names_no_library_then_they_say_whose_api_it_is() -> None:
    """Constants of PHP have their full name where they are written."""
    rules = [rule for library in libraries() for rule in library.rules if not rule.silent]
    silent_about_it = {
        rule.id
        for rule in rules
        if not says_api(rule) and not all(p.text.startswith("CURLOPT_") for p in rule.patterns if p.is_bare)
    }
    assert silent_about_it == set()
