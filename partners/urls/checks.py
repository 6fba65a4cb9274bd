"""Addresses of checks."""

app_name = "checks"
urlpatterns: list = []
