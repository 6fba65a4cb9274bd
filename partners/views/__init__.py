"""Pages about partners: HTTP to one service or query. A module for each part."""
