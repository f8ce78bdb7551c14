"""How Sphinx builds the documentation: `sphinx-build -W docs FOLDER`. Works without network."""

project = "chainatlas 链图"
author = copyright = "The chainatlas authors"
extensions = ["myst_parser"]
exclude_patterns = ["requirements.lock", "images/*.md"]
html_theme = "furo"
html_title = "chainatlas 链图"
myst_heading_anchors = 4
suppress_warnings = ["misc.highlighting_failure"]  # examples that are cut short on purpose
