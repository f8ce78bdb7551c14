"""Files of Python."""
