"""Addresses of diversity."""

app_name = "diversity"
urlpatterns: list = []
