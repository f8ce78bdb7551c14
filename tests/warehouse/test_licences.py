"""Licence texts become SPDX expressions; categories and pairs are those of the data file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.models.security.licences import category, compatibility, normalise, policy


@pytest.mark.parametrize(
    ("text", "expression", "kind"),
    [
        ("MIT", "MIT", "permissive"),
        ("mit", "MIT", "permissive"),
        ("Apache License, Version 2.0", "Apache-2.0", "permissive"),
        ("MulanPSL-2.0", "MulanPSL-2.0", "permissive"),
        ("木兰宽松许可证，第2版", "MulanPSL-2.0", "permissive"),
        ("木兰公共许可证, 第2版", "LicenseRef-scancode-mulanpubl-2.0", "network copyleft"),
        ("(MIT OR GPL-3.0-only)", "MIT OR GPL-3.0-only", "permissive"),
        ("MIT AND GPL-3.0-only", "MIT AND GPL-3.0-only", "strong copyleft"),
        (
            "GPL-2.0-only WITH Classpath-exception-2.0",
            "GPL-2.0-only WITH Classpath-exception-2.0",
            "weak copyleft",
        ),
        ("LGPL-2.1-or-later", "LGPL-2.1-or-later", "weak copyleft"),
        ("AGPL-3.0", "AGPL-3.0-only", "network copyleft"),
        ("SSPL-1.0", "SSPL-1.0", "source available"),
        ("UNLICENSED", "LicenseRef-scancode-proprietary-license", "proprietary"),
        ("Permission is hereby granted", None, "unknown"),
        ("", None, "unknown"),
        ("MIT OR (", None, "unknown"),
        ("A" * 100_000, None, "unknown"),
    ],
)
def test_text_when_normalised_then_has_its_expression_and_category(
    text: str, expression: str | None, kind: str
) -> None:
    assert normalise(text) == expression
    assert category(expression) == kind


@pytest.mark.parametrize(
    ("own", "component", "verdict"),
    [
        ("Apache-2.0", "MIT", "ok"),
        ("Apache-2.0", "LGPL-2.1-only", "ok"),
        ("Apache-2.0", "GPL-2.0-only", "conflict"),
        ("Apache-2.0", "MIT OR GPL-2.0-only", "ok"),
        ("Apache-2.0", "MIT AND GPL-2.0-only", "conflict"),
        ("Apache-2.0 OR GPL-3.0-only", "GPL-3.0-only", "conflict"),
        ("GPL-2.0-only", "Apache-2.0", "conflict"),
        ("GPL-3.0-only", "Apache-2.0", "ok"),
        ("GPL-2.0-only", "GPL-2.0-only", "ok"),
        ("AGPL-3.0-only", "GPL-3.0-only", "ok"),
        ("MulanPSL-2.0", "AGPL-3.0-only", "conflict"),
        ("LicenseRef-scancode-proprietary-license", "LGPL-3.0-only", "check"),
    ],
)
def test_pair_when_judged_then_alternatives_help_and_joined_licences_bind(
    own: str, component: str, verdict: str
) -> None:
    assert compatibility(own, component) == verdict


def test_policy_when_read_then_every_name_in_it_means_something() -> None:
    known = set(policy()["categories"])
    assert set(policy()["licences"].values()) | set(policy()["licensedb"].values()) <= known
    assert set(policy()["by_category"]) <= known
    assert {name for row in policy()["by_category"].values() for name in row} <= known
    named = [*policy()["licences"], *policy()["aliases"].values(), *policy()["by_licence"]]
    assert [name for name in named if normalise(name) != name] == []


@given(st.text(max_size=60))
def test_text_when_it_is_anything_then_never_raises(text: str) -> None:
    assert category(normalise(text)) in policy()["categories"]
