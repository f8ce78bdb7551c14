"""What a repository implements itself, and keys and options that stand away from the call they belong to."""

from pathlib import Path

import pytest

from sbom.crypto.model import CryptoOccurrence
from sbom.crypto.scan import scan_crypto


def rows_of(folder: Path, files: dict[str, str]) -> tuple[CryptoOccurrence, ...]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return scan_crypto(folder).occurrences


@pytest.mark.parametrize(
    ("own", "use", "families"),
    [
        (
            "cn/hutool/crypto/SmUtil.java",
            "import cn.hutool.crypto.SmUtil; class U { Object f() { return SmUtil.sm2(); } }",
            ["SM2"],
        ),
        (
            "org/springframework/util/DigestUtils.java",
            "import org.springframework.util.DigestUtils; class U { Object h = DigestUtils.md5Digest(b); }",
            [],
        ),
        (
            "org/other/Hash.java",
            "import org.springframework.util.DigestUtils; class U { Object h = DigestUtils.md5Digest(b); }",
            ["MD5"],
        ),
    ],
)
def test_own_class_when_called_then_counts_only_in_libraries_of_cryptography(
    tmp_path: Path, own: str, use: str, families: list[str]
) -> None:
    found = rows_of(tmp_path, {f"src/main/java/{own}": "class Own {}", "src/test/java/U.java": use})
    assert [row.family for row in found] == families


def test_hash_of_c_when_the_repository_holds_its_file_then_is_its_own(tmp_path: Path) -> None:
    use = '#include "md5.h"\nvoid f(void) { MD5Init(&c); }\n'
    assert [row.family for row in rows_of(tmp_path, {"use.c": use, "sha1.c": "int x;\n"})] == ["MD5"]
    assert rows_of(tmp_path, {"use.c": use, "src/md5.c": "int x;\n"}) == ()


def test_key_when_another_class_holds_its_text_then_is_static_and_has_its_length(tmp_path: Path) -> None:
    use = """
import javax.crypto.spec.SecretKeySpec;
class Use {
    private static final String KEY = Keys.secret;
    Object f() { return new SecretKeySpec(KEY.getBytes(), "AES"); }
}
"""
    keys = 'class Keys { public static String secret = "1234567890abcdef"; }'
    (row,) = rows_of(tmp_path, {"Use.java": use, "Keys.java": keys})
    assert (row.key_size, row.findings) == (128, ("static-key",))
    (row,) = rows_of(tmp_path, {"Use.java": use, "Keys.java": keys.replace('"1234567890abcdef"', "read()")})
    assert (row.key_size, row.findings) == (None, ())


@pytest.mark.parametrize(
    ("options", "mode"),
    [
        ("this.options", "ecb"),
        ("this.made()", "ecb"),
        ("given", None),
        ("{ iv }", "cbc"),
    ],
)
def test_options_when_a_getter_gives_them_then_tell_the_mode_and_unknown_ones_leave_none(
    tmp_path: Path, options: str, mode: str | None
) -> None:
    code = f"""
import CryptoJS from 'crypto-js'
class Box {{
  get options() {{ return {{ mode: CryptoJS.mode.ECB, iv: this.iv }} }}
  made() {{ return {{ mode: CryptoJS.mode.ECB }} }}
  seal(text, key, iv, given) {{ return CryptoJS.AES.encrypt(text, key, {options}) }}
}}
"""
    assert [row.mode for row in rows_of(tmp_path, {"box.js": code})] == [mode]


@pytest.mark.parametrize(
    ("name", "code", "line"),
    [
        (
            "a.js",
            "const crypto = require('crypto');\ncrypto\n  // key\n  .createHmac('sha1', k);\n",
            2,
        ),
        ("a.py", "import hashlib\nx = (hashlib\n     # of the name\n     .sha1(b'x'))\n", 2),
        (
            "A.java",
            "import io.jsonwebtoken.Jwts;\nclass A { Object a = Jwts.builder()\n  /* who */\n"
            "  .signWith(SignatureAlgorithm.HS256, k); }\n",
            4,
        ),
    ],
)
def test_chain_when_comments_stand_in_it_then_it_is_read_as_without_them(
    tmp_path: Path, name: str, code: str, line: int
) -> None:
    rows = rows_of(tmp_path, {name: code})
    assert len(rows) == 1
    assert rows[0].line == line


MACRO = """#include <curl/curl.h>
#define SET(option, value)                             \\
    do {                                               \\
        int code = curl_easy_setopt(c, option, value); \\
        if (code) return code;                         \\
    } while (0)
int f(CURL *c) {
    SET(CURLOPT_URL, "x");
    SET(CURLOPT_SSL_VERIFYPEER, %s);
}
"""


@pytest.mark.parametrize(("value", "lines"), [("0L", [9]), ("1L", [])])
def test_macro_when_it_hands_on_to_a_library_then_its_use_is_the_call(
    tmp_path: Path, value: str, lines: list[int]
) -> None:
    assert [row.line for row in rows_of(tmp_path, {"a.c": MACRO % value})] == lines


def test_setting_when_it_is_of_an_own_struct_in_go_then_it_is_none(tmp_path: Path) -> None:
    code = """package a
import "crypto/tls"
func f(s *store, c *Client, cfg *tls.Config) {
\ts.Web.InsecureSkipVerify = true
\tc.tlsConfig.InsecureSkipVerify = true
\tcfg.InsecureSkipVerify = true
}
"""
    assert [row.line for row in rows_of(tmp_path, {"a.go": code})] == [5, 6]


def test_setting_when_it_is_a_variable_of_an_own_package_in_go_then_it_is_none(tmp_path: Path) -> None:
    own = 'package api\nimport "crypto/tls"\nvar InsecureSkipVerify bool\n'
    own += "var c = tls.Config{InsecureSkipVerify: InsecureSkipVerify}\n"
    use = 'package main\nimport "example.com/a/api"\nfunc f(skip bool) { api.InsecureSkipVerify = skip }\n'
    files = {"go.mod": "module example.com/a\n", "api/api.go": own, "main.go": use}
    assert [(row.path, row.line) for row in rows_of(tmp_path, files)] == [("api/api.go", 4)]


@pytest.mark.parametrize(
    "body",
    [
        "func f(h *T) { if h.TLS == nil { h.TLS = new(TLSConfig) }; h.TLS.InsecureSkipVerify = true }",
        "func f() { p := new(policy.Policy); p.CipherSuites = append(p.CipherSuites, name) }",
        "func f(all []policy.Policy) { all[0].CipherSuites = all[1].CipherSuites }",
    ],
)
def test_setting_when_its_struct_is_made_or_declared_as_an_own_one_in_go_then_it_is_none(
    tmp_path: Path, body: str
) -> None:
    use = f'package m\nimport ("crypto/tls"; "example.org/a/policy")\nvar c tls.Config\n{body}\n'
    assert rows_of(tmp_path, {"go.mod": "module example.org/a\n", "use.go": use}) == ()
    others = use.replace("new(TLSConfig)", "new(tls.Config)").replace("example.org/a/", "example.org/b/")
    assert [row.protocol for row in rows_of(tmp_path, {"use.go": others})] == ["TLS"]


@pytest.mark.parametrize(
    ("use", "families"),
    [
        ("use store::{blake3, rand};\nfn f() { blake3::Hasher::new(); }\n", ["BLAKE3"]),
        ("use glue::sha2::Sha256;\nfn f() { Sha256::new(); }\n", ["SHA-2"]),
        ("fn f() { glue::sha2::Sha256::digest(b); }\n", ["SHA-2"]),
        ("use crate::sha2::Sha256;\nfn f() { Sha256::new(); }\n", []),
    ],
)
def test_crate_of_rust_when_another_one_hands_it_on_then_is_that_crate(
    tmp_path: Path, use: str, families: list[str]
) -> None:
    assert [row.family for row in rows_of(tmp_path, {"use.rs": use})] == families


OWN_CLIENT = "class Client:\n    verify = True\n"
OWN_OBJECT = "import requests\nfrom perceval.backends.client import Client\nc = Client()\nc.verify = False\n"
SESSION = "import requests\ns = requests.Session()\ns.verify = False\n"


@pytest.mark.parametrize(
    ("name", "code", "lines"),
    [
        ("a.py", OWN_OBJECT, []),
        ("a.py", f"{OWN_OBJECT}Client(verify_tls=False)\n", []),
        ("a.py", SESSION, [3]),
        ("a.py", "import requests\nclass A:\n    def f(self):\n        self.verify = False\n", []),
        (
            "a.py",
            "import requests\nclass A(requests.Session):\n    def f(self):\n        self.verify = False\n",
            [4],
        ),
        ("a.py", 'options = load()\noptions["verify"] = False\n', []),
        ("a.py", 'import requests\noptions["verify"] = False\nrequests.get(u, **options)\n', [2]),
        ("a.rb", "require 'net/http'\nclass A\n  def f\n    self.verify_mode = mode\n  end\nend\n", []),
        ("a.rb", "require 'net/http'\nh = Net::HTTP.new(a)\nh.verify_mode = mode\n", [3]),
        (
            "a.rb",
            "module Net\n  class HTTP\n  end\nend\nh = Net::HTTP.new(a)\nh.verify_mode = mode\n",
            [6],
        ),
        ("a.rb", "class Sponge\nend\ns = Sponge.new\ns.ssl_verify = false\n", []),
        ("a.rb", "source.verify_peer = false\n", []),
        ("a.rb", "Bunny.new(u, verify_peer: false)\n", [1]),
    ],
)
def test_setting_when_the_object_is_own_or_no_library_is_named_then_counts_not(
    tmp_path: Path, name: str, code: str, lines: list[int]
) -> None:
    found = rows_of(tmp_path, {"perceval/backends/client.py": OWN_CLIENT, name: code})
    assert [row.line for row in found] == lines


def test_switch_of_go_when_a_copy_of_an_own_struct_has_it_then_counts_not(tmp_path: Path) -> None:
    code = """package a
import "crypto/tls"
type Config struct { InsecureSkipVerify bool }
func f(config *Config, settings *tls.Config) {
	c := *config
	c.InsecureSkipVerify = true
	t := &tls.Config{}
	t.InsecureSkipVerify = true
}
"""
    assert [row.line for row in rows_of(tmp_path, {"a.go": code})] == [8]


@pytest.mark.parametrize(
    ("use", "families"),
    [
        ("boolean f(String s) { return KNOWN.contains(s); }", []),
        ("void f(Server s) { s.setHostKeyAlgorithms(KNOWN); }", ["RSASSA-PKCS1", "DSA"]),
    ],
)
def test_list_of_names_when_it_is_only_asked_for_what_it_holds_then_uses_nothing(
    tmp_path: Path, use: str, families: list[str]
) -> None:
    names = 'static final Set<String> KNOWN = Set.of("ssh-rsa", "ssh-dss");'
    found = rows_of(tmp_path, {"A.java": f"import java.util.Set; class A {{ {names} {use} }}"})
    assert [row.family for row in found] == families


def test_case_of_c_when_it_names_a_protocol_then_is_compared_with(tmp_path: Path) -> None:
    code = "#include <QSslSocket>\nint f(int p) { switch (p) { case QSsl::TlsV1_2: return 1; } return 0; }\n"
    assert rows_of(tmp_path, {"a.cpp": code}) == ()


MACROS = """#include <openssl/evp.h>
#define ENCRYPT(d, k) \\
    do { \\
        EVP_EncryptInit_ex(c, EVP_aes_128_ecb(), NULL, k, NULL); \\
        more(); \\
    } while (0)
#define START(c, md) { EVP_DigestInit_ex(c, md, NULL); }
#define DIGEST(c, md) { EVP_DigestInit(c, md); }
int f(void) { ENCRYPT(a, b); DIGEST(c, EVP_sha256()); return 0; }
"""


def test_macro_of_statements_when_it_calls_a_library_then_its_own_line_is_told(tmp_path: Path) -> None:
    found = rows_of(tmp_path, {"a.c": MACROS})
    assert [(row.line, row.family, row.mode) for row in found if row.family] == [
        (4, "AES", "ecb"),
        (9, "SHA-2", None),
    ]


def test_name_of_a_command_when_it_has_no_option_then_is_no_command(tmp_path: Path) -> None:
    code = """package a
import "os/exec"
func f() {
	Register("htpasswd", make)
	exec.Command("htpasswd", "-nbB", user, text)
}
"""
    assert [(row.line, row.family) for row in rows_of(tmp_path, {"a.go": code})] == [(5, "bcrypt")]
