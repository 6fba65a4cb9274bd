"""Addresses of agreements."""

app_name = "agreements"
urlpatterns: list = []
