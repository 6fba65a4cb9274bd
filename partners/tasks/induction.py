"""Celery to one service about induction."""
