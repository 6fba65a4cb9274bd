"""Celery to one service about leaving."""
