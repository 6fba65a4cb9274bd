"""Celery to one service about checks."""
