"""Names of algorithms in lists, options and conditions count at the call that they reach."""

from pathlib import Path

from told_families import families

JOSE = """package m
import (
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)
"""


def test_names_of_jose_when_listed_or_compared_then_the_check_that_they_reach_is_told(tmp_path: Path) -> None:
    known = JOSE + "var known = []jose.SignatureAlgorithm{jose.ES256, jose.HS256}\n"
    table = JOSE + 'var table = map[string]jose.SignatureAlgorithm{"a": jose.PS256}\n'
    check = JOSE + "func check(t string, algs []jose.SignatureAlgorithm) { jwt.ParseSigned(t, algs) }\n"
    caller = JOSE + (
        "func called(c *controller, a jose.SignatureAlgorithm) bool {\n"
        "	check(raw, c.algorithms)\n"
        "	return a == jose.RS256\n"
        "}\n"
        "func made() *controller { algs := known; return &controller{algorithms: algs} }\n"
    )
    files = {"known.go": known, "table.go": table, "check.go": check, "caller.go": caller}
    assert families(tmp_path, files) == {"check.go:6": ["ECDSA", "HMAC"]}


def test_key_and_signer_when_each_names_its_algorithm_then_both_are_told(tmp_path: Path) -> None:
    signer = JOSE + (
        "func sign(key any, alg jose.SignatureAlgorithm) {\n"
        "	k := jose.SigningKey{Key: key, Algorithm: jose.ES256}\n"
        "	jose.NewSigner(k, nil)\n"
        "	jose.NewSigner(jose.SigningKey{Key: key, Algorithm: jose.PS256}, nil)\n"
        "	w := jose.JSONWebKey{Key: key, Algorithm: string(jose.RS256)}\n"
        "	other := jose.SigningKey{Key: key, Algorithm: alg}\n"
        "}\n"
    )
    assert families(tmp_path, {"signer.go": signer}) == {
        "signer.go:7": ["ECDSA"],
        "signer.go:8": ["ECDSA"],
        "signer.go:9": ["RSASSA-PSS"],
        "signer.go:10": ["RSASSA-PKCS1"],
    }


def test_options_and_key_function_when_variables_hold_them_then_the_check_tells_their_algorithms(
    tmp_path: Path,
) -> None:
    check = """package m
import "github.com/golang-jwt/jwt/v5"
func check(t, alg string, any jwt.Keyfunc) {
	options := []jwt.ParserOption{jwt.WithValidMethods([]string{"ES256"})}
	jwt.Parse(t, any, options...)
	keys, err := keysOf(alg)
	jwt.Parse(t, keys)
}
func keysOf(alg string) (jwt.Keyfunc, error) {
	switch alg {
	case "HS256":
		return func(_ *jwt.Token) (any, error) { return []byte(secret), nil }, nil
	case "RS256":
		return func(_ *jwt.Token) (any, error) { return public, nil }, nil
	}
	return nil, unknown
}
"""
    assert families(tmp_path, {"check.go": check}) == {
        "check.go:5": ["ECDSA"],
        "check.go:7": ["HMAC", "RSASSA-PKCS1"],
    }


def test_list_when_made_of_what_passes_a_filter_then_all_that_may_pass_reach_the_call(tmp_path: Path) -> None:
    python = """import jwt
KNOWN = frozenset({"RS256", "ES256"})
def check(token, key, offered):
    safe = [a for a in offered if isinstance(a, str) and a in KNOWN]
    return jwt.decode(token, key, algorithms=safe or list(KNOWN))
def more(token, key):
    return jwt.decode(token, key, algorithms=[*KNOWN, "HS256"])
def renamed(token, key, offered):
    return jwt.decode(token, key, algorithms=[names[a] for a in offered if a in KNOWN])
"""
    script = """import { jwtVerify } from 'jose'
const known = ['PS256', 'EdDSA']
const safe = offered.filter((a) => known.includes(a))
jwtVerify(token, key, { algorithms: safe })
jwtVerify(token, key, { algorithms: [...known, 'HS256'] })
"""
    assert families(tmp_path, {"check.py": python, "check.ts": script}) == {
        "check.py:5": ["ECDSA", "RSASSA-PKCS1"],
        "check.py:7": ["ECDSA", "HMAC", "RSASSA-PKCS1"],
        "check.py:9": [None],
        "check.ts:4": ["EdDSA", "RSASSA-PSS"],
        "check.ts:5": ["EdDSA", "HMAC", "RSASSA-PSS"],
    }


def test_name_when_compared_by_a_method_or_matched_then_is_no_use_of_it(tmp_path: Path) -> None:
    java = """import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
class Check {
  static final Set<JWSAlgorithm> KNOWN = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256);
  boolean is(JWSHeader h) { return h.getAlgorithm().equals(JWSAlgorithm.RS256); }
  Object selector() { return new JWSVerificationKeySelector<>(KNOWN, keys); }
}
"""
    rust = """use jsonwebtoken::Algorithm;
fn name(a: Algorithm) -> u8 { match a { Algorithm::HS256 => 1, _ => 2 } }
"""
    assert families(tmp_path, {"Check.java": java, "name.rs": rust}) == {
        "Check.java:7": ["ECDSA", "RSASSA-PKCS1"]
    }


def test_match_when_its_arms_translate_names_then_all_of_them_reach_the_call(tmp_path: Path) -> None:
    rust = """use jsonwebtoken::{decode, encode, Algorithm, DecodingKey, EncodingKey, Header, Validation};
fn known(name: &str) -> Option<Algorithm> {
  match name { "ES256" => Some(Algorithm::ES256), "PS256" => Some(Algorithm::PS256), _ => None }
}
fn check(t: &str, k: &DecodingKey) {
  let v = Validation::new(known("a").unwrap());
  decode::<Claims>(t, k, &v);
}
fn make(name: &str, c: &Claims, k: &EncodingKey) {
  let algorithm = match name { "HS256" => Algorithm::HS256, _ => Algorithm::RS256 };
  encode(&Header::new(algorithm), c, k);
}
fn other(t: &str) { decode(t); }
"""
    assert families(tmp_path, {"token.rs": rust}) == {
        "token.rs:7": ["ECDSA", "RSASSA-PSS"],
        "token.rs:11": ["HMAC", "RSASSA-PKCS1"],
    }


def test_hash_when_an_option_of_a_signature_then_is_none_by_itself(tmp_path: Path) -> None:
    go = """package a
import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
)
func f(pub ed25519.PublicKey, key ed25519.PrivateKey, r *rsa.PrivateKey) {
	ed25519.VerifyWithOptions(pub, m, sig, &ed25519.Options{Hash: crypto.SHA512})
	o := &ed25519.Options{Hash: crypto.SHA512}
	key.Sign(nil, m, o)
	rsa.SignPSS(nil, r, crypto.SHA256, m, &rsa.PSSOptions{SaltLength: 32, Hash: crypto.SHA256})
}
"""
    assert families(tmp_path, {"sign.go": go}) == {
        "sign.go:8": ["EdDSA"],
        "sign.go:10": ["EdDSA"],
        "sign.go:11": ["RSASSA-PSS"],
    }
