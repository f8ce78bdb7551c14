"""Values that stand in another file: constants, callers, returned values, configuration keys."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sbom.crypto.model import Confidence
from sbom.crypto.scan import scan_crypto

FILES = {
    "src/Const.java": """package a;
public final class Const {
  public static final String CIPHER = "SM4/CBC/PKCS5Padding";
  public static String digest() { return "SM3"; }
}
""",
    "src/Use.java": """package b;
import a.Const;
import java.security.MessageDigest;
import javax.crypto.Cipher;
import org.springframework.beans.factory.annotation.Value;
class Use {
  @Value("${app.crypto.digest}") private String name;
  Object a() throws Exception { return Cipher.getInstance(Const.CIPHER); }
  Object b() throws Exception { return MessageDigest.getInstance(Const.digest()); }
  Object c() throws Exception { return MessageDigest.getInstance(name); }
  Object openCipher(String t) throws Exception { return Cipher.getInstance(t); }
}
""",
    "src/Caller.java": 'class Caller { void f(Use u) { u.openCipher("AES/GCM/NoPadding"); } }\n',
    "application.yml": "app:\n  crypto:\n    digest: SHA-384\n",
}


@pytest.mark.parametrize(
    ("missing", "lost"),
    [
        (None, None),
        ("src/Const.java", {8, 9}),
        ("src/Caller.java", {11}),
        ("application.yml", {10}),
    ],
)
def test_value_when_it_stands_in_another_file_then_is_found_with_less_confidence(
    tmp_path: Path, missing: str | None, lost: set[int] | None
) -> None:
    (tmp_path / "src").mkdir()
    for path, text in FILES.items():
        if path != missing:
            (tmp_path / path).write_text(text)
    rows = {row.line: row for row in scan_crypto(tmp_path).occurrences if row.path == "src/Use.java"}
    told = {8: "SM4-CBC", 9: "SM3", 10: "SHA-384", 11: "AES-GCM"}
    assert {line: row.algorithm for line, row in rows.items()} == {
        line: None if line in (lost or ()) else name for line, name in told.items()
    }
    for line, row in rows.items():
        assert row.confidence is (Confidence.LOW if line in (lost or ()) else Confidence.MEDIUM)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app.properties", "digest.name = SHA-224\n"),
        ("app.json", '{"digest": {"name": "SHA-224"}}'),
        ("app.yaml", "digest:\n  name: SHA-224\n"),
    ],
)
def test_configuration_when_it_holds_the_key_then_tells_the_algorithm(
    tmp_path: Path, name: str, text: str
) -> None:
    code = (
        "import java.security.MessageDigest;\nclass A { Object f(java.util.Properties p) throws Exception {\n"
    )
    code += '  return MessageDigest.getInstance(p.getProperty("digest.name")); } }\n'
    (tmp_path / "A.java").write_text(code)
    (tmp_path / name).write_text(text)
    [row] = scan_crypto(tmp_path).occurrences
    assert (row.algorithm, row.confidence) == ("SHA-224", Confidence.MEDIUM)


def test_key_when_it_is_a_parameter_then_is_no_constant(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "import hmac\nKEY = 'constant'\n"
        "def sign(secret, data): return hmac.new(secret.encode('utf8'), data, 'sha256')\n"
        "def fixed(data): return hmac.new(KEY.encode('utf8'), data, 'sha256')\n"
    )
    (tmp_path / "A.java").write_text(
        "import javax.crypto.Mac; import javax.crypto.spec.SecretKeySpec;\n"
        'class A { Object f(String key) { byte[] data = key.getBytes("UTF-8");\n'
        'return new SecretKeySpec(data, "HmacSHA1"); }\n'
        'Object g() { return new SecretKeySpec("constant".getBytes("UTF-8"), "HmacSHA1"); } }\n'
    )
    found = {(row.path, row.line): "static-key" in row.findings for row in scan_crypto(tmp_path).occurrences}
    assert found == {("a.py", 3): False, ("a.py", 4): True, ("A.java", 3): False, ("A.java", 4): True}


_RUN = """import javax.crypto.Cipher;
class {}{} {{ Object run(String t) throws Exception {{ return Cipher.getInstance(t); }} }}
"""
OTHER_FILES = {
    "namesakes": (
        {
            "A.java": _RUN.format("A", ""),
            "B.java": _RUN.format("B", ""),
            "C.java": 'class C { void f(A a, B b) { a.run("AES/GCM/NoPadding"); b.run("DES"); } }\n',
        },
        {"A.java": "AES-GCM", "B.java": "DES-ECB"},
    ),
    "caller of an interface": (
        {
            "A.java": _RUN.format("A", " implements Runner"),
            "C.java": 'class C { void f(Runner a, Other o) { a.run("SM4"); o.run("DES"); } }\n',
        },
        {"A.java": "SM4-ECB"},
    ),
    "constant of a third file": (
        {
            "A.java": _RUN.format("A", ""),
            "C.java": "class C { void f(A a) { a.run(Names.CIPHER); } }\n",
            "Names.java": 'class Names { static final String CIPHER = "SM4/CBC/PKCS5Padding"; }\n',
        },
        {"A.java": "SM4-CBC"},
    ),
    "field that a constructor sets": (
        {
            "A.java": """import java.security.MessageDigest;
class Hasher {
  private final String digest;
  Hasher(String digest) { this.digest = digest; }
  Object f() throws Exception { return MessageDigest.getInstance(digest); }
}
""",
            "C.java": 'class C { Hasher a = new Hasher("SM3"); }\n',
        },
        {"A.java": "SM3"},
    ),
    "constructor behind the name of the class": (
        {
            "A.kt": """import java.security.MessageDigest
class Hasher(private val digest: String) { fun f() = MessageDigest.getInstance(digest) }
""",
            "C.kt": 'val hasher = Hasher("SM3")\n',
        },
        {"A.kt": "SM3"},
    ),
    "field of the class that a variable has": (
        {
            "A.java": """import java.security.MessageDigest;
class A { Object f(Props props) throws Exception { return MessageDigest.getInstance(props.getDigest()); } }
""",
            "Props.java": '@Data class Props { private String digest = "SM3"; }\n',
        },
        {"A.java": "SM3"},
    ),
    "method of a derived class": (
        {
            "A.java": """import java.security.MessageDigest;
abstract class A {
  abstract String digest();
  Object f() throws Exception { return MessageDigest.getInstance(digest()); }
}
""",
            "C.java": 'class C extends A { String digest() { return "SM3"; } }\n',
        },
        {"A.java": "SM3"},
    ),
    "constructor that a derived class calls": (
        {
            "A.java": """import java.security.MessageDigest;
abstract class Hasher {
  private final String name;
  Hasher(String name) { this.name = name; }
  Object f() throws Exception { return MessageDigest.getInstance(name); }
}
""",
            "C.java": 'class C extends Hasher { C() { super("SM3"); } }\n',
            "D.java": 'class D extends Other { Hasher h; D() { super("MD5"); } }\n',
        },
        {"A.java": "SM3"},
    ),
    "macro of a header": (
        {
            "a.c": """#include <openssl/evp.h>
#include "config.h"
void f(void) { EVP_get_digestbyname(DIGEST_NAME); }
""",
            "config.h": '#define DIGEST_NAME "sm3"\n',
        },
        {"a.c": "SM3"},
    ),
    "constant outside of classes": (
        {
            "A.kt": """import names.DIGEST
import java.security.MessageDigest
fun f() = MessageDigest.getInstance(DIGEST)
""",
            "Names.kt": 'package names\nconst val DIGEST = "SM3"\n',
        },
        {"A.kt": "SM3"},
    ),
    "property of an enum constant": (
        {
            "A.java": """import java.security.MessageDigest;
class A { Object f() throws Exception { return MessageDigest.getInstance(Kind.FAST.jca()); } }
""",
            "Kind.java": """enum Kind {
  FAST("MD5"), SLOW("SM3");
  private final String jca;
  Kind(String jca) { this.jca = jca; }
  String jca() { return jca; }
}
""",
        },
        {"A.java": "MD5"},
    ),
}


@pytest.mark.parametrize("case", OTHER_FILES)
def test_value_when_another_class_gives_it_then_is_that_of_this_class_alone(
    tmp_path: Path, case: str
) -> None:
    files, told = OTHER_FILES[case]
    for path, text in files.items():
        (tmp_path / path).write_text(text)
    assert {row.path: row.algorithm for row in scan_crypto(tmp_path).occurrences} == told


HELD_ELSEWHERE = {
    "an object of another module": (
        {
            "env.ts": "export const env = { HASH: process.env.HASH ?? 'sha256', OTHER: { HASH: 1 } };\n",
            "use.ts": "import { createHash } from 'crypto';\nimport { env } from './env';\n"
            "createHash(env.HASH);\n",
        },
        ("use.ts", 3, "SHA-256"),
    ),
    "a folder's index": (
        {
            "config/index.js": "module.exports = { hash: 'sha512' };\n",
            "use.js": "const crypto = require('crypto');\nconst config = require('./config');\n"
            "crypto.createHash(config.hash);\n",
        },
        ("use.js", 3, "SHA-512"),
    ),
    "an instance of settings": (
        {
            "core/config.py": 'class Settings(BaseSettings):\n    ALGORITHM: str = "HS384"\n\n'
            "settings = Settings()\n",
            "use.py": "import jwt\nfrom core.config import settings\n"
            "jwt.encode(c, k, algorithm=settings.ALGORITHM)\n",
        },
        ("use.py", 3, "HMAC-SHA384"),
    ),
    "the class that it is derived from": (
        {
            "Base.php": "<?php\nabstract class Base { protected $algo = 'sha384'; }\n",
            "Use.php": "<?php\nclass Child extends Base {\n"
            "  function f($d) { return hash($this->algo, $d); }\n}\n",
        },
        ("Use.php", 3, "SHA-384"),
    ),
    "another file of the package": (
        {
            "a/const.go": 'package a\n\nconst usual = "ES256"\n',
            "a/use.go": 'package a\n\nimport "github.com/golang-jwt/jwt/v5"\n\n'
            "var method = jwt.GetSigningMethod(usual)\n",
        },
        ("a/use.go", 5, "ECDSA"),
    ),
    "an array that a file of settings returns": (
        {
            "config/app.php": "<?php\nreturn ['cipher' => env('CIPHER', 'AES-256-CBC')];\n",
            "Use.php": "<?php\nopenssl_encrypt($d, config('app.cipher'), $k, 0, $iv);\n",
        },
        ("Use.php", 2, "AES-256-CBC"),
    ),
}


@pytest.mark.parametrize("name", HELD_ELSEWHERE)
def test_value_when_an_object_class_or_package_elsewhere_holds_it_then_is_found(
    tmp_path: Path, name: str
) -> None:
    files, (path, line, algorithm) = HELD_ELSEWHERE[name]
    for file_path, text in files.items():
        (tmp_path / file_path).parent.mkdir(exist_ok=True)
        (tmp_path / file_path).write_text(text)
    rows = [row for row in scan_crypto(tmp_path).occurrences if row.path == path]
    assert [(row.line, row.algorithm) for row in rows] == [(line, algorithm)]


def test_parameter_when_a_method_of_another_class_is_called_alike_then_that_call_says_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / "hasher.ts").write_text(
        "import { createHash } from 'crypto';\n"
        "export class Hasher { digest(name: string, x: string) { return createHash(name).update(x); } }\n"
    )
    (tmp_path / "use.ts").write_text("import { Hasher } from './hasher';\nnew Hasher().digest('md5', 'x');\n")
    (tmp_path / "other.ts").write_text("import { Other } from 'other';\nnew Other().digest('sha512', 'y');\n")
    (row,) = scan_crypto(tmp_path).occurrences
    assert row.algorithm == "MD5"


@pytest.mark.parametrize(
    ("hashers", "algorithm"),
    [
        (None, "PBKDF2"),
        (
            "'django.contrib.auth.hashers.Argon2PasswordHasher', 'own.Hasher'",
            "Argon2id",
        ),
        ("'own.hashers.Hasher',", None),
        ("'own.hashers.SlowScryptPasswordHasher',", "scrypt"),
        ("*usual.HASHERS, 'django.contrib.auth.hashers.Argon2PasswordHasher'", "PBKDF2"),
    ],
)
def test_password_when_the_settings_list_hashers_then_is_hashed_by_the_first(
    tmp_path: Path, hashers: str | None, algorithm: str | None
) -> None:
    (tmp_path / "use.py").write_text(
        "from django.contrib.auth.hashers import make_password\n"
        "user.password = make_password(password)\nuser.password = make_password(None)\n"
    )
    if hashers is not None:
        (tmp_path / "settings.py").write_text(f"PASSWORD_HASHERS = [{hashers}]\n")
    rows = [row for row in scan_crypto(tmp_path).occurrences if row.path == "use.py"]
    assert [(row.line, row.algorithm) for row in rows] == [(2, algorithm)]


def test_key_when_functions_of_other_files_make_it_then_has_the_length_that_they_return(
    tmp_path: Path,
) -> None:
    files = {
        "kdf/kdf.go": "package kdf\n\n"
        "func Short(seed []byte) []byte {\n\tsum := mix(seed)\n\treturn sum[:16]\n}\n"
        "func Open(seed []byte, n int) []byte {\n\treturn mix(seed)[:n]\n}\n",
        "kdf/here.go": 'package kdf\n\nimport "crypto/aes"\n\nfunc f(s []byte) { aes.NewCipher(Short(s)) }\n',
        "box/there.go": 'package box\n\nimport (\n\t"crypto/aes"\n\t"example.com/m/kdf"\n)\n\n'
        "func f(s []byte) { aes.NewCipher(kdf.Short(s)) }\n\n"
        "func g(s []byte) { aes.NewCipher(kdf.Open(s, 16)) }\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    rows = {(row.path, row.line): row.key_size for row in scan_crypto(tmp_path).occurrences}
    assert rows == {("kdf/here.go", 5): 128, ("box/there.go", 8): 128, ("box/there.go", 10): None}


def test_key_in_source_code_when_the_file_is_looked_at_again_then_is_kept(tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 1024)
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    (tmp_path / "box.go").write_text(
        'package box\n\nimport "crypto/aes"\n\n'
        f"const publicKey = `{pem}`\n\nfunc f(s []byte) {{ aes.NewCipher(elsewhere(s)) }}\n"
    )
    rows = {row.rule: row.key_size for row in scan_crypto(tmp_path).occurrences}
    assert rows == {"config/pem": 1024, "go-block-cipher": None}


@pytest.mark.parametrize(
    ("package", "lines"),
    [("src/httpx/__init__.py", set()), ("src/other/__init__.py", {2, 3})],
)
def test_call_when_the_package_is_the_repository_itself_then_no_library_is_asked(
    tmp_path: Path, package: str, lines: set[int]
) -> None:
    (tmp_path / package).parent.mkdir(parents=True)
    (tmp_path / package).write_text("")
    code = "import httpx\nhttpx.get(u, verify=self.verify)\nhttpx.Client(verify=self.verify)\n"
    (tmp_path / "use.py").write_text(code)
    assert {row.line for row in scan_crypto(tmp_path).occurrences} == lines


def test_namespace_when_composer_loads_it_then_its_classes_are_own(tmp_path: Path) -> None:
    (tmp_path / "use.php").write_text("<?php use Lcobucci\\JWT\\Signer\\Eddsa; new Eddsa();")
    assert [row.family for row in scan_crypto(tmp_path).occurrences] == ["EdDSA"]
    (tmp_path / "composer.json").write_text('{"autoload": {"psr-4": {"Lcobucci\\\\JWT\\\\": "src"}}}')
    assert scan_crypto(tmp_path).occurrences == ()


@pytest.mark.parametrize(("filler", "found"), [("", 1), (";f()" * 400, 0)])
def test_check_when_a_line_of_a_bundle_hands_it_on_then_is_not_told(
    tmp_path: Path, filler: str, found: int
) -> None:
    code = "tls.connect({ rejectUnauthorized: options.rejectUnauthorized })"
    (tmp_path / "client.js").write_text(f"{code}{filler}\n")
    assert len(scan_crypto(tmp_path).occurrences) == found
