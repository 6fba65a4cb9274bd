"""The demonstration's story: who there is, what happens to them, and the loader that lets it happen."""
