"""Names of algorithms as libraries and standards spell them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sbom.crypto.algorithms import catalogue
from sbom.crypto.catalogue import (
    fold,
    full_name,
    resolve_algorithm,
    resolve_curve,
    resolve_digest,
    resolve_mode,
    resolve_padding,
    resolve_protocol,
)

SPELLINGS = {
    "AES/CBC/PKCS5Padding": ("AES-CBC", "AES", "cbc", "pkcs5", None),
    "aes-256-gcm": ("AES-256-GCM", "AES", "gcm", None, 256),
    "EVP_sm4_cbc": ("SM4-CBC", "SM4", "cbc", None, 128),
    "SM4/CTR/NoPadding": ("SM4-CTR", "SM4", "ctr", "raw", 128),
    "id-aes256-GCM": ("AES-256-GCM", "AES", "gcm", None, 256),
    "DESede": ("3DES", "3DES", None, None, 168),
    "des-ede3-cbc": ("3DES-CBC", "3DES", "cbc", None, 168),
    "bf-cbc": ("Blowfish-CBC", "Blowfish", "cbc", None, None),
    "SHA256withRSA": ("SHA256withRSA", "RSASSA-PKCS1", None, "pkcs1v15", None),
    "rsa-sha256": ("SHA256withRSA", "RSASSA-PKCS1", None, "pkcs1v15", None),
    "SHA256withRSAandMGF1": ("RSASSA-PSS", "RSASSA-PSS", None, "pss", None),
    "ecdsa-with-SHA256": ("SHA256withECDSA", "ECDSA", None, None, None),
    "SM3withSM2": ("SM3withSM2", "SM2", None, None, 256),
    "RSA/ECB/PKCS1Padding": ("RSAES-PKCS1", "RSAES-PKCS1", None, "pkcs1v15", None),
    "RSA/ECB/OAEPWithSHA-256AndMGF1Padding": ("RSAES-OAEP", "RSAES-OAEP", None, "oaep", None),
    "PBEWithMD5AndDES": ("PBEWithMD5AndDES", "PBES1", None, None, 56),
    "PBKDF2WithHmacSHA1": ("PBKDF2-HMAC-SHA1", "PBKDF2", None, None, None),
    "HmacSM3": ("HMAC-SM3", "HMAC", None, None, None),
    "SHA-512/256": ("SHA-512/256", "SHA-2", None, None, None),
    "1.2.156.10197.1.104.2": ("SM4-CBC", "SM4", "cbc", None, 128),
    "1.2.840.113549.1.1.11": ("SHA256withRSA", "RSASSA-PKCS1", None, "pkcs1v15", None),
    "RS256": ("SHA256withRSA", "RSASSA-PKCS1", None, "pkcs1v15", None),
    "A256GCM": ("AES-256-GCM", "AES", "gcm", None, 256),
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": ("AES-128-GCM", "AES", "gcm", None, 128),
    "TLS_AES_256_GCM_SHA384": ("AES-256-GCM", "AES", "gcm", None, 256),
    "ECDHE-RSA-AES256-GCM-SHA384": ("AES-256-GCM", "AES", "gcm", None, 256),
    "ECC-SM2-SM4-CBC-SM3": ("SM4-CBC", "SM4", "cbc", None, 128),
    "SM4_128|ECB|PKCS7": ("SM4-ECB", "SM4", "ecb", "pkcs7", 128),
    "SHA512/224withRSA": ("SHA512/224withRSA", "RSASSA-PKCS1", None, "pkcs1v15", None),
    "SHA256withRSA/PSS": ("RSASSA-PSS", "RSASSA-PSS", None, "pss", None),
    "SHA1withRSA/ISO9796-2": ("SHA1withISO9796-2", "ISO9796-2", None, None, None),
    "RSA/ECB/OAEPWithSHA-512/256AndMGF1Padding": ("RSAES-OAEP", "RSAES-OAEP", None, "oaep", None),
    "PBEWITHSHAAND3-KEYTRIPLEDES-CBC": ("PBEWithSHA1And3DES", "PBES1", None, None, 168),
    "PBEWithHmacSHA512/224AndAES_128": ("PBEWithHmacSHA512/224AndAES", "PBES2", None, None, 128),
    "AES/GCM-SIV/NoPadding": ("AES-GCM-SIV", "AES", "gcm-siv", "raw", None),
    "DESEDEMAC/CFB8": ("3DES-MAC", "3DES", None, None, 168),
    "BLOWFISHCMAC": ("Blowfish-CMAC", "CMAC", None, None, None),
    "AESGMAC": ("AES-GMAC", "AES", "gcm", None, None),
    "X448withSHA512CKDF": ("X448", "ECDH", None, None, 448),
    "ECIESwithSHA256andAES-CBC": ("ECIES", "ECIES", None, None, None),
    "RSA2048|PKCS1|SHA256": ("RSA", "RSA", None, "pkcs1v15", 2048),
}


@pytest.mark.parametrize(("text", "told"), SPELLINGS.items(), ids=SPELLINGS)
def test_algorithm_when_spelled_as_a_library_does_then_is_known(
    text: str, told: tuple[str, str, str | None, str | None, int | None]
) -> None:
    found = resolve_algorithm(text)
    assert found is not None
    assert (full_name(found), found.family, found.mode, found.padding, found.size) == told


@pytest.mark.parametrize("text", ["", "Hello", "AES123456", "MD5andSHA1", "x/y/z", "1.2.3.4.5.6", "|"])
def test_algorithm_when_the_text_names_none_then_is_null(text: str) -> None:
    assert resolve_algorithm(text) is None


def test_curve_when_spelled_by_three_standards_then_is_one() -> None:
    names = ("secp256r1", "prime256v1", "P-256", "1.2.840.10045.3.1.7", "NID_X9_62_prime256v1"[4:])
    assert {resolve_curve(name) for name in names} == {resolve_curve("nist/P-256")}
    assert resolve_curve("P-257") is None


def test_mode_padding_protocol_and_digest_when_spelled_then_are_known() -> None:
    assert (resolve_mode("MODE_CBC"), resolve_mode("SIC"), resolve_mode("none")) == ("cbc", "ctr", None)
    assert (resolve_padding("NoPadding"), resolve_padding("Pkcs7")) == ("raw", "pkcs7")
    assert (resolve_digest("sha1"), resolve_digest("AES")) == ("SHA-1", None)
    version = resolve_protocol("VersionTLS10")
    assert version is not None
    assert (version.protocol, version.version) == ("TLS", "1.0")


def test_catalogue_when_read_then_names_are_unique_and_facts_have_sources() -> None:
    rows = catalogue()
    assert len({row.algorithm for row in rows}) == len(rows) > 120
    assert sum(row.source is None for row in rows) < 10
    assert 0 < sum(row.from_memory for row in rows) < 30


def test_catalogue_when_an_algorithm_is_named_then_resolves_to_its_family() -> None:
    other = {
        row.algorithm: (row.family, found.family)
        for row in catalogue()
        if (found := resolve_algorithm(row.algorithm)) is not None and found.family != row.family
    }
    assert other == {}


@given(st.text(max_size=200))
def test_algorithm_when_given_any_text_then_answers(text: str) -> None:
    found = resolve_algorithm(text)
    assert found is None or found.family


@given(st.sampled_from(["aes-128-cbc", "SM4/GCM/NoPadding", "HmacSHA256", "SHA-512"]), st.randoms())
def test_algorithm_when_case_changes_then_stays_the_same(text: str, random: object) -> None:
    changed = "".join(char.upper() if random.random() < 0.5 else char.lower() for char in text)  # type: ignore[attr-defined]
    assert resolve_algorithm(changed) == resolve_algorithm(text)
    assert fold(changed) == fold(text)
