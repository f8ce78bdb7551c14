"""Where the policies that come with the project are; apart from their reader, which takes time to import."""

from pathlib import Path

PACKAGED = Path(__file__).with_name("policies")
"""A folder of YAML files, one for each policy."""
