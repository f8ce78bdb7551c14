"""`python -m pipelines.cli` is the command `chainatlas`."""

from pipelines.cli import main

main(prog_name="chainatlas")
