"""Policies: the packaged ones, how a site is judged, what is wrong with a file."""

import json
from importlib.resources import files
from typing import get_args

import pytest

from sbom.crypto.policy import CryptoPolicyError, Site, Verdict, judge, load_effort, load_policies
from sbom.crypto.tls_suites import find_suite
from sbom.crypto.verdicts import verdict_severities

MINE = """
policy: mine
name: {en: Mine, zh: 我的}
rules:
  - {id: no-aes, when: {families: [AES]}, verdict: weak, why: {en: never, zh: 否}, source: us}
"""


def verdicts(policy, **site):
    return {rule.verdict for found, rule in judge(Site(**site), load_policies()) if found.policy == policy}


@pytest.mark.parametrize(
    ("site", "international", "national"),
    [
        ({"family": "MD5", "primitive": "hash"}, {"weak"}, {"weak", "international"}),
        ({"family": "SHA-2", "primitive": "hash", "algorithm": "SHA-256"}, set(), {"international"}),
        ({"family": "SM3", "primitive": "hash"}, {"not-approved"}, {"national"}),
        ({"family": "HMAC", "primitive": "mac", "digest": "SM3"}, set(), {"national"}),
        ({"family": "RSA", "primitive": "pke", "key_size": 1024}, {"weak", "quantum-vulnerable"},
         {"weak", "quantum-vulnerable", "international"}),
        ({"family": "RSA", "primitive": "pke", "key_size": 2048}, {"deprecated", "quantum-vulnerable"},
         {"quantum-vulnerable", "international"}),
        ({"family": "RSA", "primitive": "pke"}, {"quantum-vulnerable"},
         {"quantum-vulnerable", "international"}),
        ({"family": "RSASSA-PKCS1", "primitive": "signature", "digest": "SHA-1"},
         {"weak", "quantum-vulnerable"},
         {"weak", "quantum-vulnerable", "international"}),
        ({"family": "SM2", "primitive": "signature", "key_size": 256}, {"quantum-vulnerable", "not-approved"},
         {"national", "quantum-vulnerable"}),
        ({"family": "ML-KEM", "primitive": "kem"}, {"post-quantum"}, {"post-quantum", "international"}),
        ({"family": "SM4", "primitive": "block-cipher", "mode": "ecb"}, {"deprecated", "not-approved"},
         {"national", "weak"}),
        ({"protocol": "TLS", "protocol_version": "1.0"}, {"weak"}, {"weak"}),
        ({"protocol": "TLS", "protocol_version": "1.3"}, set(), set()),
        ({"protocol": "TLCP", "protocol_version": "1.1"}, set(), {"national"}),
        ({"primitive": "block-cipher"}, set(), set()),
    ],
)  # fmt: skip
def test_site_when_judged_then_it_stands_as_the_standards_say(site, international, national):
    assert verdicts("international", **site) == international
    assert verdicts("national", **site) == national


def test_rules_when_read_then_each_cites_a_source_and_names_known_families():
    registry = files("cyclonedx.schema") / "_res" / "cryptography-defs.SNAPSHOT.schema.json"
    known = set(json.loads(registry.read_text("utf-8"))["definitions"]["algorithmFamiliesEnum"]["enum"])
    known |= {"RSA", "EC", "SM1", "SM7", "FN-DSA", "HQC", "FrodoKEM", "JKS", "sntrup761"}
    for policy in load_policies():
        for rule in (*policy.rules, *policy.replacements):
            assert rule.source, rule.id
            assert {*rule.when.families, *rule.when.not_families} <= known, rule.id


def test_policy_when_added_as_a_file_then_it_judges_beside_the_packaged_ones(tmp_path):
    (tmp_path / "mine.yaml").write_text(MINE, "utf-8")
    policies = load_policies([tmp_path])
    assert [(p.policy, rule.id) for p, rule in judge(Site(family="AES"), policies)] == [("mine", "no-aes")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (MINE.replace("weak", "terrible"), "rules.0.verdict"),
        (MINE.replace("families", "familys"), "rules.0.when.familys"),
        (MINE.replace(", source: us", ""), "rules.0.source"),
        (MINE + MINE.split("rules:\n")[1], "two rules are named no-aes"),
        ("policy: [", "not YAML"),
    ],
)
def test_policy_when_wrong_then_the_message_names_file_and_place(tmp_path, text, message):
    (tmp_path / "mine.yaml").write_text(text, "utf-8")
    with pytest.raises(CryptoPolicyError, match=r"mine\.yaml") as raised:
        load_policies([tmp_path])
    assert message in str(raised.value)


def test_policies_when_the_folder_is_empty_then_it_is_an_error(tmp_path):
    with pytest.raises(CryptoPolicyError, match="no policy here"):
        load_policies([tmp_path])


def test_effort_when_read_then_every_kind_of_work_has_a_factor_and_the_last_class_is_open():
    effort = load_effort()
    works = {rule.work for policy in load_policies() for rule in policy.replacements}
    assert works <= effort.factors.keys()
    assert effort.classes[-1].points is None


@pytest.mark.parametrize(
    ("name", "iana", "protocol"),
    [
        ("ECC_SM4_CBC_SM3", "TLS_ECC_SM4_CBC_SM3", "TLCP"),
        ("TLCP_ECDHE_SM4_GCM_SM3", "TLS_ECDHE_SM4_GCM_SM3", "TLCP"),
        ("ECDHE-SM2-SM4-CBC-SM3", "TLS_ECDHE_SM4_CBC_SM3", "TLCP"),
        ("TLS_SM4_GCM_SM3", "TLS_SM4_GCM_SM3", "TLS"),
        ("ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS"),
        ("SSL_RSA_WITH_RC4_128_MD5", "TLS_RSA_WITH_RC4_128_MD5", "TLS"),
        ("tls_aes_256_gcm_sha384", "TLS_AES_256_GCM_SHA384", "TLS"),
    ],
)
def test_suite_when_spelled_as_by_iana_openssl_jsse_or_tlcp_then_it_is_found(name, iana, protocol):
    suite = find_suite(name)
    assert (suite.name, suite.protocol) == (iana, protocol)


def test_verdicts_when_their_severities_are_read_then_each_has_one() -> None:
    assert set(verdict_severities()) == set(get_args(Verdict))
    assert set(verdict_severities().values()) == {"low", "medium", "high"}
