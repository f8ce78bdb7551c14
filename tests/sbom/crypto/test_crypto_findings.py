"""What is wrong with a site, by where its bytes, seeds, versions and suites come from."""

from pathlib import Path

import pytest

from sbom.crypto.scan import scan_crypto

_JAVA = """
import java.security.SecureRandom;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.*;
class Use {{
    {0}
}}
"""
_GO = """package a
import "crypto/cipher"
func f(b cipher.Block) {{
	v := make([]byte, 16)
	{0}
	_ = cipher.NewCTR(b, v)
}}
"""
_KEY = 'new SecretKeySpec(k, "AES")'


def findings(folder: Path, files: dict[str, str]) -> list[tuple[str, ...]]:
    for name, text in files.items():
        (folder / name).write_text(text)
    return [row.findings for row in scan_crypto(folder).occurrences]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("Object f() { byte[] k = new byte[] {'a', 1, 0x02}; return KEY; }", ("static-key",)),
        ("Object f() { byte[] k = new byte[16]; return KEY; }", ("static-key",)),
        ("Object f() { byte[] k = new byte[16]; load(k); return KEY; }", ()),
        ("Object f() { byte[] k = new byte[16]; k[0] = read(); return KEY; }", ()),
        (
            'void a() { f("0123456789abcdef".getBytes()); } Object f(byte[] k) { return KEY; }',
            ("static-key",),
        ),
        ("void a() { f(read()); } Object f(byte[] k) { return KEY; }", ()),
        (
            'Object f() { byte[] k = of(); return KEY; } byte[] of() { return "0123456789".getBytes(); }',
            ("static-key",),
        ),
        ("Object f() { byte[] k = of(); return KEY; } byte[] of() { return read(); }", ()),
        ("Object f() { byte[] k = {1, 2, 3}; k = Arrays.copyOf(k, 16); return KEY; }", ("static-key",)),
        (
            'Object f() { byte[] k = "0123456789abcdef".getBytes(); Object o = KEY; random.nextBytes(k); }',
            ("static-key",),
        ),
        (
            'Object f() { byte[] k = "0123456789abcdef".getBytes(); random.nextBytes(k); return KEY; }',
            (),
        ),
    ],
)
def test_key_in_java_when_nothing_else_can_reach_it_then_is_static(
    tmp_path: Path, code: str, told: tuple[str, ...]
) -> None:
    assert findings(tmp_path, {"Use.java": _JAVA.format(code.replace("KEY", _KEY))}) == [told]


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("new Random()", ("weak-random",)),
        ("new SecureRandom()", ()),
        ("new SecureRandom(new byte[] {1, 2})", ("weak-random",)),
        ("new SecureRandom(seed())", ()),
        ("new SecureRandom(); r.setSeed(7)", ("weak-random",)),
        ("new SecureRandom(); r.setSeed(seed())", ()),
    ],
)
def test_key_in_java_when_a_generator_fills_it_then_its_kind_and_seed_count(
    tmp_path: Path, made: str, told: tuple[str, ...]
) -> None:
    code = f"Object f() {{ byte[] k = new byte[16]; var r = {made}; r.nextBytes(k); return {_KEY}; }}"
    assert findings(tmp_path, {"Use.java": _JAVA.format(code)}) == [told]


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("a.py", "import ssl\nssl.SSLContext(ssl.PROTOCOL_SSLv3)\n", ("old-protocol",)),
        ("a.py", "import ssl\nc.set_ciphers('ECDH+3DES:HIGH')\n", ("weak-suites",)),
        ("a.py", "import ssl\nc.set_ciphers('HIGH:!3DES:-RC4')\n", ()),
        ("a.py", "import jwt\njwt.encode(p, None, algorithm='none')\n", ("no-protection",)),
        ("a.py", "from passlib.hash import bcrypt\nbcrypt.using(rounds=12)\n", ()),
        ("a.py", "from passlib.hash import bcrypt\nbcrypt.using(rounds=8)\n", ("few-iterations",)),
        ("a.py", "import hashlib\nhashlib.scrypt(p, salt=s, n=1024, r=8, p=1)\n", ("few-iterations",)),
        (
            "a.ts",
            "import { Domain } from 'aws-cdk-lib/aws-opensearchservice';\n"
            "new Domain(this, 'a', { tlsSecurityPolicy: 'Policy-Min-TLS-1-0-2019-07' });\n",
            ("old-protocol",),
        ),
        ("a.py", "from Crypto.Cipher import AES\nAES.new(k, AES.MODE_CBC, b'0' * 16)\n", ("static-iv",)),
        ("a.py", "from Crypto.Cipher import AES\nAES.new(k, AES.MODE_CBC, v * 16)\n", ()),
        (
            "a.go",
            _GO.format(""),
            ("static-iv",),
        ),
        (
            "a.go",
            _GO.format("read(v)"),
            (),
        ),
        ("a.js", "const { JWT } = require('jose')\nJWT.sign(p, 'secret')\n", ("static-key",)),
        ("a.js", "const { JWT } = require('jose')\nJWT.sign(p, k)\n", ()),
        (
            "a.php",
            "<?php stream_socket_enable_crypto($s, true, STREAM_CRYPTO_METHOD_TLSv1_2_CLIENT | "
            "STREAM_CRYPTO_METHOD_TLSv1_1_CLIENT);",
            ("old-protocol",),
        ),
        ("a.php", "<?php curl_setopt($c, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);", ()),
        (
            "A.java",
            _JAVA.format('Object o = Cipher.getInstance("RSA/NONE/NoPadding");'),
            ("rsa-without-oaep",),
        ),
    ],
)
def test_site_when_what_it_names_is_weak_then_is_a_finding(
    tmp_path: Path, name: str, code: str, told: tuple[str, ...]
) -> None:
    assert findings(tmp_path, {name: code}) == [told]


def test_setting_when_configured_then_goes_before_the_default_in_code(tmp_path: Path) -> None:
    name = 'settings.getProperty("shop.cipher", "DES/ECB/PKCS5Padding")'
    code = f"Object f() {{ return Cipher.getInstance({name}); }}"
    files = {"Use.java": _JAVA.format(code), "shop.properties": "shop.cipher=AES/GCM/NoPadding\n"}
    assert findings(tmp_path, {"Use.java": files["Use.java"]}) == [("ecb-mode",)]
    assert findings(tmp_path, files)[:1] == [()]
