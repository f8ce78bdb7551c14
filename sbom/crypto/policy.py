"""Policies: which algorithm stands how, and what replaces it; one YAML file each, more can be added as files.

A file names a policy, its rules (when a site is weak, deprecated, national …, each with its source) and its
replacements (what takes the place of what, with hybrid options and the kind of work). `effort.yaml` turns
sites into an effort class.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from sbom.crypto.model import CryptoOccurrence
from sbom.crypto.policy_folder import PACKAGED
from sbom.crypto.providers import provider_tables
from sbom.errors import ScanError

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Verdict = Literal[
    "weak",
    "deprecated",
    "quantum-vulnerable",
    "post-quantum",
    "national",
    "international",
    "not-approved",
    "misuse",
]
"""How a site stands under a rule; a site may be under several."""


class CryptoPolicyError(ScanError):
    """A policy file is wrong; the message names file and place."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Texts(_Part):
    """A sentence in both languages."""

    en: _Text
    zh: _Text


class Condition(_Part):
    """When a rule applies: everything that is named must hold.

    What a use does not state fits no list; it fits `not_digests` and `not_algorithms`, but not
    `not_families`.
    """

    families: list[_Text] = []
    algorithms: list[_Text] = []
    digests: list[_Text] = []
    modes: list[_Text] = []
    primitives: list[_Text] = []
    protocols: list[_Text] = []
    versions: list[_Text] = []
    findings: list[_Text] = []
    not_families: list[_Text] = []
    not_digests: list[_Text] = []
    not_algorithms: list[_Text] = []
    size_from: int | None = None
    """Bits; the rule applies from here on, and only where a size is stated."""
    size_below: int | None = None

    def holds(self, site: "Site") -> bool:
        """Whether a site is under the rule; the models of the warehouse ask the same in SQL."""
        stated = (
            (self.families, site.family),
            (self.algorithms, site.algorithm),
            (self.digests, site.digest),
            (self.modes, site.mode),
            (self.primitives, site.primitive),
            (self.protocols, site.protocol),
            (self.versions, site.protocol_version),
        )
        if any(wanted and value not in wanted for wanted, value in stated):
            return False
        if self.findings and not set(self.findings) & set(site.findings):
            return False
        if self.not_families and (site.family is None or site.family in self.not_families):
            return False
        excluded = (
            (self.not_digests, site.digest),
            (self.not_algorithms, site.algorithm),
        )
        if any(value in unwanted for unwanted, value in excluded):
            return False
        if self.size_from is not None and (site.key_size is None or site.key_size < self.size_from):
            return False
        return self.size_below is None or (site.key_size is not None and site.key_size < self.size_below)


class Rule(_Part):
    """When a site stands how, since when and by which source."""

    id: _Text
    when: Condition
    verdict: Verdict
    deprecated_after: date | None = None
    disallowed_after: date | None = None
    why: Texts
    source: _Text


class Replacement(_Part):
    """What takes the place of what; the first replacement of a policy that fits counts."""

    id: _Text
    when: Condition
    by: Annotated[list[_Text], Field(min_length=1)]
    hybrid: list[_Text] = []
    work: Literal["parameter", "api", "protocol", "data"]
    how: Texts
    source: _Text


class Policy(_Part):
    """One policy file."""

    policy: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
    name: Texts
    rules: Annotated[list[Rule], Field(min_length=1)]
    replacements: list[Replacement] = []


class EffortClass(_Part):
    """An effort class up to a number of points; null = any."""

    effort: _Text
    points: int | None


class Effort(_Part):
    """How sites become an effort class."""

    factors: dict[str, int]
    classes: Annotated[list[EffortClass], Field(min_length=1)]
    libraries: dict[str, list[_Text]]
    """Packages (purl without version) that provide the replacements, by language."""


@dataclass(frozen=True, slots=True)
class Site:
    """What a policy looks at; what is not stated is null."""

    family: str | None = None
    algorithm: str | None = None
    mode: str | None = None
    key_size: int | None = None
    digest: str | None = None
    primitive: str | None = None
    protocol: str | None = None
    protocol_version: str | None = None
    findings: tuple[str, ...] = ()


def site_of(occurrence: CryptoOccurrence) -> Site:
    """An occurrence as policies look at it."""
    return Site(
        occurrence.family,
        occurrence.algorithm,
        occurrence.mode,
        occurrence.key_size,
        occurrence.digest,
        occurrence.primitive,
        occurrence.protocol,
        occurrence.protocol_version,
        occurrence.findings,
    )


def load_policies(folders: Iterable[Path] = (PACKAGED,)) -> list[Policy]:
    """The policies of all `*.yaml` files of the folders; of two with the same name the later one holds.

    Raises:
        CryptoPolicyError: a file is no policy.
    """
    found: dict[str, Policy] = {}
    for folder in folders:
        paths = sorted(folder.glob("*.yaml"))
        if not paths:
            raise CryptoPolicyError(f"{folder}: no policy here: expected a folder with .yaml files")
        for path in paths:
            policy = _read(path, Policy)
            _refuse_doubles(path, [rule.id for rule in policy.rules])
            _refuse_doubles(path, [rule.id for rule in policy.replacements])
            found[policy.policy] = policy
    return [found[name] for name in sorted(found)]


@cache
def load_effort() -> Effort:
    """Factors and classes of effort."""
    effort: Effort = _read(PACKAGED.with_name("effort.yaml"), Effort)
    return effort


def judge(site: Site, policies: Sequence[Policy]) -> list[tuple[Policy, Rule]]:
    """Every rule that a site is under."""
    return [(policy, rule) for policy in policies for rule in policy.rules if rule.when.holds(site)]


def policy_tables(policies: Collection[Policy]) -> Mapping[str, list[dict[str, Any]]]:
    """The rows of the raw tables that hold policies, efforts and who provides APIs, by the table's name."""
    effort = load_effort()
    rules = [
        {
            "policy": policy.policy,
            "policy_name_en": policy.name.en,
            "policy_name_zh": policy.name.zh,
            "rule": rule.id,
            "verdict": rule.verdict,
            **rule.when.model_dump(),
            "deprecated_after": rule.deprecated_after,
            "disallowed_after": rule.disallowed_after,
            "why_en": rule.why.en,
            "why_zh": rule.why.zh,
            "source": rule.source,
        }
        for policy in policies
        for rule in policy.rules
    ]
    replacements = [
        {
            "policy": policy.policy,
            "replacement": rule.id,
            "rank": rank,
            **rule.when.model_dump(),
            "replaced_by": rule.by,
            "hybrid": rule.hybrid,
            "work": rule.work,
            "factor": effort.factors[rule.work],
            "how_en": rule.how.en,
            "how_zh": rule.how.zh,
            "source": rule.source,
        }
        for policy in policies
        for rank, rule in enumerate(policy.replacements)
    ]
    return {
        "crypto_rule": rules,
        "crypto_replacement": replacements,
        "crypto_effort": [
            {"effort": entry.effort, "points": entry.points, "rank": rank}
            for rank, entry in enumerate(effort.classes)
        ],
        "crypto_replacement_library": [
            {"language": language, "libraries": libraries}
            for language, libraries in sorted(effort.libraries.items())
        ],
        **provider_tables(),
    }


def _refuse_doubles(path: Path, names: Sequence[str]) -> None:
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise CryptoPolicyError(f"{path}: two rules are named {', '.join(doubles)}")


def _read(path: Path, kind: Any) -> Any:
    try:
        return kind.model_validate(yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader))
    except OSError as error:
        raise CryptoPolicyError(f"{path}: cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f":{mark.line + 1}" if mark else ""
        raise CryptoPolicyError(f"{path}{place}: not YAML") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "file"
        raise CryptoPolicyError(f"{path}: {place}: {first['msg']}") from None
