"""A switch of checks is told by what reaches it: a constant that switches off, or a choice."""

from pathlib import Path

import pytest

from sbom.crypto.scan import scan_crypto

_OFF = "certificate-checks-disabled"
_OPEN = "certificate-checks-switchable"
_GO = """package a
import "github.com/stmcginnis/gofish"
{0}
func f(v bool) {{
	{1}
	_ = gofish.ClientConfig{{Insecure: {2}}}
}}
"""
_JAVA = """import kong.unirest.Unirest;
class A {{ {0}
  void f(boolean v) {{ {1}
    Unirest.config().verifySsl({2}); }} }}
"""
_PYTHON = (
    "import os, requests, pulsar\n{0}\ndef f(v, usual=False):\n    {1}\n    requests.get(u, verify={2})\n"
)
_PULSAR = "import pulsar\ndef f(v):\n    pulsar.Client(u, tls_allow_insecure_connection={0})\n"


def codes(folder: Path, name: str, text: str) -> list[str]:
    (folder / name).write_text(text)
    return [code for row in scan_crypto(folder).occurrences for code in row.findings]


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("a.py", _PYTHON.format("", "pass", "False"), [_OFF]),
        ("a.py", _PYTHON.format("", "off = False", "off"), [_OFF]),
        ("a.py", _PYTHON.format("OFF = False", "pass", "OFF"), [_OFF]),
        ("a.py", _PYTHON.format("", "on = True", "on"), []),
        ("a.py", _PYTHON.format("", "pass", "v"), [_OPEN]),
        ("a.py", _PYTHON.format("", "pass", "usual"), [_OPEN]),
        ("a.py", _PYTHON.format("", "pass", "False if v else True"), [_OPEN]),
        ("a.py", _PYTHON.format("", "pass", 'os.getenv("X", False)'), [_OPEN]),
        ("a.py", _PYTHON.format("", "pass", "settings.VERIFY"), [_OPEN]),
        ("a.py", _PULSAR.format("v"), [_OPEN]),
        ("a.py", _PULSAR.format("True"), [_OFF]),
        ("A.java", _JAVA.format("", "", "v"), [_OPEN]),
        ("A.java", _JAVA.format("", "", "false"), [_OFF]),
        ("A.java", _JAVA.format("", "boolean w = false;", "w"), [_OFF]),
        ("A.java", _JAVA.format("static final boolean W = false;", "", "W"), [_OFF]),
        ("A.java", _JAVA.format("private boolean w = false;", "", "w"), [_OPEN]),
        ("a.go", _GO.format("", "", "v"), [_OPEN]),
        ("a.go", _GO.format("", "", "cfg.Insecure"), [_OPEN]),
        ("a.go", _GO.format("const always = true", "", "always"), [_OFF]),
        ("a.go", _GO.format("", 'x := true; flag.BoolVar(&x, "x", true, "")', "x"), [_OPEN]),
        ("a.php", "<?php\n$x = false;\ncurl_setopt($c, CURLOPT_SSL_VERIFYPEER, $x);\n", [_OFF]),
        ("a.php", "<?php\n$c->setOptions(['sslverifypeer' => getenv('X')]);\n", [_OPEN]),
        (
            "a.c",
            "#include <quiche.h>\n#define OFF 0\nvoid f(X *c) { quiche_config_verify_peer(c, OFF); }\n",
            [_OFF],
        ),
        ("a.js", "const o = false;\nhttps.request({ rejectUnauthorized: o });\n", [_OFF]),
        ("a.js", "https.request({ rejectUnauthorized: opts.strict || false });\n", [_OPEN]),
        ("a.php", "<?php\n$o = ['ssl' => ['allow_self_signed' => $c['x'] == '1' ? 0 : 1]];\n", [_OPEN]),
        ("a.rb", "Net::POP3.enable_ssl(mode)\n", [_OPEN]),
    ],
)
def test_switch_when_constants_reach_it_then_is_off_and_else_a_choice(
    tmp_path: Path, name: str, code: str, told: list[str]
) -> None:
    assert codes(tmp_path, name, code) == told


def test_parameter_when_every_caller_in_the_file_switches_off_then_is_off(tmp_path: Path) -> None:
    get = "import requests\ndef get(url, check):\n    return requests.get(url, verify=check)\n"
    assert codes(tmp_path, "a.py", get + "get(u, False)\nget(w, False)\n") == [_OFF]
    assert codes(tmp_path, "a.py", get + "get(u, False)\nget(w, True)\n") == [_OPEN]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            "using StackExchange.Redis; {0} CheckCertificateRevocation = false {1}",
            ["revocation-checks-disabled"],
        ),
        ("using StackExchange.Redis; {0} CheckCertificateRevocation = wanted {1}", []),
        ("using System.Net.Http; {0} CheckCertificateRevocationList = false {1}", []),
    ],
)
def test_revocation_when_switched_off_where_it_is_usual_then_is_a_finding_of_its_own(
    tmp_path: Path, code: str, told: list[str]
) -> None:
    text = code.format("class A { void F(bool wanted) { var o = new ConfigurationOptions {", "}; } }")
    assert codes(tmp_path, "A.cs", text) == told
