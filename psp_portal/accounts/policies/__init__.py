"""The rules about people and organisations, as pure functions."""
