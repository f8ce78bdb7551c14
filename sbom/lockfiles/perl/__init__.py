"""Files of Perl."""
