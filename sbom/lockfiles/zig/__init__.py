"""Files of Zig."""
