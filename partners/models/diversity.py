"""Diversity."""
