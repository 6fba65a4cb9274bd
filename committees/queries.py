"""Reads; every function starts from a user or an organisation."""
