"""What runs when, with what: crawl, scan, load, model, publish, report; and the command line."""

WORKSPACE_VARIABLE = "CHAINATLAS_WORKSPACE"
"""Environment variable that names the workspace file or folder where a command names none."""
