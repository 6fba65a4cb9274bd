"""Rows and what must hold of them."""
