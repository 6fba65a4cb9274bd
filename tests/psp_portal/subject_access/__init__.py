"""Requests for copies of records, and the file."""
