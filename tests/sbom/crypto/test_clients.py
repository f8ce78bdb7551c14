"""Options handed to own calls, functions that are handed on, modules that are loaded late."""

from pathlib import Path

import pytest

from sbom.crypto.scan import scan_crypto


def told(folder: Path, files: dict[str, str]) -> list[tuple[str, int, str | None]]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return [(row.path, row.line, row.family or row.protocol) for row in scan_crypto(folder).occurrences]


def test_check_when_handed_to_the_repositorys_own_call_then_counts_at_the_librarys_only(
    tmp_path: Path,
) -> None:
    stream = "import ssl\n\ndef wrap(s, **options):\n    return ssl.wrap_socket(s, cert_reqs=ssl.CERT_NONE)\n"
    use = "import ssl\nfrom web.stream import wrap\nwrap(s, options={'cert_reqs': ssl.CERT_NONE})\n"
    files = {"web/__init__.py": "", "web/stream.py": stream, "web/use.py": use}
    assert [line for path, line, _ in told(tmp_path, files) if path == "web/use.py"] == []
    assert {line for path, line, _ in told(tmp_path, files) if path == "web/stream.py"} == {4}


@pytest.mark.parametrize(
    ("name", "text", "families"),
    [
        (
            "a.py",
            "import bcrypt\nasync def f():\n    await run_in_executor(None, bcrypt.hashpw, p, s)\n",
            ["bcrypt"],
        ),
        ("b.py", "import bcrypt\nasync def f():\n    await show(None, bcrypt.hashpw, p, s)\n", []),
        ("c.js", "const https = require('https')\nhttps.request({ host, rejectUnauthorized })\n", ["TLS"]),
        ("d.js", "const https = require('https')\nfunction f({ host, rejectUnauthorized }) {}\n", []),
        (
            "e.ts",
            "function getJose() {\n  return import('jose');\n}\nasync function f() {\n"
            "  const { generateKeyPair } = await getJose();\n  await generateKeyPair('RS256');\n}\n",
            ["RSA"],
        ),
        (
            "f.ts",
            "function getJose() {\n  return import('./keys');\n}\nasync function f() {\n"
            "  const { generateKeyPair } = await getJose();\n  generateKeyPair('RS256'); // 'jose'\n}\n",
            [],
        ),
        (
            "l.py",
            "import requests\ndef f(u):\n    verify = False\n    requests.get(u, verify=verify)\n",
            ["TLS"],
        ),
        (
            "m.js",
            "function f() {\n  const rejectUnauthorized = false;\n  go({ rejectUnauthorized });\n}\n",
            ["TLS"],
        ),
        ("i.rb", "Excon.defaults[:ssl_verify_peer] = false\n", ["TLS"]),
        ("j.rb", "HTTParty.get(u, :verify => false)\n", ["TLS"]),
        ("k.rb", "HTTParty.get(u, :verify)\n", []),
        ("g.py", "import requests\ndef post(u, verify=True):\n    requests.post(u, verify=verify)\n", []),
        (
            "h.py",
            "import requests\ndef post(u, verify=True):\n    requests.post(u, verify=verify)\n\n"
            "def f(v):\n    post(u, verify=v)\n",
            ["TLS"],
        ),
    ],
)
def test_option_or_function_when_handed_on_then_counts_where_a_library_gets_it(
    tmp_path: Path, name: str, text: str, families: list[str]
) -> None:
    assert [family for _, _, family in told(tmp_path, {name: text})] == families


def test_settings_when_one_builder_takes_two_then_each_counts_on_its_line(tmp_path: Path) -> None:
    chain = (
        "using MQTTnet.Client;\nclass A { object F(B b) => b\n  .WithAllowUntrustedCertificates(true)\n"
        "  .WithIgnoreCertificateChainErrors();\n}\n"
    )
    assert [line for _, line, _ in told(tmp_path, {"A.cs": chain})] == [3, 4]


def test_callback_when_a_delegate_wraps_the_lambda_then_its_answer_counts(tmp_path: Path) -> None:
    made = "using System.Net.Security;\nclass A {{ object F(S s) => new SslStream(s, false, new {0}); }}\n"
    files = {
        "A.cs": made.format("RemoteCertificateValidationCallback((a, b, c, d) => true)"),
        "B.cs": made.format("RemoteCertificateValidationCallback((a, b, c, d) => d == None)"),
    }
    assert told(tmp_path, files) == [("A.cs", 2, "TLS")]


def test_verifier_when_an_anonymous_class_agrees_to_all_then_is_told_once_at_its_method(
    tmp_path: Path,
) -> None:
    text = (
        "import javax.net.ssl.*;\nclass A { void f(HttpsURLConnection c) {\n"
        "  HostnameVerifier any = new HostnameVerifier() {\n    @Override\n"
        "    public boolean verify(String h, SSLSession s) {\n      return true;\n    }\n  };\n"
        "  c.setHostnameVerifier(any);\n} }\n"
    )
    assert told(tmp_path, {"A.java": text}) == [("A.java", 5, "TLS")]


def test_property_when_the_repository_declares_the_type_of_its_object_then_is_no_setting_of_a_library(
    tmp_path: Path,
) -> None:
    use = (
        "class A {{ void F(bool v, {0} k) {{\n  var a = new {0} {{ SkipTlsVerify = v }};\n"
        "  k.SkipTlsVerify = v;\n}} }}\n"
    )
    files = {
        "KubeSettings.cs": "class KubeSettings { public bool SkipTlsVerify { get; set; } }\n",
        "Own.cs": use.format("KubeSettings"),
        "Library.cs": use.format("KubernetesClientConfiguration"),
    }
    rows = told(tmp_path, files)
    assert sorted((path, line) for path, line, _ in rows) == [("Library.cs", 2), ("Library.cs", 3)]
