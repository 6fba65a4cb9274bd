"""Private files: checked by content, rewritten without what they should not carry, served only through a view."""
