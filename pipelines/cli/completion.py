"""`chainatlas completion`: complete commands and options in a shell."""

import click


@click.command(
    short_help="Let a shell complete commands and options.",
    epilog='\b\nExample:\n  eval "$(chainatlas completion bash)"',
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script by which SHELL completes the commands and options of `chainatlas`.

    \b
    bash   echo 'eval "$(chainatlas completion bash)"' >> ~/.bashrc
    zsh    echo 'eval "$(chainatlas completion zsh)"' >> ~/.zshrc
    fish   chainatlas completion fish > ~/.config/fish/completions/chainatlas.fish
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None, "click knows all three"
    click.echo(found(ctx.find_root().command, {}, "chainatlas", "_CHAINATLAS_COMPLETE").source())
