"""Addresses of leaving."""

app_name = "leaving"
urlpatterns: list = []
