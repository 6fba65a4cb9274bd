"""Tells Django of the first page."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "psp_portal.home"
