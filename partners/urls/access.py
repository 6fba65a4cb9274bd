"""Addresses of access."""

app_name = "access"
urlpatterns: list = []
