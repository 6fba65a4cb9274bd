"""Celery to one service about diversity."""
