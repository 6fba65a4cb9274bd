"""Induction."""
