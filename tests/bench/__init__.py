"""Measures the portal's pages beside bare pages of the same framework: ``python -m tests.bench`` (docs/bench.md)."""
