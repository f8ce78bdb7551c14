"""Figures of the pages that each segment has."""
