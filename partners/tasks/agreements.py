"""Celery to one service about agreements."""
