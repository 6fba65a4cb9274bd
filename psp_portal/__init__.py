"""The project package: the platform the apps stand on. Exposes the Celery app, nothing else."""

from psp_portal.celery import app as celery_app

__all__ = ["celery_app"]
