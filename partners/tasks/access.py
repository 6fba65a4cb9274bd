"""Celery to one service about access."""
