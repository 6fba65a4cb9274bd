"""Addresses of induction."""

app_name = "induction"
urlpatterns: list = []
