"""Files of C and C++, and submodules."""
