"""Pages about recruitment: HTTP to one service or query."""
