"""Figures of the records that each component has."""
