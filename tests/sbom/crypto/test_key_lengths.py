"""How long keys are that are made, cut, digested, written out or handed over."""

from pathlib import Path

import pytest

from sbom.crypto.scan import scan_crypto

_JS = "const CryptoJS = require('crypto-js')\n"
_JAVA = """
import java.util.Arrays;
import javax.crypto.spec.SecretKeySpec;
class Use {{
    {0}
}}
"""
_GO = """package m
import (
	"crypto/aes"
	"crypto/md5"
	"encoding/hex"
)
{0}
"""
_PYTHON = "import hashlib\nfrom Crypto.Cipher import AES\n{0}\n"


def sizes(folder: Path, files: dict[str, str]) -> list[int | None]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return [row.key_size for row in scan_crypto(folder).occurrences if row.family == "AES"]


@pytest.mark.parametrize(
    ("code", "size"),
    [
        ("CryptoJS.AES.encrypt(t, CryptoJS.MD5(p), {iv: v})", 128),
        (
            "const h = CryptoJS.enc.Hex.parse('0001020304050607aabbccddeeff0011')\nCryptoJS.AES.encrypt(t,h)",
            128,
        ),
        (
            "function f(k) { CryptoJS.AES.encrypt(t, CryptoJS.enc.Utf8.parse(k || 'abcdefgh12345678')) }",
            128,
        ),
        ("function f(k) { return CryptoJS.AES.encrypt(t, CryptoJS.enc.Utf8.parse(k || other)) }", None),
        ("const k = CryptoJS.MD5(p).toString()\nCryptoJS.AES.encrypt(t, CryptoJS.enc.Utf8.parse(k))", 256),
    ],
)
def test_key_in_javascript_when_made_of_texts_and_digests_then_has_their_length(
    tmp_path: Path, code: str, size: int | None
) -> None:
    assert sizes(tmp_path, {"a.js": _JS + code}) == [size]


@pytest.mark.parametrize(
    ("code", "size"),
    [
        ('byte[] k = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16}; Object o = new SecretKeySpec(k, "AES");', 128),
        ('byte[] k = {1,2,3,4,5,6,7,8,9}; Object o = new SecretKeySpec(k, "AES");', None),
        (
            'byte[] k; U(byte[] b) { this.k = Arrays.copyOf(b, 16);} Key o = new SecretKeySpec(k, "AES");',
            128,
        ),
    ],
)
def test_key_in_java_when_an_array_or_a_field_then_has_its_length(
    tmp_path: Path, code: str, size: int | None
) -> None:
    assert sizes(tmp_path, {"Use.java": _JAVA.format(code)}) == [size]


@pytest.mark.parametrize(
    ("code", "size"),
    [
        ("const size = 16\nfunc f() { var k [size]byte; aes.NewCipher(k[:]) }", 128),
        ("func f(p []byte) { h := md5.New(); h.Write(p); aes.NewCipher(h.Sum(nil)) }", 128),
        ("func f(p []byte) { h := md5.Sum(p); aes.NewCipher([]byte(hex.EncodeToString(h[:]))) }", 256),
        (
            "var k = []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7}\nfunc f() { aes.NewCipher(k) }",
            128,
        ),
    ],
)
def test_key_in_go_when_an_array_or_a_digest_then_has_its_length(
    tmp_path: Path, code: str, size: int | None
) -> None:
    assert sizes(tmp_path, {"m.go": _GO.format(code)}) == [size]


def test_key_in_python_when_each_class_has_a_field_of_that_name_then_its_own_counts(tmp_path: Path) -> None:
    code = """
class First:
    def __init__(self, key):
        self.key = hashlib.sha256(key).digest()
    def seal(self, text):
        return AES.new(self.key, AES.MODE_CBC).encrypt(text)
class Second:
    def __init__(self, key):
        self.key = key.encode()
    def seal(self, text):
        return AES.new(self.key, AES.MODE_CBC).encrypt(text)
Second("1234567890abcdef")
"""
    assert sizes(tmp_path, {"a.py": _PYTHON.format(code)}) == [256, 128]


def test_key_when_an_object_hands_over_a_constant_of_a_third_file_then_has_its_length(tmp_path: Path) -> None:
    cipher = """
import { encrypt } from 'crypto-js/aes';
import { parse } from 'crypto-js/enc-utf8';
export class Box {
  constructor(opt = {}) {
    const { key } = opt;
    this.key = parse(key);
  }
  seal(text) {
    return encrypt(text, this.key);
  }
}
"""
    use = """
import { settings } from './settings';
import { Box } from './cipher';
export const make = ({ key = settings.key } = {}) => new Box({ key });
"""
    files = {"src/cipher.ts": cipher, "src/use.ts": use}
    settings = "export const settings = { key: '_11111000001111@' };\n"
    assert sizes(tmp_path, {**files, "src/settings.ts": settings}) == [128]
    assert sizes(tmp_path, {"src/settings.ts": settings.replace("@", "")}) == [None]


def test_key_in_go_when_a_type_of_another_package_then_has_its_length(tmp_path: Path) -> None:
    keys = "package keys\ntype Secret [32]byte\ntype Key struct {\n\tSecret\n}\n"
    use = """package m
import (
	"crypto/aes"
	"example.com/m/keys"
)
func f(k *keys.Key) { aes.NewCipher(k.Secret[:]) }
"""
    files = {"go.mod": "module example.com/m\n", "keys/keys.go": keys, "m.go": use}
    assert sizes(tmp_path, files) == [256]


def test_rsa_when_its_pair_is_made_with_a_size_then_encryption_has_it(tmp_path: Path) -> None:
    code = """package m
import (
	"crypto/rand"
	"crypto/rsa"
)
func f(other *rsa.PublicKey) {
	k, _ := rsa.GenerateKey(rand.Reader, 4096)
	rsa.EncryptPKCS1v15(rand.Reader, &k.PublicKey, nil)
	rsa.EncryptPKCS1v15(rand.Reader, other, nil)
}
"""
    (tmp_path / "m.go").write_text(code)
    rows = [row for row in scan_crypto(tmp_path).occurrences if row.function == "encrypt"]
    assert [row.key_size for row in rows] == [4096, None]


def test_size_when_callers_give_several_then_none_is_told(tmp_path: Path) -> None:
    code = """import javax.crypto.KeyGenerator;
class Keys {{
    Object make(int size) throws Exception {{
        KeyGenerator generator = KeyGenerator.getInstance("AES");
        generator.init(size);
        return generator;
    }}
    Object one() throws Exception {{ return make(256); }}
    Object other() throws Exception {{ return make({0}); }}
}}
"""
    assert sizes(tmp_path / "alike", {"Keys.java": code.format(256)}) == [256]
    assert sizes(tmp_path / "several", {"Keys.java": code.format(128)}) == [None]


_GENERATOR = """import javax.crypto.KeyGenerator;
class Keys {{
    static class Sizes {{ int small; int large; }}
    static int same(int size) {{ return size; }}
    Object make() throws Exception {{
        KeyGenerator generator = KeyGenerator.getInstance("AES");
        {0}
        return generator.generateKey();
    }}
}}
"""


@pytest.mark.parametrize(
    ("code", "size"),
    [
        ("int a = same(128); int b = same(256); generator.init(b);", 256),
        ("Sizes a = new Sizes(); a.small = 128; a.large = 256; generator.init(a.small);", 128),
        (
            "Sizes a = new Sizes(); Sizes b = new Sizes(); a.large = 128; b.large = 256;"
            "generator.init(a.large); a.large = 192;",
            128,
        ),
        ("Sizes a = new Sizes(); a.large = 128; a.large = 256; generator.init(a.large);", None),
    ],
)
def test_size_when_a_call_or_field_gives_one_of_several_then_that_one_is_told(
    tmp_path: Path, code: str, size: int | None
) -> None:
    assert sizes(tmp_path, {"Keys.java": _GENERATOR.format(code)}) == [size]


def test_key_when_a_function_of_another_file_generates_it_then_has_the_generator_s_length(
    tmp_path: Path,
) -> None:
    keys = """package a;
import javax.crypto.*;
class Keys {
    static final int SIZE = 192;
    static byte[] make() throws Exception {
        KeyGenerator generator = KeyGenerator.getInstance("AES");
        generator.init(SIZE);
        SecretKey key = generator.generateKey();
        return key.getEncoded();
    }
}
"""
    use = """package a;
import javax.crypto.spec.SecretKeySpec;
class Use {
    Object seal(byte[] key) { return new SecretKeySpec(key, "AES"); }
    Object all() throws Exception { byte[] key = Keys.make(); return seal(key); }
}
"""
    assert sizes(tmp_path, {"a/Keys.java": keys, "a/Use.java": use}) == [192, 192]
