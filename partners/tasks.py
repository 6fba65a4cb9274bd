"""Celery to one service."""
