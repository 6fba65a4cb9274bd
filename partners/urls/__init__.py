"""Addresses of partners: a module, and a namespace, for each part."""
