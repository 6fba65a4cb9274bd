"""What the pages about recruitment ask; writes nothing."""
