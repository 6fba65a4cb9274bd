"""Addresses of recruitment."""

app_name = "recruitment"
urlpatterns: list = []
