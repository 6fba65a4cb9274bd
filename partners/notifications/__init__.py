"""Who is told what about partners, in which words. A module for each part."""
