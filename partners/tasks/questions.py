"""Celery to one service about questions."""
