"""What a spreadsheet takes for a formula in a text file; for the pages it is in `site/assets/cells.js`."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How such a text begins (OWASP, CSV injection); it is disarmed by an apostrophe in front."""
