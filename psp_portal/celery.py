"""The Celery app. Its settings are the CELERY_… ones of Django's settings."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "psp_portal.settings.local")

app = Celery("psp_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
