"""Addresses of capacity."""

app_name = "capacity"
urlpatterns: list = []
