"""`chainatlas sbom-verify`: check a signed attestation of a bill of materials."""

import shlex
from pathlib import Path

import click

from pipelines.cli._messages import message
from pipelines.cli._terminal import printable, say_next


@click.command(
    short_help="Check the signature of a bill of materials.",
    epilog="\b\nExample:\n  chainatlas sbom-verify shop.intoto.json --key key.pub --bom shop.cdx.json",
)
@click.argument("envelope", type=click.Path(path_type=Path))
@click.option("--key", type=click.Path(path_type=Path), required=True, help="Public key in PEM.")
@click.option("--bom", type=click.Path(path_type=Path), help="File that must be what was signed.")
@click.pass_context
def command(ctx: click.Context, envelope: Path, key: Path, bom: Path | None) -> None:
    """Check that the key signed ENVELOPE, and print what it vouches for.

    Exit code 1 if it did not, or if the file of --bom is another one than was signed.
    """
    import hashlib

    from pipelines.cli._files import read_small
    from sbom.attestation import load_public_key, verify_envelope
    from sbom.imports import read_bom_file

    verified = verify_envelope(read_bom_file(envelope), load_public_key(read_small(key)))
    if verified is None:
        click.echo(printable(message("{file}: not signed by this key", file=envelope)), err=True)
        ctx.exit(1)
    for name, digests in verified.subjects:
        for algorithm, digest in digests.items():
            click.echo(printable(f"{name} {algorithm}:{digest}"))
    if bom is not None:
        digest = hashlib.sha256(read_bom_file(bom)).hexdigest()
        if all(digest != digests.get("sha256") for _, digests in verified.subjects):
            click.echo(printable(message("{file}: not the file that was signed", file=bom)), err=True)
            ctx.exit(1)
    click.echo(message("signature is valid"))
    shown = "FILE" if bom is None else shlex.quote(str(bom))
    say_next(f"chainatlas audit --bom {shown} --advisories DIR", "what is known to be vulnerable in it")
