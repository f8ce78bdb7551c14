"""A sample region that needs no network: fictional enterprises, real lockfiles of real packages."""
