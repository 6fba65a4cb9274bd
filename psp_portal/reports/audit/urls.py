"""Addresses of the audit trail."""

app_name = "audit"
urlpatterns: list = []
