"""The NHS look as a Django app: fields, widgets, tags and the finder of the style sheet."""

from django.apps import AppConfig


class NhsukConfig(AppConfig):
    name = "psp_portal.nhsuk"
    label = "nhsuk"
    verbose_name = "NHS look"
