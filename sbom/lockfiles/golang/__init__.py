"""Files of Go."""
