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
