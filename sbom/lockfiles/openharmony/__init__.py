"""Files of OpenHarmony."""
