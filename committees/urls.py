"""Paths."""

urlpatterns: list = []
