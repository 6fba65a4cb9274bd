"""Celery to one service about support."""
