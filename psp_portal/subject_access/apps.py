"""Tells Django of requests for a copy of what is held about somebody."""

from django.apps import AppConfig


class SubjectAccessConfig(AppConfig):
    name = "psp_portal.subject_access"
    label = "subject_access"
