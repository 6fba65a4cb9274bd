"""Settings by environment: local (the default), test, production."""
