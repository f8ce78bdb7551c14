"""Properties, INI, TOML and environment files, Spring's `application.properties` among them."""

from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.configuration.key_values import MARKER, pairs_of_lines, write_pair
from sbom.crypto.assets.findings import AssetFile, AssetFindings


def library_of(path: str) -> str:
    """Spring reads `application*` and `bootstrap*`; whose other files are is not known."""
    name = path.lower().rpartition("/")[2]
    return "Spring Boot" if name.startswith(("application", "bootstrap")) else "configuration"


def parse(file: AssetFile, findings: AssetFindings) -> None:
    for pair in pairs_of_lines(file.text, library_of(file.path)):
        write_pair(findings, pair)


FORMAT = AssetFormat(
    name="properties",
    version="2",
    parse=parse,
    globs=("*.properties", "*.ini", "*.toml", ".env", ".env.*", "*.env", "*.conf", "*.cfg", "*.cf", "*.cnf"),
    marker=MARKER,
    title="properties, INI, TOML, env",
)
