"""Files of Julia."""
