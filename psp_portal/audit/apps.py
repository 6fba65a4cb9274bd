"""Tells Django of the audit trail."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "psp_portal.audit"
