"""Tells Django of the pages about an organisation's people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "psp_portal.people"
    label = "people"
