"""Tells Django of the private files."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "psp_portal.documents"
