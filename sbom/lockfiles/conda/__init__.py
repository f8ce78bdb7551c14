"""Files of conda and of the tools that use its packages."""
