"""The portal's addresses."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
]
