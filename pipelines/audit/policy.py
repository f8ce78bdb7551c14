"""The policy: which findings fail a build. TOML or YAML, a section per module of `pipelines.audit.rules`."""

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from pipelines.audit.finding import Violation
from pipelines.audit.rules import RuleSettings, Subject, sections
from pipelines.errors import PolicyError
from pipelines.workspace_problems import FileLines, Location, describe_error
from sbom.lockfiles.toml_lines import TomlLines
from warehouse.yaml_lines import read_document

Lines = Callable[[Location], int]


class _Policy(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def policy_model() -> type[BaseModel]:
    """The whole policy as a pydantic model; its JSON schema is the schema of the file."""
    fields: dict[str, Any] = {
        name: (section.settings, section.settings()) for name, section in sections().items()
    }
    return create_model("Policy", __base__=_Policy, **fields)


def load_policy(path: Path | None) -> BaseModel:
    """Read and check a policy file; the defaults of every section without one.

    Raises:
        PolicyError: everything that is wrong, one line each: `policy.toml:LINE: what, and what to do`.
    """
    model = policy_model()
    if path is None:
        return model()
    document, line = _read_yaml(path) if path.suffix in (".yaml", ".yml") else _read_toml(path)
    try:
        return model.model_validate(document)
    except ValidationError as error:
        problems = [describe_error(detail, model) for detail in error.errors(include_url=False)]
        located = sorted({(line(location), message) for location, message in problems})
        raise PolicyError("\n".join(f"{path}:{number}: {text}" for number, text in located)) from None


def asks_for_crypto(policy: BaseModel) -> bool:
    """Whether the policy judges cryptography, which must be looked for in the source then."""
    return bool(policy.crypto.verdicts)  # type: ignore[attr-defined]  # a field per module of the rules


def judge(subject: Subject, policy: BaseModel) -> tuple[Violation, ...]:
    """All violations of the policy, by place, then rule."""

    def found() -> Iterator[Violation]:
        for name, section in sections().items():
            settings: RuleSettings = getattr(policy, name)
            yield from section.check(subject, settings)

    return tuple(
        sorted(found(), key=lambda v: (v.repo_id, v.path or "", v.line or 0, v.purl or "", v.rule, v.subject))
    )


def _read_toml(path: Path) -> tuple[Any, Lines]:
    try:
        text = path.read_text("utf-8-sig")
        document = tomllib.loads(text)
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise PolicyError(f"{path}: is not UTF-8 text; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{path}: is not TOML: {error}") from None
    return document, FileLines(document, TomlLines(text)).line


def _read_yaml(path: Path) -> tuple[Any, Lines]:
    document, faults = read_document(path)
    if document is None or faults:
        raise PolicyError("\n".join(map(str, faults)))
    found = document
    return found.value, lambda location: found.line(*location)
