"""Tells Django of the messages."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "psp_portal.notifications"
