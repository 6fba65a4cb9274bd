"""HTTP to one service or query."""
