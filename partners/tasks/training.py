"""Celery to one service about training."""
