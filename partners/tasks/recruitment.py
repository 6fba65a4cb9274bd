"""Celery to one service about recruitment."""
