"""Figures of the pages that each enterprise has."""
