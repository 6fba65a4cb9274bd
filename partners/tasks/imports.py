"""Celery to one service about imports."""
