"""Tells Django of people, organisations and who holds what role."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "psp_portal.accounts"
