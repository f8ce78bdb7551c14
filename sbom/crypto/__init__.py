"""Cryptography in a repository: a catalogue and rules as data, and the detector that applies them."""
