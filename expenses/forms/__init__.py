"""Asks and cleans input; writes nothing."""
