"""The words, as choices."""
