"""Tells Django of the Network."""

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "network"
