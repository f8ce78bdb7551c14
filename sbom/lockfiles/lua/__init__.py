"""Files of Lua."""
