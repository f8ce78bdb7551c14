"""What goes into a library is told where it goes in, with the algorithm that reaches it from elsewhere."""

from pathlib import Path

import pytest
from told_families import families

from sbom.crypto.scan import scan_crypto

ENUM = """package a;
enum Kind { OLD(1, "MD5"), NEW(2, "SHA-512"); String code; Kind(int n, String c) { code = c; } }
"""
HASH = """package a;
import java.security.MessageDigest;
class Hash {
  static byte[] digest(Kind kind) throws Exception { return MessageDigest.getInstance(kind.code).digest(); }
}
"""


def test_enum_when_callers_name_its_constants_then_their_texts_reach_the_call(tmp_path: Path) -> None:
    use = "package a;\nclass Use { Object a = Hash.digest(Kind.NEW); }\n"
    assert families(tmp_path, {"Kind.java": ENUM, "Hash.java": HASH, "Use.java": use}) == {
        "Hash.java:4": ["SHA-2"]
    }


def test_enum_when_nobody_calls_then_all_its_constants_may_reach_the_call(tmp_path: Path) -> None:
    assert families(tmp_path, {"Kind.java": ENUM, "Hash.java": HASH}) == {"Hash.java:4": ["MD5", "SHA-2"]}


@pytest.mark.parametrize("setter", ["c.setName", "config.setName"])
def test_property_when_another_file_sets_it_then_its_value_reaches_the_call(
    tmp_path: Path, setter: str
) -> None:
    config = "package a;\nclass Config { private String name; public String getName() { return name; } }\n"
    variable = setter.partition(".")[0]
    files = {
        "Config.java": config,
        "Make.java": f'package a;\nclass Make {{ void f(Config {variable}) {{ {setter}("SM3"); }} }}\n',
        "Use.java": (
            "package a;\nimport java.security.MessageDigest;\n"
            "class Use { Object f(Config c) throws Exception {\n"
            "return MessageDigest.getInstance(c.getName()); } }\n"
        ),
    }
    assert families(tmp_path, files) == {"Use.java:4": ["SM3"]}


def test_class_when_the_repository_declares_it_then_only_what_it_calls_is_told(tmp_path: Path) -> None:
    own = (
        "package org.springframework.util;\nimport java.security.MessageDigest;\npublic class DigestUtils {\n"
        "  public static byte[] md5Digest(byte[] b) throws Exception {\n"
        '    return MessageDigest.getInstance("MD5").digest(b); }\n'
        "}\n"
    )
    use = "import org.springframework.util.DigestUtils;\nclass B { Object o = DigestUtils.md5Digest(); }\n"
    path = "core/src/main/java/org/springframework/util/DigestUtils.java"
    assert families(tmp_path, {path: own, "B.java": use}) == {f"{path}:5": ["MD5"]}


def test_class_when_it_is_a_librarys_then_its_call_is_told(tmp_path: Path) -> None:
    use = "import org.springframework.util.DigestUtils;\nclass B { Object o = DigestUtils.md5Digest(); }"
    assert families(tmp_path, {"B.java": use, "other/DigestUtils.java": "package other;\n"}) == {
        "B.java:2": ["MD5"]
    }


def test_function_when_it_is_handed_on_by_its_name_then_is_told_there(tmp_path: Path) -> None:
    text = (
        "import org.apache.commons.codec.digest.DigestUtils;\n"
        "class A { Object f(Stream<String> s) { return s.map(DigestUtils::sha1Hex); } }\n"
    )
    kotlin = (
        "import org.apache.commons.codec.digest.DigestUtils\n"
        "val a = names.map(DigestUtils::md5Hex)\nval c = DigestUtils::class\n"
    )
    assert families(tmp_path, {"A.java": text, "A.kt": kotlin}) == {"A.java:2": ["SHA-1"], "A.kt:2": ["MD5"]}


@pytest.mark.parametrize(
    ("key", "family"),
    [
        ("secretKey", "HMAC"),
        ("signingKey()", "HMAC"),
        ("props.getSecret()", "HMAC"),
        ("Decoders.BASE64.decode(text)", "HMAC"),
        ("rsaKey", "RSASSA-PKCS1"),
        ("publicKey", None),
        ("props.getPublicKey()", None),
    ],
)
def test_token_when_only_a_key_is_given_then_the_key_tells_its_algorithm(
    tmp_path: Path, key: str, family: str | None
) -> None:
    text = (
        "import io.jsonwebtoken.Jwts;\nimport javax.crypto.SecretKey;\n"
        "import java.security.interfaces.RSAPublicKey;\n"
        "class A {\n  SecretKey secretKey;\n  RSAPublicKey rsaKey;\n  PublicKey publicKey;\n"
        "  SecretKey signingKey() { return made; }\n"
        f"  Object f() {{ return Jwts.parser().verifyWith({key}).build(); }}\n}}\n"
    )
    assert families(tmp_path, {"A.java": text}) == {"A.java:9": [family]}


def test_option_when_it_is_declared_with_a_default_then_that_reaches_the_call(tmp_path: Path) -> None:
    options = (
        "package a;\nclass Options {\n  static final ConfigOption<String> DIGEST =\n"
        '    ConfigOptions.key("x.digest").stringType().defaultValue("SM3").withDescription("d");\n}\n'
    )
    use = (
        "package b;\nimport static a.Options.*;\nimport java.security.MessageDigest;\n"
        "class B { Object f(C c) throws Exception { return MessageDigest.getInstance(c.get(DIGEST)); } }\n"
    )
    assert families(tmp_path, {"Options.java": options, "B.java": use}) == {"B.java:4": ["SM3"]}


def test_verifier_when_it_is_handed_over_by_its_name_then_is_told_where_it_is_defined(tmp_path: Path) -> None:
    text = (
        "import javax.net.ssl.*;\nclass A {\n  static HostnameVerifier all = (host, session) -> true;\n"
        "  void f(HttpsURLConnection c) { c.setHostnameVerifier(all); }\n}\n"
    )
    assert families(tmp_path, {"A.java": text}) == {"A.java:3": ["TLS"]}


@pytest.mark.parametrize("given", ["any()", "any<String>()", "anyString()", "Mockito.anyString()"])
def test_call_when_a_test_describes_it_whatever_it_is_given_then_is_none(tmp_path: Path, given: str) -> None:
    text = (
        f"import java.security.MessageDigest\nfun f() {{ every {{ MessageDigest.getInstance({given}) }} }}\n"
    )
    assert families(tmp_path, {"A.kt": text}) == {}


def test_cipher_when_it_is_rsa_alone_then_has_the_padding_of_java(tmp_path: Path) -> None:
    text = (
        "import javax.crypto.Cipher;\nclass A {\n"
        '  Object a() throws Exception { return Cipher.getInstance("RSA"); }\n'
        '  Object b() throws Exception { return Cipher.getInstance("RSA/ECB/NoPadding"); }\n}\n'
    )
    assert families(tmp_path, {"A.java": text}) == {"A.java:3": ["RSAES-PKCS1"], "A.java:4": ["RSA"]}


CSHARP = """using System.Security.Cryptography;
class A {
  readonly Options options;
  object Usual() => HashAlgorithm.Create(options.Usual);
  object Made() => HashAlgorithm.Create(options.Made);
  object Named(Kind kind) => HashAlgorithm.Create(kind.ToString());
  object All(IEnumerable<byte[]> all) => all.Select(SHA512.HashData);
  object Use() => Named(Kind.MD5);
}
enum Kind { SHA1, MD5 }
"""
OPTIONS = (
    'class Options {\n  public string Usual { get; set; } = "SHA1";\n  public string Made { get; set; }\n}\n'
)
SETUP = 'class Setup { object F() => new Options { Made = "SHA384" }; }\n'


def test_property_when_it_has_a_usual_value_or_is_set_where_it_is_made_then_reaches_the_call_in_csharp(
    tmp_path: Path,
) -> None:
    assert families(tmp_path, {"A.cs": CSHARP, "Options.cs": OPTIONS, "Setup.cs": SETUP}) == {
        "A.cs:4": ["SHA-1"],
        "A.cs:5": ["SHA-2"],
        "A.cs:6": ["MD5"],
        "A.cs:7": ["SHA-2"],
    }


def test_property_when_the_constructor_behind_a_class_takes_it_then_reaches_the_call_in_kotlin(
    tmp_path: Path,
) -> None:
    use = (
        "import java.security.MessageDigest\nclass A {\n"
        "  fun a(kind: Kind) = MessageDigest.getInstance(kind.code)\n"
        "  fun b() = MessageDigest.getInstance(Kind.NEW.code)\n"
        "  fun c(conf: Conf) = MessageDigest.getInstance(conf.hash)\n}\n"
    )
    kinds = 'enum class Kind(val code: String) { OLD("MD5"), NEW("SHA-1") }\n'
    conf = 'data class Conf(val hash: String = "SM3")\n'
    assert families(tmp_path, {"A.kt": use, "Kind.kt": kinds, "Conf.kt": conf}) == {
        "A.kt:3": ["MD5", "SHA-1"],
        "A.kt:4": ["SHA-1"],
        "A.kt:5": ["SM3"],
    }


def test_library_when_another_one_holds_a_copy_under_its_own_name_then_its_calls_are_told(
    tmp_path: Path,
) -> None:
    text = (
        "import org.apache.hadoop.thirdparty.com.google.common.hash.Hashing;\n"
        "import org.apache.flink.shaded.netty4.io.netty.handler.ssl.SslContextBuilder;\n"
        "class A { Object a = Hashing.sha256();\nObject b = SslContextBuilder.forClient(); }\n"
    )
    assert families(tmp_path, {"A.java": text}) == {"A.java:3": ["SHA-2"], "A.java:4": ["TLS"]}


def test_size_when_another_object_gets_one_too_then_the_constant_holds(tmp_path: Path) -> None:
    text = (
        "using System.Security.Cryptography;\nclass A {\n  const int KeySize = 256;\n"
        "  void F() { var rsa = RSA.Create(); rsa.KeySize = 2048; }\n"
        "  object G() { var aes = Aes.Create(); aes.KeySize = KeySize; return aes; }\n}\n"
    )
    (tmp_path / "A.cs").write_text(text)
    sizes = {row.line: row.key_size for row in scan_crypto(tmp_path).occurrences}
    assert sizes == {4: 2048, 5: 256}


def test_size_and_mode_when_another_file_tells_them_then_are_those_of_the_call(tmp_path: Path) -> None:
    (tmp_path / "Config.java").write_text(
        "package a;\nclass Config { static final int BITS = 3072; private String mode;\n"
        "  public String getMode() { return mode; } }\n"
    )
    (tmp_path / "Make.java").write_text(
        'package a;\nclass Make { void f(Config config) { config.setMode("GCM"); new Use(config, 192); } }\n'
    )
    (tmp_path / "Use.java").write_text(
        "package a;\nimport java.security.KeyPairGenerator;\nimport javax.crypto.*;\n"
        "class Use { final Config config; final int size;\n"
        "  Use(Config config, int size) { this.config = config; this.size = size; }\n"
        '  void a() throws Exception { KeyPairGenerator g = KeyPairGenerator.getInstance("RSA");\n'
        "    g.initialize(Config.BITS); }\n"
        '  void b() throws Exception { Cipher.getInstance("AES/" + config.getMode() + "/NoPadding"); }\n'
        '  void c() throws Exception { KeyGenerator g = KeyGenerator.getInstance("AES");\n'
        "    g.init(size); }\n}\n"
    )
    rows = scan_crypto(tmp_path).occurrences
    assert [(row.line, row.mode, row.key_size) for row in rows] == [
        (6, None, 3072),
        (8, "gcm", None),
        (9, None, 192),
    ]


@pytest.mark.parametrize(
    "name",
    [
        'Optional.ofNullable(x).orElse("SM3")',
        'defaultIfBlank(x, "SM3")',
        'Objects.requireNonNullElse(x, "SM3")',
    ],
)
def test_name_when_one_is_given_for_want_of_another_then_reaches_the_call(tmp_path: Path, name: str) -> None:
    text = (
        "import java.security.MessageDigest;\n"
        f"class A {{ Object f(String x) throws Exception {{ return MessageDigest.getInstance({name}); }} }}\n"
    )
    assert families(tmp_path, {"A.java": text}) == {"A.java:2": ["SM3"]}


CERTIFICATE = """from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
def certificate(key, sign_key=None):
    return x509.CertificateBuilder().sign(private_key=sign_key or key, algorithm=hashes.SHA256())
def own():
    return certificate(rsa.generate_private_key(65537, 2048))
"""


def test_key_when_one_of_two_may_sign_then_the_one_that_callers_give_is_told(tmp_path: Path) -> None:
    assert families(tmp_path, {"authority.py": CERTIFICATE})["authority.py:5"] == ["RSASSA-PKCS1"]


def test_check_when_it_is_only_an_attribute_of_a_class_then_it_is_no_setting_of_a_call(
    tmp_path: Path,
) -> None:
    store = "import requests\nclass Store:\n    verify = False\n    def get(self, url):\n"
    call = "        return requests.get(url, verify=False)\n"
    assert families(tmp_path, {"store.py": store + call}) == {"store.py:5": ["TLS"]}


def test_variable_of_a_loop_when_its_list_is_written_then_every_name_reaches_the_call(tmp_path: Path) -> None:
    python = "import hashlib\ndigests = [hashlib.new(name) for name in ['md5', 'sha1']]\n"
    php = "<?php\nforeach (['md5', 'sha256'] as $name) {\n  hash($name, $x);\n}\n"
    assert families(tmp_path, {"digests.py": python, "digests.php": php}) == {
        "digests.py:2": ["MD5", "SHA-1"],
        "digests.php:3": ["MD5", "SHA-2"],
    }


def test_type_when_another_function_calls_its_own_key_like_a_parameter_then_it_says_nothing(
    tmp_path: Path,
) -> None:
    keys = """from cryptography.hazmat.primitives.asymmetric import ed25519
def own():
    key = ed25519.Ed25519PrivateKey.generate()
def other(key, data):
    return key.sign(data)
"""
    assert set(families(tmp_path, {"keys.py": keys})) == {"keys.py:3"}


def test_nameless_function_when_called_for_each_element_then_all_reach_the_call(
    tmp_path: Path,
) -> None:
    script = """const crypto = require('crypto')
const digests = ['sha1', 'md5'].map(name => crypto.createHash(name).update(x).digest('hex'))
"""
    assert families(tmp_path, {"digests.js": script}) == {"digests.js:2": ["MD5", "SHA-1"]}


def test_parameter_when_three_calls_hand_it_on_then_the_constant_reaches_the_call(tmp_path: Path) -> None:
    sign = """import javax.crypto.Mac;
class Sign {
  private static final String METHOD = "HmacSHA256";
  private static Mac day(String method) throws Exception { return Mac.getInstance(method); }
  private static Mac region(String method) throws Exception { return day(method); }
  private static Mac product(String method) throws Exception { return region(method); }
  static Mac sign() throws Exception { return product(METHOD); }
}
"""
    assert families(tmp_path, {"Sign.java": sign}) == {"Sign.java:4": ["HMAC"]}


def test_constant_of_php_when_another_file_declares_it_outside_of_classes_then_reaches_the_call(
    tmp_path: Path,
) -> None:
    token = "<?php\nnamespace App;\nclass Token { function f($x) { return hash(TOKEN_DIGEST, $x); } }\n"
    constants = "<?php\nconst TOKEN_LENGTH = 8;\nconst TOKEN_DIGEST = 'sha512';\n"
    assert families(tmp_path, {"Token.php": token, "constants.php": constants}) == {"Token.php:3": ["SHA-2"]}


def test_switch_when_spring_fills_its_field_then_its_usual_value_is_not_all_that_it_may_be(
    tmp_path: Path,
) -> None:
    admin = """import org.apache.pulsar.client.api.PulsarClient;
class Admin {
  @Value("${broker.insecure:false}")
  private Boolean insecure;
  Object f() throws Exception {
    return PulsarClient.builder()
        .allowTlsInsecureConnection(insecure);
  }
}
"""
    assert "Admin.java:7" in families(tmp_path, {"Admin.java": admin})


@pytest.mark.parametrize(
    ("own", "code", "use", "found"),
    [
        (
            "own/h.py",
            'import hashlib\ndef sums(path, algo="sha1"):\n    return hashlib.new(algo, path)\n',
            ("test_h.py", 'from own.h import sums\nsums("x", algo="sha512")\nsums("y", "md5")\n'),
            {"own/h.py:3": ["MD5", "SHA-1", "SHA-2"]},
        ),
        (
            "own/h.php",
            '<?php\nclass H { static function sums($d, $algo = "sha1") { return hash($algo, $d); } }\n',
            ("test.php", '<?php\nH::sums("x", "md5");\n'),
            {"own/h.php:2": ["MD5", "SHA-1"]},
        ),
    ],
)
def test_parameter_when_it_has_a_default_then_what_other_files_give_counts_beside_it(
    tmp_path: Path, own: str, code: str, use: tuple[str, str], found: dict[str, list[str]]
) -> None:
    assert families(tmp_path, {own: code, use[0]: use[1]}) == found


def test_suites_when_given_as_texts_then_are_none_of_a_library(tmp_path: Path) -> None:
    settings = """package m
import (
	"crypto/tls"
	"example.org/configuration"
)
type own struct { cipherSuites []string }
func f(c own, known []uint16) {
	s := &configuration.Configuration{}
	s.HTTP.TLS.CipherSuites = c.cipherSuites
	t := &tls.Config{}
	t.CipherSuites = known
}
"""
    assert families(tmp_path, {"settings.go": settings}) == {"settings.go:11": ["TLS"]}


def test_template_of_blade_when_it_echoes_or_holds_php_then_that_is_told(tmp_path: Path) -> None:
    page = """@php
    $a = md5($b);
@endphp
<a title="md5($b)" href="{{ sha1($b) }}">{!! hash('sha512', $b) !!}</a>
<p>@{{ md5(b) }} {{-- md5($b) --}}</p>
<?php if ($b): ?>{{ hash('sha256', $b) }}<?php endif ?>
"""
    assert families(tmp_path, {"page.blade.php": page}) == {
        "page.blade.php:2": ["MD5"],
        "page.blade.php:4": ["SHA-1", "SHA-2"],
        "page.blade.php:6": ["SHA-2"],
    }


def test_unverified_client_when_an_object_of_an_own_class_gives_it_then_only_the_library_s_is_told(
    tmp_path: Path,
) -> None:
    own = "class Network:\n    def get_client(self, verify): return verify\n"
    use = """import httpx
from net.work import Network
def f(other):
    network = Network()
    network.get_client(verify=False)
    other.get_client(verify=False)
"""
    files = {"net/__init__.py": "", "net/work.py": own, "use.py": use}
    assert families(tmp_path, files) == {"use.py:6": ["TLS"]}


def test_verifier_when_a_variable_of_an_own_type_then_counts_where_it_agrees(tmp_path: Path) -> None:
    rust = """use rustls::client::danger::{ServerCertVerified, ServerCertVerifier};
struct Any;
impl ServerCertVerifier for Any {
  fn verify_server_cert(&self, c: &C) -> Result<ServerCertVerified, Error> {
    Ok(ServerCertVerified::assertion())
  }
}
fn f(b: B) {
  let verifier = Arc::new(Any);
  b.dangerous().with_custom_certificate_verifier(verifier);
}
"""
    assert families(tmp_path, {"tls.rs": rust}) == {"tls.rs:4": ["TLS"]}


def test_command_when_in_a_component_of_a_page_then_is_a_text_for_people(tmp_path: Path) -> None:
    command = "const content = `curl -u ${user} -k ${url}/api`;\n"
    files = {"Show.vue": f"<script>\n{command}</script>\n", "send.js": f"{command}execSync(content);\n"}
    assert families(tmp_path, files) == {"send.js:1": ["TLS"]}
