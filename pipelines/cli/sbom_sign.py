"""`chainatlas sbom-sign`: a signed attestation of a bill of materials."""

from pathlib import Path

import click

from pipelines.cli._terminal import say_next

_PASSWORD = "CHAINATLAS_KEY_PASSWORD"  # noqa: S105  # the name of a variable


@click.command(
    short_help="Sign a bill of materials with a local key.",
    epilog="\b\nExample:\n  openssl genpkey -algorithm ed25519 -out key.pem\n"
    "  openssl pkey -in key.pem -pubout -out key.pub\n"
    "  chainatlas sbom-sign shop.cdx.json --key key.pem -o shop.intoto.json",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", type=click.Path(path_type=Path), required=True, help="Private key in PEM.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="Where to write the envelope; standard output by default.",
)
def command(file: Path, key: Path, output: Path | None) -> None:
    """Wrap the CycloneDX or SPDX document FILE into an in-toto statement, and sign it (DSSE).

    The key is Ed25519, ECDSA on P-256 or P-384, or RSA. The password of an encrypted one is read from the
    environment variable CHAINATLAS_KEY_PASSWORD. Nothing leaves this machine.
    """
    import os

    from pipelines.cli._files import read_small, write_output
    from sbom.attestation import load_private_key, sign_bom
    from sbom.imports import read_bom_file

    password = os.environ.get(_PASSWORD)
    private = load_private_key(read_small(key), password.encode() if password else None)
    write_output(sign_bom(read_bom_file(file), file.name, private), output)
    if output is not None:
        say_next(f"chainatlas sbom-verify {output} --key PUBLIC.pem", "who has the public key can check it")
