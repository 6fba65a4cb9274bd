"""The demonstration's place in Django."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "psp_portal.demo"
    label = "demo"
