"""Tells Django of the committees."""

from django.apps import AppConfig


class CommitteesConfig(AppConfig):
    name = "committees"
