"""Celery to one service about capacity."""
