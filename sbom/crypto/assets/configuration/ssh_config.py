"""OpenSSH: ciphers, MACs, key exchanges and host keys of `sshd_config` and `ssh_config`."""

from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.configuration import directives, writing
from sbom.crypto.assets.findings import AssetFile, AssetFindings, Setting
from sbom.crypto.model import AssetType


def _protocol(findings: AssetFindings, at: Setting, value: str) -> None:
    for version in writing.words(value):
        if version in ("1", "2"):
            findings.occurrence(
                at,
                asset_type=AssetType.PROTOCOL,
                protocol="SSH",
                protocol_version=f"{version}.0",
                findings=("old-protocol",) if version == "1" else (),
            )


_LISTS = (
    "Ciphers",
    "MACs",
    "KexAlgorithms",
    "HostKeyAlgorithms",
    "PubkeyAcceptedAlgorithms",
    "PubkeyAcceptedKeyTypes",
    "HostbasedAcceptedAlgorithms",
    "HostbasedAcceptedKeyTypes",
    "CASignatureAlgorithms",
)
_TABLE: dict[str, directives.Writer] = dict.fromkeys(_LISTS, writing.write_ssh_algorithms)
_TABLE["Protocol"] = _protocol


def parse(file: AssetFile, findings: AssetFindings) -> None:
    directives.write_directives(file.text, _TABLE, "OpenSSH", findings)


FORMAT = AssetFormat(
    name="ssh-config",
    version="1",
    parse=parse,
    globs=(
        *("sshd_config", "sshd_config.*", "*sshd_config*", "ssh_config", "ssh_config.*", "*ssh_config*"),
        *("*/sshd_config.d/*", "*/ssh_config.d/*", "*/.ssh/config", ".ssh/config"),
    ),
    title="OpenSSH configuration",
)
