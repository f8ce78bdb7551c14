"""Files of PHP."""
