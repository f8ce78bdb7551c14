"""Package URLs: built once per distinct package, normalised by the reference library.

The one place that decides which purl type stands for which ecosystem. Normalisation per type follows the
purl specification (ECMA-427) through `packageurl-python`.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from packageurl import PackageURL

OHPM_TYPE = "generic"
"""What stands for packages of OpenHarmony's ohpm, for which no purl type is registered."""
HUB_TYPE = "huggingface"
JSR_TYPE = "jsr"
ACTION_TYPE = "githubactions"
HELM_TYPE = "helm"
TERRAFORM_TYPE = "terraform"
ANSIBLE_TYPE = "ansible"
NIM_TYPE = "nim"
BIOCONDUCTOR_TYPE = "bioconductor"
VCPKG_TYPE = "vcpkg"
UNREGISTERED_TYPES = {
    JSR_TYPE: "packages of JSR; the type that JSR's own provenance statements use",
    ACTION_TYPE: "GitHub actions; the type of GitHub's dependency graph and advisories",
    HELM_TYPE: "Helm charts, with the chart repository as qualifier",
    TERRAFORM_TYPE: "Terraform and OpenTofu providers, with the registry as namespace, as Syft does",
    ANSIBLE_TYPE: "Ansible collections and roles, by the candidate list of the purl specification",
    BIOCONDUCTOR_TYPE: "packages of Bioconductor, by the ecosystem of that name in OSV",
    NIM_TYPE: "Nimble packages, by the candidate list of the purl specification",
}
"""purl types that the specification does not have, and why each is used all the same."""
_MODELSCOPE = "modelscope.cn"
_FORGES = {"github.com": "github", "gitlab.com": "gitlab", "bitbucket.org": "bitbucket"}
_REPOSITORY_URL = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]*://(?:[^/@\s]*@)?|[^/@:\s]+@)(?P<host>[A-Za-z0-9.-]+)(?::[0-9]+(?=/))?[:/]+"
    r"(?P<path>[^?#\s]+)"
)
_PLAIN_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_TYPES_THAT_REWRITE_VERSIONS = frozenset({"huggingface", "mlflow", "oci"})
_TYPES_OF_ONE_NAME = frozenset({VCPKG_TYPE})
_TYPES_WITH_OLD_CAPITALS = frozenset({"npm"})
"""purls of these are in lower case, but old packages differ from others by capitals only: JSONStream."""


class Identity(NamedTuple):
    """Normalised type and namespace of a package, its name as registered, and its purl without version."""

    type: str
    namespace: str | None
    name: str
    purl: str


@lru_cache(maxsize=262_144)
def identify(type: str, namespace: str | None, name: str) -> Identity:
    """Normalise a package's coordinates.

    Raises:
        ValueError: the name is empty or the type does not allow these coordinates.
    """
    if not name.strip("/"):
        raise ValueError(f"the name {name!r} is empty")
    if type in _TYPES_OF_ONE_NAME and (namespace or "/" in name):
        raise ValueError(f"a package of {type} has no namespace")
    url = PackageURL(type=type, namespace=namespace or None, name=name)
    own_name = name if url.type in _TYPES_WITH_OLD_CAPITALS and name.lower() == url.name else url.name
    return Identity(url.type, url.namespace, own_name, url.to_string())


def with_version(identity: Identity, version: str | None, qualifiers: Mapping[str, str] | None = None) -> str:
    """The purl of one version, as written apart from percent-encoding; without version if it is null.

    `qualifiers` are those that a type needs to tell packages apart, such as `repository_url`.
    """
    if qualifiers:
        url = PackageURL(
            identity.type, identity.namespace, identity.name, version or None, dict(qualifiers)
        ).to_string()
        # ECMA-427 and its test suite encode the slashes of qualifiers, the library 0.17 does not
        location, mark, written = url.partition("?")
        return f"{location}{mark}{written.replace('/', '%2F')}"
    if not version:
        return identity.purl
    if _PLAIN_VERSION.fullmatch(version) and identity.type not in _TYPES_THAT_REWRITE_VERSIONS:
        return f"{identity.purl}@{version}"
    return _with_encoded_version(identity, version)


@lru_cache(maxsize=65_536)
def _with_encoded_version(identity: Identity, version: str) -> str:
    return PackageURL(identity.type, identity.namespace, identity.name, version).to_string()


def split_npm(name: str) -> tuple[str | None, str]:
    """`@scope/name` → (`@scope`, `name`); `name` → (null, `name`)."""
    if name.startswith("@") and "/" in name:
        scope, _, rest = name.partition("/")
        return scope, rest
    return None, name


def split_path(name: str) -> tuple[str | None, str]:
    """`github.com/owner/name` → (`github.com/owner`, `name`), as Go modules and Composer packages are cut."""
    head, slash, tail = name.rpartition("/")
    return (head if slash else None), tail


def split_repository(url: str) -> tuple[str, str | None, str] | None:
    """Type, namespace and name of a source repository by its URL; null for a relative or local one.

    Forges without a purl type of their own are `pkg:generic/host/owner/name`.
    """
    found = _REPOSITORY_URL.match(url)
    path = found["path"].strip("/").removesuffix(".git") if found else ""
    if found is None or not path:
        return None
    host = found["host"].lower()
    forge = _FORGES.get(host)
    if forge is not None and "/" in path:
        return (forge, *split_path(path))
    return ("generic", *split_path(f"{host}/{path}"))


def split_gitlab_project(host: str, project: str) -> tuple[str, str | None, str]:
    """Type, namespace and name of a project by its path on a GitLab server; one's own are `generic`."""
    path = project.strip("/").removesuffix(".git")
    if host.lower() == "gitlab.com":
        return ("gitlab", *split_path(path))
    return ("generic", *split_path(f"{host.lower()}/{path}"))


def split_action(repository: str) -> tuple[str, str | None, str]:
    """Type, namespace and name of a GitHub action in `owner/name`, whose letter case GitHub ignores.

    `githubactions` is what GitHub's dependency graph and its advisories use; the purl specification has no
    type for actions yet.
    """
    return (ACTION_TYPE, *split_path(repository.lower()))


def split_ohpm(name: str) -> tuple[str, str | None, str]:
    """Type, namespace and name of an OpenHarmony package, `@scope/name` or `name`.

    No type is registered for them: they are `pkg:generic/%40scope/name`, as the taxonomy names them.
    """
    return (OHPM_TYPE, *split_npm(name))


def split_openharmony_component(name: str) -> tuple[str, str | None, str]:
    """Type, namespace and name of a part of the OpenHarmony system, which is named without a scope."""
    return OHPM_TYPE, "openharmony", name


def split_hub_name(hub: str, kind: str, name: str) -> tuple[str, str | None, str]:
    """Type, namespace and name of a `model` or `dataset` on the hub `huggingface` or `modelscope`.

    Data sets of Hugging Face stand below `datasets/`, as in their URLs. ModelScope has no purl type and
    nobody uses one: its models are `pkg:generic/modelscope.cn/owner/name`, as for forges without a type.
    """
    owner, own_name = split_path(name)
    folder = ["datasets"] if kind == "dataset" else []
    if hub == HUB_TYPE:
        return HUB_TYPE, "/".join([*folder, *([owner] if owner else [])]) or None, own_name
    return "generic", "/".join([_MODELSCOPE, *folder, *([owner] if owner else [])]), own_name
