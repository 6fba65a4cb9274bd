"""Commands of claims for the command line: doors to the same policies and services as the pages."""
