"""What the pages about partners ask; writes nothing. A module for each part."""
