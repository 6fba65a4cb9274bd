"""Addresses of an organisation's people."""

app_name = "people"
urlpatterns: list = []
