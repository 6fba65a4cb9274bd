"""Tells Django of retention."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "psp_portal.retention"
    label = "retention"
